"""A frozen version in words: what was submitted, from the snapshot and the names beside it."""

from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import wording
from applications.models import Application, FieldOfResearch, Role, Version
from applications.rules.findings import Finding, Outcome
from directory.formatting import yen
from directory.models import Agency

ERASED = "–"


def frozen(application: Application, version: Version) -> dict[str, Any]:
    """Return answers, people and grants of a version as the receipt shows them."""
    content = version.content["inputs"]
    beside = {one.pseudonym: one.values for one in version.people.all()}
    return {
        "by": _submitter(version),
        "answers": answers_in_words(application, content["answers"]),
        "people": [
            {
                "role": Role(one["role"]).label,
                "name": beside.get(one["id"], {}).get("name") or ERASED,
                "latin": beside.get(one["id"], {}).get("name_latin", ""),
                "institution": one["institution"],
                "country": one["country"],
            }
            for one in content["people"]
        ],
        "grants": [_grant(one, beside) for one in with_acronyms(content["grants"])],
        "as_of": date.fromisoformat(content["as_of"]),
        "edition": content["edition"],
        "source": content["source"],
    }


def _submitter(version: Version) -> str:
    """The name under which the submitter stands in the team, else the account's; "" after an erasure."""
    for one in version.people.all():
        if version.by_id and one.researcher and one.researcher.user_id == version.by_id:
            return one.values.get("name", "")
    return version.by.get_full_name() if version.by else ""


def answers_in_words(application: Application, answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the answers of a snapshot, in the order of the pages that ask for them."""
    area = application.call.areas.filter(code=answers["area"]).first()
    field = answers["field"]
    budget = answers["budget_jpy"]
    return [
        {"key": _("Field of research"), "value": FieldOfResearch(field).label if field else ""},
        {"key": _("Project title in Japanese"), "value": answers["title_ja"]},
        {"key": _("Project title in English"), "value": answers["title_en"]},
        {"key": _("Abstract in English"), "value": answers["abstract_en"]},
        {"key": _("Research area of the call"), "value": area.name if area else answers["area"]},
        {"key": _("Years"), "value": answers["years"]},
        {
            "key": _("Requested budget in yen, without indirect costs"),
            "value": "" if budget is None else yen(budget, get_language()),
        },
        {"key": _("Explanation where no grant fits"), "value": answers["explanation"]},
    ]


def with_acronyms(grants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a version's grants, each with what its funder is called: one statement."""
    slugs = {one["agency"] for one in grants}
    acronyms = dict(Agency.objects.filter(slug__in=slugs).values_list("slug", "acronym"))
    return [one | {"funder": acronyms.get(one["agency"], one["agency_other"])} for one in grants]


def findings_of(grant: dict[str, Any]) -> list[Finding]:
    """The findings on a grant as a version holds them."""
    return [
        Finding(part["rule"], Outcome(part["outcome"]), part["reason"], part["params"])
        for part in grant["findings"]
    ]


def _grant(one: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    findings = findings_of(one)
    return {
        "holder": beside.get(one["holder"], {}).get("name") or ERASED,
        "funder": one["funder"],
        "reference": one["reference"],
        "verdict": one["verdict"],
        "label": wording.verdict_label(one["verdict"]),
        "findings": [(wording.explain(one), wording.would_change(one)) for one in findings],
        "together": wording.all_together(findings),
    }
