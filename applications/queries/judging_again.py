"""Judging the sealed part of an evidence file again: facts from the file alone, the list from here.

How a number was read is sealed with it: a format that is added later makes no untouched file differ.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from applications.models import Version
from applications.queries.catalogue import Catalogue, edition_facts, load_catalogue
from applications.queries.evidence import FORMAT, edition_used, funders_judged
from applications.queries.fingerprints import fingerprint
from applications.queries.snapshots import as_read, facts_now, facts_sealed
from applications.rules.eligibility import Assessment, judge
from applications.rules.facts import EditionFacts, GrantFacts
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
    read_otherwise: bool  # whether today's formats and names make something else of what was typed


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
    read_today: bool  # sealed before readings were: today's formats and names had to read it

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
    facts, today = facts_sealed(sealed, catalogue), facts_now(sealed, catalogue)
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
            _compared(one, facts[one["id"]], today[one["id"]], edition, on)
            for one in inputs["grants"]
        ),
        changed=tuple(_changed(document, kept, catalogue)),
        known=kept is not None,
        read_today="grants_read" not in sealed,
    )


def _changed(document: Row, kept: str | None, catalogue: Catalogue) -> list[str]:
    sealed, computed = document["sealed"], fingerprint(document["sealed"])
    found = []
    if computed != document["sha256"]:
        found.append(f"The sealed part and its fingerprint disagree: it gives {computed}.")
    if kept is not None and kept not in (computed, document["sha256"]):
        found.append(f"This portal keeps another fingerprint for the version: {kept}.")
    beside = {name: part for name, part in document.items() if name != "document_sha256"}
    if fingerprint(beside) != document["document_sha256"]:
        found.append("Something in the file was changed after it was made.")
    funders = funders_judged(sealed, catalogue)
    if document["edition"] != edition_used(sealed["inputs"]["edition"], funders):
        found.append("The rows of the list in the file are not those kept here.")
    return found


def _compared(
    grant: Row, facts: GrantFacts, today: GrantFacts, edition: EditionFacts, on: date
) -> GrantAgain:
    assessment = judge(facts, edition, on)
    funder = grant["agency"] or grant["agency_other"]
    return GrantAgain(
        name=f"{grant['id']} {funder} {grant['reference']}",
        recorded=grant["verdict"],
        found=assessment.verdict.value,
        same=_recorded(grant) == _found(assessment),
        read_otherwise=as_read(facts) != as_read(today),
    )


def _recorded(grant: Row) -> tuple:
    findings = [(one["rule"], one["outcome"], one["reason"]) for one in grant["findings"]]
    return grant["verdict"], findings, list(grant["cautions"])


def _found(assessment: Assessment) -> tuple:
    findings = [(one.rule, one.outcome.value, one.reason) for one in assessment.findings]
    return assessment.verdict.value, findings, [str(one.code) for one in assessment.cautions]
