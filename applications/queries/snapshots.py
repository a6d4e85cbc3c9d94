"""What a submitted version holds: inputs and judgements under pseudonyms, names beside them."""

from typing import Any

from applications.models import Membership
from applications.queries.application import JudgedGrant, Workspace
from applications.queries.fingerprints import fingerprint


def pseudonym(membership: Membership) -> str:
    return f"P{membership.pk}"


def shown_fingerprint(space: Workspace) -> str:
    """Return what tells one state of the answers from another, a corrected name included.

    The hashed content of a version holds no name, so that its hash outlives an erasure; this one
    only says whether anything was changed since, and stands in no version.
    """
    return fingerprint(shown(space))


def shown(space: Workspace) -> dict[str, Any]:
    """Return the answers with the names and addresses beside them, as a check page shows them."""
    beside = {pseudonym(one): person_beside(one) for one in space.members}
    return {"inputs": inputs(space), "beside": beside}


def inputs(space: Workspace) -> dict[str, Any]:
    """Return what was answered and how it was judged, without a name or an address in it."""
    application, call = space.application, space.application.call
    return {
        "call": call.code,
        "reference_on": application.reference_day.isoformat(),
        "edition": space.edition.code,
        "as_of": space.edition.as_of.isoformat(),
        "source": space.edition.source,
        "answers": {
            "field": application.field,
            "title_ja": application.title_ja,
            "title_en": application.title_en,
            "abstract_en": application.abstract_en,
            "area": application.area.code if application.area else "",
            "years": application.years,
            "budget_jpy": application.budget_jpy,
            "explanation": application.explanation,
        },
        "people": [_person(one) for one in space.members],
        "grants": [_grant(one) for one in space.judged],
    }


def _person(membership: Membership) -> dict[str, Any]:
    institution = membership.researcher.institution
    return {
        "id": pseudonym(membership),
        "role": membership.role,
        "institution": institution.name if institution else "",
        "institution_latin": institution.name_latin if institution else "",
        "country": membership.researcher.country,
        "confirmed_at": membership.confirmed_at.isoformat() if membership.confirmed_at else "",
        "confirmed_how": membership.confirmed_how,
    }


def _grant(one: JudgedGrant) -> dict[str, Any]:
    grant, assessment = one.relied.grant, one.assessment
    return {
        "id": f"G{grant.pk}",
        "holder": pseudonym(one.membership),
        "agency": grant.agency.slug if grant.agency else "",
        "agency_other": grant.agency_other,
        "programme": grant.programme.code if grant.programme else grant.programme_other,
        "reference": grant.reference,
        "key": grant.key,
        "title": grant.title,
        "role": grant.role,
        "amount": "" if grant.amount is None else f"{grant.amount:.2f}",
        "currency": grant.currency,
        "starts_on": grant.starts_on.isoformat() if grant.starts_on else "",
        "ends_on": grant.ends_on.isoformat() if grant.ends_on else "",
        "verdict": assessment.verdict.value,
        "findings": [
            {
                "rule": finding.rule,
                "outcome": finding.outcome.value,
                "reason": finding.reason,
                "params": dict(finding.params),
            }
            for finding in assessment.findings
        ],
        "cautions": [caution.code for caution in assessment.cautions],
        "attestations": {
            code: answer.value for code, answer in sorted(one.facts.attestations.items())
        },
    }


def person_beside(membership: Membership) -> dict[str, str]:
    """Return the names and addresses that stand beside the hashed content."""
    who = membership.researcher
    return {
        "name": who.name,
        "name_latin": who.name_latin,
        "reading": who.reading,
        "email": who.email,
        "orcid": who.orcid,
        "erad_number": who.erad_number,
        "department": who.department,
        "position": who.position,
    }
