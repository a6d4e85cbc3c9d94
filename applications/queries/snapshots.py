"""What a submitted version holds: inputs and judgements under pseudonyms, names beside them."""

from dataclasses import replace
from datetime import date
from typing import Any

from applications.models import Membership
from applications.queries.application import JudgedGrant, Workspace
from applications.queries.catalogue import NIH, OTHER, Catalogue
from applications.queries.fingerprints import fingerprint
from applications.rules.facts import Attestation, GrantFacts

# What the catalogue makes of a grant as typed: formats and aliases that change later, change it.
READ = (
    *("agency", "institute", "institute_code", "programme"),
    *("reference_fits_own", "reference_names"),
)


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


def grants_read(space: Workspace) -> dict[str, dict[str, Any]]:
    """Return how each grant's funder, programme and number were read when it was judged."""
    return {f"G{one.relied.grant_id}": as_read(one.facts) for one in space.judged}


def as_read(facts: GrantFacts) -> dict[str, Any]:
    """Return what of the facts the catalogue gave, as JSON holds it."""
    values = {name: getattr(facts, name) for name in READ}
    return values | {"reference_names": list(facts.reference_names)}


def facts_now(content: dict[str, Any], catalogue: Catalogue) -> dict[str, GrantFacts]:
    """Read the grants of a sealed content with today's catalogue, by their keys in it."""
    countries = {one["id"]: one["country"] for one in content["inputs"]["people"]}
    return {
        one["id"]: catalogue.typed_grant(
            agency=OTHER if one["agency_other"] else one["agency"],
            agency_other=one["agency_other"],
            reference=one["reference"],
            programme=one["programme"],
            starts_on=_day(one["starts_on"]),
            ends_on=_day(one["ends_on"]),
            country=countries[one["holder"]],
            attestations={code: Attestation(told) for code, told in one["attestations"].items()},
        )
        for one in content["inputs"]["grants"]
    }


def facts_sealed(content: dict[str, Any], catalogue: Catalogue) -> dict[str, GrantFacts]:
    """Read the grants of a sealed content as they were read when it was sealed.

    A content of before readings were sealed is read with today's catalogue.
    """
    found = facts_now(content, catalogue)
    for name, read in content.get("grants_read", {}).items():
        entry = catalogue.agencies.get(read["agency"])
        others = tuple(read["reference_names"])
        known = {**read, "reference_names": others}
        found[name] = replace(
            found[name],
            **{field: known[field] for field in READ},
            agency_name=entry.acronym if entry else found[name].agency_name,
            nih_without_institute=read["agency"] == NIH,
            reference_names_acronyms=tuple(
                catalogue.agencies[one].acronym for one in others if one in catalogue.agencies
            ),
        )
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
