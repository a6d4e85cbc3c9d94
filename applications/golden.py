"""The golden cases: what every row of the list must answer, in one file that anybody can read."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

from applications import bulk
from applications.queries.catalogue import Catalogue
from applications.rules.facts import EditionFacts

CASES = Path(__file__).parent / "golden_cases.csv"
REFERENCE_DAY = date(
    2024, 5, 28
)  # closing day of the FY2024 third call; the cases are written for it
MET = "=MET"


class Difference(NamedTuple):
    """One case that answers otherwise than it should."""

    row_id: str
    expected: str
    found: str


def differences(
    catalogue: Catalogue, edition: EditionFacts, path: Path = CASES
) -> tuple[int, list[Difference]]:
    """Return how many cases there are, and those that differ in verdict or deciding rules."""
    found: list[Difference] = []
    with path.open("rb") as file:
        rows = bulk.checked_rows(file, catalogue, edition, REFERENCE_DAY)
        names = next(rows)
        count = 0
        for row in rows:
            count += 1
            case = dict(zip(names, row, strict=True))
            deciding = ";".join(
                one
                for one in case["reasons"].split(";")
                if not one.endswith(MET) or one.endswith("NOT_MET")
            )
            expected = f"{case['expected_verdict']} {case['expected_reasons']}".strip()
            answered = f"{case['verdict']} {deciding}".strip()
            if expected != answered:
                found.append(Difference(case["row_id"], expected, answered))
    return count, found
