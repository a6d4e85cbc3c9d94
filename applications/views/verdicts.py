"""What the checker's answer shows: the verdict with its reasons, and what the list asks of the holder."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries

from applications import wording
from applications.models import FieldOfResearch
from applications.queries.catalogue import OTHER, Catalogue, edition_facts
from applications.rules.eligibility import judge
from directory import columns
from directory.models import Country, Edition, Participation
from directory.references import decode_nih, normalise

OTHER_PROGRAMME = OTHER


def answer_context(
    found: Mapping[str, Any],
    catalogue: Catalogue,
    edition: Edition,
    rows: Sequence[Participation],
) -> dict[str, Any]:
    """Judge what was asked and return all that the answer's page shows."""
    programme = found["programme"]
    grant = catalogue.typed_grant(
        agency=found["agency"],
        reference=found["reference"],
        programme=_("another programme") if programme == OTHER_PROGRAMME else programme,
        starts_on=found["starts_on"],
        ends_on=found["ends_on"],
        country=found["country"],
    )
    assessment = judge(grant, edition_facts(edition), found["on"])
    row = next((row for row in rows if row.agency.slug == grant.agency), None)
    number = decode_nih(normalise(found["reference"])) if found["reference"] else None
    nih = number if number and (not grant.agency or grant.agency.startswith("nih")) else None
    institute = catalogue.institutes.get(nih.institute) if nih else None
    return {
        "assessment": assessment,
        "slug": grant.agency,
        "label": wording.verdict_label(assessment.verdict),
        "sentence": wording.verdict_sentence(assessment),
        "findings": [
            (one.outcome, wording.explain(one), wording.would_change(one))
            for one in assessment.findings
        ],
        "together": wording.all_together(assessment.findings),
        "cautions": [wording.caution_sentence(one) for one in assessment.cautions],
        "row": row,
        "rule": row and row.notice_rule,
        "notice_to": row and columns.notice_to_words(row),
        "field": found["field"],
        "nih": nih,
        "institute": institute,
        "institute_listed": institute is not None
        and any(one.agency.slug == institute.slug for one in rows),
        "unlisted_country": _unlisted_country(found["country"], rows),
        "listed_countries": _names(rows),
        "answers": _answers(found, row, grant.agency_name, programme),
    }


def _names(rows: Sequence[Participation]) -> list[str]:
    """The list's countries and areas, each once, in the reader's order."""
    return list(dict.fromkeys(row.agency.country.name for row in rows))


def _unlisted_country(code: str, rows: Sequence[Participation]) -> str:
    """Name the partner's country where no funder of it is on the list; Japan is told by a reason."""
    listed = {row.agency.country.code for row in rows}
    return "" if not code or code == "JP" or code in listed else str(countries.name(code))


def _answers(
    found: Mapping[str, Any], row: Participation | None, agency_name: str, programme: str
) -> list[tuple[str, str, Any]]:
    """What was answered: the step that asks it, its heading, and the answer in words."""
    fields = dict(FieldOfResearch.choices)
    country = Country.objects.filter(code=found["country"]).first() if found["country"] else None
    funder = str(row.agency) if row else agency_name
    if found["agency"] == OTHER:
        funder = _("Another funder")
    names = {one.code: str(one) for one in row.programmes.all()} if row else {}
    names[OTHER_PROGRAMME] = _("Another programme")
    told = [
        ("about", _("Field of research"), str(fields.get(found["field"], ""))),
        (
            "about",
            _("Country of the partner"),
            country.name if country else str(countries.name(found["country"])),
        ),
        ("about", _("Funder"), funder),
        ("details", _("Programme"), names.get(programme, programme)),
        ("details", _("Grant number"), found["reference"]),
        ("details", _("First day of the grant"), found["starts_on"]),
        ("details", _("Last day of the grant"), found["ends_on"]),
    ]
    asks_programme = bool(programme or len(names) > 1)
    return [one for one in told if one[1] != _("Programme") or asks_programme]
