"""What would change a finding, as facts: the counterpart of the sentences in ``wording.reasons``.

A flip names the facts that would have to be others for its rule to be met. The tests make each
change and judge again, so that no page promises what would not help.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from applications.rules.cautions import EUROPEAN_UNION, NIH_INSTITUTE
from applications.rules.eligibility import JAPAN
from applications.rules.facts import Attestation, EditionFacts, GrantFacts, ListedRow
from applications.rules.findings import (
    ABROAD,
    AGENCY,
    CONDITION,
    MET,
    NOT_MET,
    PROGRAMME,
    REFERENCE,
    RUNNING,
    Finding,
)

ABROAD_ALL_THE_SAME = "BE"  # a country of the Union: where a list names areas alone


@dataclass(frozen=True, slots=True)
class Flip:
    """The facts of the grant to replace so that ``rule`` is met; none: only another grant does it."""

    rule: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def only_another_grant(finding: Finding) -> bool:
    """Whether no fact of this grant could change the finding: its funder is not on the list."""
    return finding.rule == AGENCY and finding.outcome is NOT_MET


def flip(finding: Finding, grant: GrantFacts, edition: EditionFacts, on: date) -> Flip:
    """Return what would change a finding that is not met or not known (product.md 4).

    Where several facts would do (which funder, which programme), one of them stands for all.
    """
    row = edition.rows.get(grant.agency)
    facts: Mapping[str, Any] = {}
    if finding.outcome is MET or only_another_grant(finding):
        pass
    elif finding.rule == AGENCY:
        facts = _named_funder(finding, grant, edition)
    elif finding.rule == PROGRAMME and row:
        facts = {"programme": min(row.programmes)}
    elif finding.rule == RUNNING:
        facts = _running(grant, on)
    elif finding.rule == ABROAD:
        facts = {"country": _abroad(row, edition)}
    elif finding.rule == REFERENCE:
        # A number that is this funder's own.
        facts = {
            "reference_fits_own": True,
            "reference_names": (),
            "reference_names_acronyms": (),
        }
    elif finding.rule == CONDITION and row:
        given = dict.fromkeys(row.conditions, Attestation.GIVEN)
        facts = {"attestations": {**grant.attestations, **given}}
    return Flip(finding.rule, facts)


def flipped(grant: GrantFacts, flips: Iterable[Flip]) -> GrantFacts:
    """Return the grant as it would be with every one of these changes made."""
    facts: dict[str, Any] = {}
    for one in flips:
        facts |= one.facts
    return replace(grant, **facts)


def _named_funder(finding: Finding, grant: GrantFacts, edition: EditionFacts) -> dict[str, Any]:
    """A funder of the list: an NIH institute or a similar name where the finding speaks of one."""
    rows = list(edition.rows.values())
    if finding.reason in ("NIH_WITHOUT_INSTITUTE", "INSTITUTE_CODE_NOT_KNOWN"):
        rows = [one for one in rows if one.agency.startswith(NIH_INSTITUTE)]
    similar = [one for one in rows if one.acronym in grant.agency_suggestions]
    # The one that asks least, so that naming it opens no further question.
    chosen = min(
        similar or rows, key=lambda one: bool(one.programmes or one.conditions), default=None
    )
    if chosen is None:
        return {}
    return {
        "agency": chosen.agency,
        "agency_name": chosen.acronym,
        "agency_text": "",
        "agency_suggestions": (),
        "nih_without_institute": False,
    }


def _running(grant: GrantFacts, on: date) -> dict[str, date]:
    """First and last day moved, or given, only as far as the reference date needs it."""
    facts = {}
    if grant.starts_on is None or grant.starts_on > on:
        facts["starts_on"] = on
    if grant.ends_on is None or grant.ends_on < on:
        facts["ends_on"] = on
    return facts


def _abroad(row: ListedRow | None, edition: EditionFacts) -> str:
    """The funder's own country, else the first of the list that an affiliation can be in.

    A list may name areas alone, or nobody; any country but Japan does.
    """
    countries = [one.country for one in (row, *edition.rows.values()) if one]
    return next(
        (one for one in countries if one not in (EUROPEAN_UNION, JAPAN)), ABROAD_ALL_THE_SAME
    )
