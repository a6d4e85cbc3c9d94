"""Eligibility rules: what one grant meets of one edition on one reference date.

A rule returns a finding, never a sentence: what was asked, what came out, which
variant of it, and the facts that decided. ``wording.py`` puts it into words. A
missing fact is an answer of its own (``UNKNOWN``) and never becomes yes or no.
"""

from datetime import date
from functools import lru_cache

from applications.rules.cautions import Caution as Caution
from applications.rules.cautions import cautions, contradicted_by
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
    UNKNOWN,
    WORDED_CONDITIONS,
)
from applications.rules.findings import Assessment as Assessment
from applications.rules.findings import Finding as Finding
from applications.rules.findings import Outcome as Outcome
from applications.rules.findings import Verdict as Verdict

JAPAN = "JP"
OTHER_FUNDER = "other"
NIH = "nih"

# Findings without gaps are the same for every grant: made once, shared by all.
_OTHER_FUNDER = Finding(AGENCY, NOT_MET, "OTHER_FUNDER")
_NO_AGENCY = Finding(AGENCY, UNKNOWN, "NO_AGENCY")
_NIH_WITHOUT_INSTITUTE = Finding(AGENCY, UNKNOWN, "NIH_WITHOUT_INSTITUTE")
_ANY_PROGRAMME = Finding(PROGRAMME, MET, "ANY")
_ABROAD = Finding(ABROAD, MET, "ABROAD")
_IN_JAPAN = Finding(ABROAD, NOT_MET, "IN_JAPAN")
_NO_COUNTRY = Finding(ABROAD, UNKNOWN, "NO_COUNTRY")
_FITS_FORMAT = Finding(REFERENCE, MET, "FITS_FORMAT")
_NAMES_NO_OTHER = Finding(REFERENCE, MET, "NAMES_NO_OTHER")
_NO_FORMAT_KNOWN = Finding(REFERENCE, MET, "NO_FORMAT_KNOWN")
_NO_NUMBER = Finding(REFERENCE, MET, "NO_NUMBER")
_NO_CONDITION = Finding(CONDITION, MET, "NO_CONDITION")
_GIVEN = Finding(CONDITION, MET, "GIVEN")


@lru_cache(maxsize=256)
def _listed(acronym: str) -> Finding:
    return Finding(AGENCY, MET, "LISTED", {"agency": acronym})


@lru_cache(maxsize=64)
def _dated(outcome: Outcome, reason: str, on: date) -> Finding:
    return Finding(RUNNING, outcome, reason, {"on": on.isoformat()})


def agency_takes_part(grant: GrantFacts, row: ListedRow | None) -> Finding:
    """Test that the agency has a row (product.md 4; NIH institute by institute)."""
    if row is not None:
        return _listed(row.acronym)
    if grant.agency == OTHER_FUNDER:
        return _OTHER_FUNDER
    if not grant.agency and grant.agency_text:
        params = {"text": grant.agency_text}
        if not grant.agency_suggestions:
            return Finding(AGENCY, UNKNOWN, "NOT_RECOGNISED", params)
        params["suggestions"] = ", ".join(grant.agency_suggestions)
        return Finding(AGENCY, UNKNOWN, "NOT_RECOGNISED_SUGGESTED", params)
    if grant.agency in ("", NIH) or grant.agency.startswith(NIH + "-"):
        params = {"institute": grant.institute, "code": grant.institute_code}
        # A number of another institute than the one chosen says nothing about the chosen one.
        of_itself = grant.agency in ("", NIH) or grant.agency_name in ("", grant.institute)
        if grant.institute and of_itself:
            return Finding(AGENCY, NOT_MET, "INSTITUTE_NOT_LISTED", params)
        if grant.institute_code and of_itself:
            params = {"code": grant.institute_code}
            return Finding(AGENCY, UNKNOWN, "INSTITUTE_CODE_NOT_KNOWN", params)
        if grant.nih_without_institute or grant.agency == NIH:
            return _NIH_WITHOUT_INSTITUTE
    if not grant.agency:
        return _NO_AGENCY
    agency = grant.agency_name or grant.agency
    return Finding(AGENCY, NOT_MET, "NOT_LISTED", {"agency": agency})


def programme_is_targeted(grant: GrantFacts, row: ListedRow) -> Finding:
    """Test that the row targets no programme, or this one (TIPS: CFREF, CERC)."""
    if not row.programmes:
        return _ANY_PROGRAMME
    if grant.programme in row.programmes:
        return Finding(PROGRAMME, MET, "TARGETED", {"programme": grant.programme})
    params = {"agency": row.acronym, "targeted": ", ".join(sorted(row.programmes))}
    if not grant.programme:
        return Finding(PROGRAMME, UNKNOWN, "NOT_GIVEN", params)
    params["programme"] = grant.programme
    return Finding(PROGRAMME, NOT_MET, "ANOTHER", params)


def grant_is_running(grant: GrantFacts, on: date) -> Finding:
    """Test that the grant runs on the day, its first and last day included.

    An end before the day decides even without a start. A later start is left open:
    an earlier AMED call spoke of partners who "will receive" funds (domain.md K6).
    """
    starts_on, ends_on = grant.starts_on, grant.ends_on
    if ends_on is not None and ends_on < on:
        params = {"ends_on": ends_on.isoformat(), "on": on.isoformat()}
        return Finding(RUNNING, NOT_MET, "ENDED", params)
    if starts_on is not None and starts_on > on:
        params = {"starts_on": starts_on.isoformat(), "on": on.isoformat()}
        return Finding(RUNNING, UNKNOWN, "STARTS_LATER", params)
    if starts_on is not None and ends_on is not None:
        return _dated(MET, "RUNNING", on)
    if starts_on is None and ends_on is None:
        return _dated(UNKNOWN, "NO_DATES", on)
    return _dated(UNKNOWN, "NO_START" if starts_on is None else "NO_END", on)


def holder_works_outside_japan(grant: GrantFacts) -> Finding:
    """Test that the holder's affiliation, not nationality, is outside Japan."""
    if not grant.country:
        return _NO_COUNTRY
    return _IN_JAPAN if grant.country == JAPAN else _ABROAD


def reference_agrees(grant: GrantFacts) -> Finding:
    """Test that the number is not plainly that of one other agency (domain.md 3.2)."""
    if not grant.reference:
        return _NO_NUMBER
    if grant.reference_fits_own is None:
        return _NO_FORMAT_KNOWN
    if grant.reference_fits_own:
        return _FITS_FORMAT
    other = contradicted_by(grant)
    if not other:
        return _NAMES_NO_OTHER
    params = {
        "reference": grant.reference,
        "other": other,
        "agency": grant.agency_name or grant.agency,
    }
    return Finding(REFERENCE, NOT_MET, "NAMES_ANOTHER", params)


def condition_attested(grant: GrantFacts, row: ListedRow) -> Finding:
    """Test that the holder attested every condition of the row (ERC, Wellcome)."""
    if not row.conditions:
        return _NO_CONDITION
    answers = {code: grant.attestations.get(code) for code in row.conditions}
    for code, answer in answers.items():
        if answer == Attestation.DECLINED:
            return _condition(NOT_MET, "DECLINED", code)
    for code, answer in answers.items():
        if answer != Attestation.GIVEN:
            return _condition(UNKNOWN, "NOT_YET", code)
    return _GIVEN


@lru_cache(maxsize=64)
def _condition(outcome: Outcome, start: str, code: str) -> Finding:
    reason = f"{start}_{code}" if code in WORDED_CONDITIONS else start
    return Finding(CONDITION, outcome, reason, {"condition": code})


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """Weigh the findings: not met outweighs unknown, unknown outweighs met."""
    open_rules = []
    for finding in findings:
        if finding.outcome is NOT_MET:
            return Verdict.DOES_NOT_FIT
        if finding.outcome is UNKNOWN:
            open_rules.append(finding.rule)
    if not open_rules:
        return Verdict.FITS
    return Verdict.FITS_IF if open_rules == [CONDITION] else Verdict.CANNOT_TELL


def judge(grant: GrantFacts, edition: EditionFacts, on: date) -> Assessment:
    """Put every rule to one grant, so that its holder learns all obstacles at once."""
    row = edition.rows.get(grant.agency)
    findings: tuple[Finding, ...]
    if row is None:
        findings = (
            agency_takes_part(grant, row),
            grant_is_running(grant, on),
            holder_works_outside_japan(grant),
            reference_agrees(grant),
        )
    else:
        findings = (
            _listed(row.acronym),
            programme_is_targeted(grant, row),
            grant_is_running(grant, on),
            holder_works_outside_japan(grant),
            reference_agrees(grant),
            condition_attested(grant, row),
        )
    return Assessment(
        verdict_of(findings),
        findings,
        cautions(grant, row, edition, on),
        edition.code,
        edition.as_of,
        edition.source,
        on,
    )
