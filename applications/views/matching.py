"""Verdicts as the pages show them: a row for each grant, and one for each funder."""

from collections.abc import Sequence
from typing import Any

from applications import wording
from applications.queries.application import VERDICTS, JudgedGrant, Workspace
from applications.rules.findings import Assessment, Outcome
from directory.models import Grant
from directory.references import NihNumber, decode_nih, normalise


def findings_shown(assessment: Assessment) -> list[tuple[str, str, str]]:
    """Return (outcome, sentence, what would change it) for each rule."""
    return [
        (one.outcome.value, wording.explain(one), wording.would_change(one))
        for one in assessment.findings
    ]


def nih_of(reference: str) -> NihNumber | None:
    """Return the parts of an NIH number, None for any other."""
    return decode_nih(normalise(reference)) if reference else None


def funder_of(one: JudgedGrant) -> str:
    """The acronym of the funder as judged, else what was typed."""
    return one.row.acronym if one.row else one.facts.institute or one.facts.agency_name


def shown_grant(one: JudgedGrant) -> dict[str, Any]:
    """Return all that a page says about one judged grant."""
    grant: Grant = one.relied.grant
    answers = {answer.code: answer for answer in one.relied.answered}
    return {
        "grant": grant,
        "holder": one.membership,
        "funder": funder_of(one),
        "reference": grant.reference,
        "verdict": one.assessment.verdict.value,
        "label": wording.verdict_label(one.assessment.verdict),
        "sentence": wording.verdict_sentence(one.assessment),
        "findings": findings_shown(one.assessment),
        "together": wording.all_together(one.assessment.findings),
        "met": sum(finding.outcome == Outcome.MET for finding in one.assessment.findings),
        "rules": len(one.assessment.findings),
        "cautions": [wording.caution_sentence(caution) for caution in one.assessment.cautions],
        "conditions": [
            (code, answers.get(code)) for code in (one.row.conditions if one.row else ())
        ],
        "nih": nih_of(grant.reference) if one.facts.institute_code else None,
        "asked": wording.strength_label(one.row.strength) if one.row else "",
    }


def shown_grants(space: Workspace) -> list[dict[str, Any]]:
    """Return every grant relied on, in the order of the partners."""
    order = {member.pk: place for place, member in enumerate(space.members)}
    judged = sorted(space.judged, key=lambda one: (order[one.membership.pk], one.relied.pk))
    return [shown_grant(one) for one in judged]


def by_funder(space: Workspace) -> list[dict[str, Any]]:
    """Return one row for each funder: its holders, how many grants fit, and the best verdict."""
    groups: dict[str, list[JudgedGrant]] = {}
    for one in space.judged:
        groups.setdefault(funder_of(one) or "?", []).append(one)
    return [_funder_row(funder, ones) for funder, ones in sorted(groups.items())]


def _funder_row(funder: str, ones: Sequence[JudgedGrant]) -> dict[str, Any]:
    best = min((one.assessment.verdict for one in ones), key=VERDICTS.index)
    holders = {one.membership.pk: one.membership.researcher for one in ones}
    return {
        "funder": funder,
        "holders": list(holders.values()),
        "grants": len(ones),
        "label": wording.verdict_label(best),
        "asked": wording.strength_label(ones[0].row.strength) if ones[0].row else "",
    }
