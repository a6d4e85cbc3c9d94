"""Judging the sealed part of an evidence file again: facts from the file alone, the list from here."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from applications.models import Version
from applications.queries.catalogue import OTHER, Catalogue, edition_facts, load_catalogue
from applications.queries.evidence import FORMAT, edition_used
from applications.queries.fingerprints import fingerprint
from applications.rules.eligibility import Assessment, judge
from applications.rules.facts import Attestation, EditionFacts, GrantFacts
from directory.models import Edition

Row = dict[str, Any]


class Unreadable(ValueError):
    """The file is no evidence of this portal, or names a list that is not kept here."""


@dataclass(frozen=True, slots=True)
class GrantAgain:
    """One grant: the verdict in the file, and the one that comes out now."""

    name: str
    recorded: str
    found: str
    same: bool  # the verdict, every finding and every warning


@dataclass(frozen=True, slots=True)
class Again:
    """What became of a file: its grants, and which of its parts were changed."""

    receipt: str
    version: int
    edition: str
    on: date
    grants: tuple[GrantAgain, ...]
    changed: tuple[str, ...]  # one sentence for each part that is not as it was written
    known: bool  # whether this portal keeps the version

    @property
    def same(self) -> bool:
        return not self.changed and all(one.same for one in self.grants)


def judged_again(content: bytes) -> Again:
    """Judge the grants of an evidence file again, and compute its fingerprints.

    :raises Unreadable: it is no evidence, or its list is not kept here
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
        if document["format"] != FORMAT:
            raise Unreadable(f"The format is not {FORMAT}.")
        return _again(document)
    except Edition.DoesNotExist as error:
        raise Unreadable("The list that it names is not kept here.") from error
    except (UnicodeError, json.JSONDecodeError, RecursionError) as error:
        raise Unreadable("It is not JSON in UTF-8.") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"A part is missing or has another form: {error}.") from error


def _again(document: Row) -> Again:
    sealed = document["sealed"]
    inputs = sealed["inputs"]
    edition = edition_facts(Edition.objects.get(code=inputs["edition"]))
    catalogue, on = load_catalogue(), date.fromisoformat(inputs["reference_on"])
    countries = {one["id"]: one["country"] for one in inputs["people"]}
    kept = (
        Version.objects.filter(
            application__receipt=sealed["receipt"], number=int(sealed["version"])
        )
        .values_list("sha256", flat=True)
        .first()
    )
    return Again(
        receipt=str(sealed["receipt"]),
        version=int(sealed["version"]),
        edition=edition.code,
        on=on,
        grants=tuple(
            _compared(one, facts_of(one, countries[one["holder"]], catalogue), edition, on)
            for one in inputs["grants"]
        ),
        changed=tuple(_changed(document, kept)),
        known=kept is not None,
    )


def _changed(document: Row, kept: str | None) -> list[str]:
    sealed, computed = document["sealed"], fingerprint(document["sealed"])
    found = []
    if computed != document["sha256"]:
        found.append(f"The sealed part and its fingerprint disagree: it gives {computed}.")
    if kept is not None and kept not in (computed, document["sha256"]):
        found.append(f"This portal keeps another fingerprint for the version: {kept}.")
    beside = {name: part for name, part in document.items() if name != "document_sha256"}
    if fingerprint(beside) != document["document_sha256"]:
        found.append("Something in the file was changed after it was made.")
    if document["edition"] != edition_used(sealed["inputs"]):
        found.append("The rows of the list in the file are not those kept here.")
    return found


def facts_of(grant: Row, country: str, catalogue: Catalogue) -> GrantFacts:
    """Read one sealed grant as ``Catalogue.stored_grant`` read it when it was submitted."""
    return catalogue.typed_grant(
        agency=OTHER if grant["agency_other"] else grant["agency"],
        agency_other=grant["agency_other"],
        reference=grant["reference"],
        programme=grant["programme"],
        starts_on=_day(grant["starts_on"]),
        ends_on=_day(grant["ends_on"]),
        country=country,
        attestations={code: Attestation(one) for code, one in grant["attestations"].items()},
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _compared(grant: Row, facts: GrantFacts, edition: EditionFacts, on: date) -> GrantAgain:
    assessment = judge(facts, edition, on)
    funder = grant["agency"] or grant["agency_other"]
    return GrantAgain(
        name=f"{grant['id']} {funder} {grant['reference']}",
        recorded=grant["verdict"],
        found=assessment.verdict.value,
        same=_recorded(grant) == _found(assessment),
    )


def _recorded(grant: Row) -> tuple:
    findings = [(one["rule"], one["outcome"], one["reason"]) for one in grant["findings"]]
    return grant["verdict"], findings, list(grant["cautions"])


def _found(assessment: Assessment) -> tuple:
    findings = [(one.rule, one.outcome.value, one.reason) for one in assessment.findings]
    return assessment.verdict.value, findings, [str(one.code) for one in assessment.cautions]
