"""The table that the benchmark prints: what was measured, against what, and whether it holds."""

import os
import platform
from dataclasses import dataclass
from datetime import date

import django
from django.db import connection

from tests.bench.timing import Beside


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: ``value`` must not pass ``target`` (or not fall below it, if ``at_least``).

    Without a ``target`` it is only told.
    """

    name: str
    ours: str
    floor: str
    value: float
    target: float | None
    unit: str = "×"
    at_least: bool = False

    @property
    def holds(self) -> bool:
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    def cells(self) -> tuple[str, ...]:
        digits = 2 if self.unit == "×" else 0 if self.unit == "rows/s" else 1
        sign = "≥" if self.at_least else "≤"
        return (
            self.name,
            self.ours,
            self.floor,
            f"{self.value:,.{digits}f} {self.unit}",
            f"{sign} {self.target:,g} {self.unit}" if self.target is not None else "",
            "–" if self.target is None else "yes" if self.holds else "NO",
        )


def ratio(name: str, ours: float, floor: float, target: float | None) -> Line:
    """Return the line for two times in seconds."""
    return Line(name, f"{ours * 1000:,.1f} ms", f"{floor * 1000:,.1f} ms", ours / floor, target)


def beside(name: str, found: Beside, target: float | None) -> Line:
    """Return the line for two things held against each other round by round."""
    ours, floor = (f"{one * 1000:,.1f} ms" for one in (found.ours, found.floor))
    return Line(name, ours, floor, found.times, target)


def table(lines: list[Line]) -> str:
    """Return the measures as aligned columns."""
    head = ("measure", "ours", "floor", "result", "target", "holds")
    rows = [head, *(line.cells() for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in (0, 5) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def machine() -> str:
    """Return what the figures were measured on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    return (
        f"{date.today().isoformat()}, {os.cpu_count()} cores {platform.machine()}, "
        f"Python {platform.python_version()}, Django {django.get_version()}, PostgreSQL {server}"
    )
