"""The matrix of who may open and do what, read from ``access_matrix.csv``: one row a route or group of routes.

The tests ask every route as every role and hold the answers against it; ``staff/access/`` shows it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

MATRIX = Path(__file__).parent / "access_matrix.csv"
ROLES = (
    *("visitor", "invited", "partner", "member", "deputy", "lead"),
    *("amed_viewer", "amed_officer", "amed_approver"),
    *("jst_viewer", "jst_officer", "jst_approver", "superuser"),
)


class Outcome(StrEnum):
    """What a role meets. The values stand in the file."""

    YES = "yes"  # it opens, and what it offers may be done
    SEE = "see"  # it opens; doing what it offers is refused (403)
    REFUSED = "403"
    ABSENT = "404"  # answered as an address that never was
    SIGN_IN = "sign in"
    LED_ON = "on"  # leads on to another page at once


class Asks(StrEnum):
    """What a route is for: a page to read, a form to read and send, or an act without a page."""

    READ = "read"
    FILL = "fill"
    DO = "do"


@dataclass(frozen=True, slots=True)
class Cell:
    """One role at one row: what it meets on its own side, and on another's (the same if it is nobody's)."""

    own: Outcome
    other: Outcome
    whose: bool  # whether the file tells own from other


@dataclass(frozen=True, slots=True)
class Row:
    """Routes that answer alike. A name may hold ``*``."""

    section: str
    routes: tuple[str, ...]
    asks: Asks
    what_en: str
    what_ja: str
    cells: dict[str, Cell]

    def names(self, route: str) -> bool:
        """Whether the row speaks of this route."""
        return any(route == one or fnmatchcase(route, one) for one in self.routes)


def cell(text: str) -> Cell:
    """Read ``yes / 404`` (own / other's) or ``yes`` (the same, or nobody's).

    :raises ValueError: a word is not one of the six
    """
    own, slash, other = text.partition(" / ")
    return Cell(Outcome(own), Outcome(other or own), bool(slash))


def rows(path: Path = MATRIX) -> Iterator[Row]:
    """Read the file, in its order.

    :raises ValueError: a cell holds a word that is not one of the six
    :raises KeyError: a role's column is missing
    """
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield Row(
                section=line["section"],
                routes=tuple(line["routes"].split()),
                asks=Asks(line["asks"]),
                what_en=line["what_en"],
                what_ja=line["what_ja"],
                cells={role: cell(line[role]) for role in ROLES},
            )
