"""The golden cases: grants whose answer was agreed, and what an edition answers to each of them.

A case counts for the edition that it was stated for, and for every later one that judges grants of
its funder by the same. Where the funder's row came or went since, or has other programmes,
conditions or another day on which it was added, the case is *superseded*: shown with the new answer,
and asked of nobody. Other words, or another notice, leave it standing.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from applications.models import GoldenCase
from applications.queries.catalogue import Catalogue, edition_facts, load_catalogue
from applications.rules.eligibility import judge
from applications.rules.facts import EditionFacts
from applications.rules.findings import Assessment
from directory.changes import differences
from directory.listing import said_by
from directory.models import Edition

SHIPPED = Path(__file__).parent.parent / "golden_cases.csv"
SHIPPED_FOR = "amed-2024-07-01"
REFERENCE_DAY = date(
    2024, 5, 28
)  # closing day of the FY2024 third call; the file is written for it


class Standing(StrEnum):
    """How a case stands to an edition."""

    PASSES = "PASSES"
    FAILS = "FAILS"
    SUPERSEDED = "SUPERSEDED"


@dataclass(frozen=True, slots=True)
class Case:
    """A grant, and the answer agreed for it. ``edition``: the code of the list it was stated for."""

    key: str
    edition: str
    agency: str
    reference: str
    programme: str
    starts_on: date | None
    ends_on: date | None
    country: str
    on: date
    expected_verdict: str
    expected_reasons: str
    why: str
    stated_by: str = ""

    @property
    def grant(self) -> tuple[Any, ...]:
        """What it asks: of two cases of one edition about the same grant, the later counts."""
        asked = (*("agency", "reference", "programme", "starts_on", "ends_on", "country"), "on")
        return tuple(getattr(self, name) for name in asked)


@dataclass(frozen=True, slots=True)
class Answered:
    """A case beside what an edition answers now; ``slug``: the funder that it turned out to be about."""

    case: Case
    slug: str
    verdict: str
    reasons: str
    status: Standing


def shipped_cases(path: Path = SHIPPED) -> tuple[Case, ...]:
    """Return the cases of the file that comes with the portal, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Case(
                key=row["row_id"],
                edition=SHIPPED_FOR,
                agency=row["agency"],
                reference=row["reference"],
                programme=row["programme"],
                starts_on=_day(row["starts_on"]),
                ends_on=_day(row["ends_on"]),
                country=row["country"],
                on=REFERENCE_DAY,
                expected_verdict=row["expected_verdict"],
                expected_reasons=row["expected_reasons"],
                why=row["note"],
            )
            for row in csv.DictReader(file)
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def ask(case: Case, catalogue: Catalogue, edition: EditionFacts) -> tuple[str, Assessment]:
    """Judge the grant of a case; return the funder that it is about, and the answer."""
    facts = catalogue.typed_grant(
        agency=case.agency,
        reference=case.reference,
        programme=case.programme,
        starts_on=case.starts_on,
        ends_on=case.ends_on,
        country=case.country,
    )
    return facts.agency, judge(facts, edition, case.on)


def deciding(assessment: Assessment) -> str:
    """Return the rules that stand between a grant and ``FITS``, as the file writes them."""
    return ";".join(f"{one.rule}={one.outcome}" for one in assessment.decisive)


def answered(
    case: Case,
    catalogue: Catalogue,
    edition: EditionFacts,
    *,
    changed: frozenset[str] = frozenset(),
) -> Answered:
    """Hold a case against an edition; ``changed``: funders whose grants it judges by something else.

    A case without reasons is about the verdict alone.
    """
    slug, assessment = ask(case, catalogue, edition)
    verdict, reasons = assessment.verdict.value, deciding(assessment)
    agrees = verdict == case.expected_verdict and case.expected_reasons in ("", reasons)
    status = Standing.PASSES if agrees else Standing.FAILS
    return Answered(
        case, slug, verdict, reasons, Standing.SUPERSEDED if slug in changed else status
    )


def cases_of(edition: Edition) -> tuple[Answered, ...]:
    """Answer every case stated for an edition or for one that it was made from; its own first.

    In as many statements for one edition as for a long line of them.
    """
    line = lineage(edition)
    catalogue, facts = load_catalogue(), edition_facts(edition)
    stated = _stated(line)
    found = []
    for one, changed in zip(line, _changed_since(line), strict=True):
        for case, overtaken in stated[one.code]:
            answer = answered(case, catalogue, facts, changed=changed)
            found.append(replace(answer, status=Standing.SUPERSEDED) if overtaken else answer)
    return tuple(found)


def lineage(edition: Edition) -> list[Edition]:
    """Return an edition, the one that it was made from, and so on to the first; one statement."""
    known = {one.pk: one for one in Edition.objects.of(edition.owner)}
    line = [edition]
    while (earlier := known.get(line[-1].based_on_id)) and earlier not in line:
        line.append(earlier)
    return line


def _changed_since(line: Sequence[Edition]) -> Iterator[frozenset[str]]:
    """Yield, for each edition of a line, the funders whose grants the first judges by something else."""
    said = said_by(*line)
    changed: frozenset[str] = frozenset()
    yield changed
    for after, before in pairwise(line):
        found = differences(said[before.pk], said[after.pk])
        changed |= {one.slug for one in found if one.judges_otherwise}
        yield changed


def _stated(line: Sequence[Edition]) -> dict[str, list[tuple[Case, bool]]]:
    """Return the cases by the code of their edition, each with whether a later one overtook it."""
    rows: dict[str, list[Case]] = {one.code: [] for one in line}
    stored = GoldenCase.objects.filter(edition__in=line)
    for row in stored.select_related("edition", "agency", "stated_by").order_by("stated_at", "pk"):
        rows[row.edition.code].append(case_of(row))
    found = {}
    for code, cases in rows.items():
        newest = {case.grant: case for case in cases}
        found[code] = [(case, newest[case.grant] is not case) for case in cases]
    if SHIPPED_FOR in found:
        found[SHIPPED_FOR] += [(case, False) for case in shipped_cases()]
    return found


def case_of(row: GoldenCase) -> Case:
    """Return a stored case; its edition, agency and author must be loaded with it."""
    return Case(
        key=str(row.pk),
        edition=row.edition.code,
        agency=row.agency.slug,
        reference=row.reference,
        programme=row.programme,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        country=row.country,
        on=row.on,
        expected_verdict=row.expected_verdict,
        expected_reasons=row.expected_reasons,
        why=row.why,
        stated_by=row.stated_by.get_full_name(),
    )
