"""The golden cases that come with the portal: what every row of the list must answer, in one file that anybody can read."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from applications.queries.catalogue import Catalogue
from applications.queries.golden_cases import (
    SHIPPED,
    Answered,
    Standing,
    answered,
    cases_of,
    shipped_cases,
)
from applications.rules.facts import EditionFacts
from directory.models import Edition

CASES = SHIPPED


class Difference(NamedTuple):
    """One case that answers otherwise than it should."""

    row_id: str
    expected: str
    found: str


def differences(
    catalogue: Catalogue, edition: EditionFacts, path: Path = CASES
) -> tuple[int, list[Difference]]:
    """Return how many cases a file has, and those that differ in verdict or deciding rules."""
    return _told([answered(case, catalogue, edition) for case in shipped_cases(path)])


def differences_of(edition: Edition) -> tuple[int, list[Difference]]:
    """Return the same of all cases that a stored edition must answer: shipped ones and staff's own."""
    return _told([one for one in cases_of(edition) if one.status != Standing.SUPERSEDED])


def _told(answers: Sequence[Answered]) -> tuple[int, list[Difference]]:
    return len(answers), [
        Difference(
            one.case.key,
            f"{one.case.expected_verdict} {one.case.expected_reasons}".strip(),
            f"{one.verdict} {one.reasons}".strip(),
        )
        for one in answers
        if one.status == Standing.FAILS
    ]
