"""check_grants from CSV to CSV: rows a second, and the same memory for ten times the rows."""

import csv
from pathlib import Path

from tests.bench import child
from tests.bench.exports import more_memory
from tests.bench.numbers import NUMBERS
from tests.bench.report import Line

HEADINGS = ("row_id", "agency", "reference", "programme", "starts_on", "ends_on", "country")
RUNS = 3


def write(path: Path, rows: int) -> Path:
    """Write made-up grants of every funder: hardly a number twice, some ended, some half told."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for n in range(rows):
            slug, text, country, number = NUMBERS[n % len(NUMBERS)]
            writer.writerow(
                (
                    f"row-{n}",
                    text,
                    number(n),
                    "CFREF" if slug == "tips" else "",
                    f"{2018 + n % 7}-04-01",
                    f"{2022 + n % 7}-03-31" if n % 11 else "",
                    country if n % 13 else "JP",
                )
            )
    return path


def measure(folder: Path) -> list[Line]:
    """Check 10,000 and 100,000 rows, each in a process of its own."""
    small_file, large_file = (write(folder / f"{rows}.csv", rows) for rows in (10_000, 100_000))
    small = child.run("check", str(small_file), str(folder / "small-out.csv"))
    runs = [
        child.run("check", str(large_file), str(folder / "large-out.csv")) for _run in range(RUNS)
    ]
    # The quickest: there is no floor beside it that a slow moment of the machine would hit too.
    large = min(runs, key=lambda run: run["seconds"])
    if large["rows"] != 100_000:
        raise RuntimeError(f"{large['rows']} rows came out of 100,000")
    speed = large["rows"] / large["seconds"]
    return [
        Line(
            "check_grants, 100,000 rows",
            f"{large['seconds']:.2f} s",
            "",
            speed,
            20_000,
            "rows/s",
            at_least=True,
        ),
        more_memory("check_grants, peak memory over 10,000 rows", large, small),
    ]
