"""A submitted team that relies on a grant of every row of the list, and its evidence as a file."""

import csv
import json
from datetime import date

from applications import actions
from applications.golden import CASES
from applications.models import ReliedGrant, Role, Version
from applications.queries.catalogue import load_catalogue
from applications.queries.evidence import evidence_of
from applications.queries.fingerprints import fingerprint
from directory.models import Agency, Grant, Programme
from tests.applications import scenes


def rely_on_every_row(scene):
    """Enter the golden cases as grants, each with the holder's country; answer what the list asks."""
    agencies = {one.slug: one for one in Agency.objects.all()}
    programmes = {one.code: one for one in Programme.objects.all()}
    find, holders = load_catalogue().find, {}
    with CASES.open(encoding="utf-8", newline="") as file:
        for number, case in enumerate(csv.DictReader(file)):
            country = case["country"]
            if country not in holders:
                holders[country] = scenes.person(
                    scene.application.team, Role.PARTNER, f"Holder {country}", country
                )
            agency = agencies.get(find(case["agency"])[0])
            programme = programmes.get(case["programme"])
            row = Grant.objects.create(
                holder=holders[country].researcher,
                agency=agency,
                agency_other="" if agency else case["agency"] or "unknown",
                programme=programme,
                programme_other="" if programme else case["programme"],
                reference=case["reference"],
                key=f"case-{number}",
                starts_on=date.fromisoformat(case["starts_on"]) if case["starts_on"] else None,
                ends_on=date.fromisoformat(case["ends_on"]) if case["ends_on"] else None,
            )
            ReliedGrant.objects.create(
                application=scene.application, grant=row, added_at=scenes.DAY
            )
            for condition in {"erc": ["ERC_SCOPE"], "wellcome": ["WELLCOME_OUTCOMES"]}.get(
                agency.slug if agency else "", []
            ):
                actions.attest(
                    application_id=scene.pk,
                    grant_id=row.pk,
                    code=condition,
                    answer="GIVEN",
                    reason="She wrote so.",
                    upload=scenes.Upload(),
                    by=scene.lead,
                    at=scenes.DAY,
                )


def version_of(scene, number=1):
    return (
        Version.objects.select_related("application__call", "by")
        .prefetch_related("people")
        .get(application=scene.pk, number=number)
    )


def evidence(scene, number=1, *, for_staff=False):
    """The evidence as a reader gets it from the file."""
    return json.loads(
        json.dumps(evidence_of(version_of(scene, number), for_staff=for_staff, now=scenes.DAY))
    )


def sealed_anew(document):
    """Both fingerprints computed again, as somebody who knows how would."""
    document["sha256"] = fingerprint(document["sealed"])
    del document["document_sha256"]
    return document | {"document_sha256": fingerprint(document)}
