"""What stands while a team changes its answers: the values of the version submitted last."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT

from applications.models import Application, ReliedGrant, Version
from directory.models import CallArea

NAMELESS = "–"  # a person whose names were erased


@dataclass(frozen=True, slots=True)
class Submitted:
    """One frozen version as exports read it; people and grants by their keys in it."""

    answers: dict[str, Any]
    area: tuple[str, str]  # names in English and in Japanese
    people: list[dict[str, Any]]
    grants: dict[str, dict[str, Any]]
    beside: dict[str, dict[str, str]] = field(default_factory=dict)

    def name(self, pseudonym: str) -> str:
        return self.beside.get(pseudonym, {}).get("name") or NAMELESS

    def country(self, pseudonym: str) -> str:
        return next((one["country"] for one in self.people if one["id"] == pseudonym), "")


def touched(*, version: int | None, submitted_at: Any, changed_at: Any) -> bool:
    """Whether something may have changed since the last submission, which sets both moments alike."""
    return bool(version) and changed_at != submitted_at


def submitted_values(applications: Iterable[int]) -> dict[int, Submitted]:
    """Read the last version of each application that was changed after it; one statement."""
    keys = set(applications)
    if not keys:
        return {}
    areas = CallArea.objects.filter(call=OuterRef("application__call"), code=OuterRef("area_code"))
    rows = (
        Version.objects.filter(application__in=keys, number=F("application__version"))
        .annotate(area_code=KT("content__inputs__answers__area"))
        .annotate(
            area_en=Subquery(areas.values("name_en")[:1]),
            area_ja=Subquery(areas.values("name_ja")[:1]),
        )
        .order_by("pk")
        .values_list(
            *("application", "content", "area_en", "area_ja"),
            *("people__pseudonym", "people__values"),
        )
    )
    found: dict[int, Submitted] = {}
    for application, content, area_en, area_ja, pseudonym, values in rows.iterator():
        if application not in found:
            inputs = content["inputs"]
            found[application] = Submitted(
                answers=inputs["answers"],
                area=(area_en or "", area_ja or ""),
                people=inputs["people"],
                grants={one["id"]: one for one in inputs["grants"]},
            )
        if pseudonym:
            found[application].beside[pseudonym] = values
    return found


def last_submitted(application: Application) -> dict[str, Any]:
    """Return the last version of a submitted application, as ``snapshots.shown`` shows answers."""
    version = application.versions.prefetch_related("people").latest("number")
    beside = {one.pseudonym: one.values for one in version.people.all()}
    return {"inputs": version.content["inputs"], "beside": beside}


def funders_as_submitted(relied: QuerySet[ReliedGrant]) -> dict[int, str]:
    """Return by key the submitted funder's slug of grants that name another funder by now.

    A list that is asked for one funder must go by what it shows; see ``as_submitted``.
    """
    changed = Q(application__version__gte=1) & ~Q(
        application__changed_at=F("application__submitted_at")
    )
    rows = list(
        relied.filter(changed)
        .order_by()
        .values_list("pk", "application_id", "grant_id", "grant__agency__slug")
    )
    standing = submitted_values(application for _pk, application, _grant, _now in rows)
    found = {}
    for pk, application, grant, now in rows:
        version = standing.get(application)
        frozen = version.grants.get(f"G{grant}") if version else None
        if frozen and frozen["agency"] != (now or ""):
            found[pk] = frozen["agency"]
    return found


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def as_submitted(relied: QuerySet[ReliedGrant]) -> QuerySet[ReliedGrant]:
    """Grants that count for the agency: of a draft the present ones, else those submitted.

    A grant removed after the submission stands until the team submits again; one that was added
    after it has no verdict yet and does not stand.
    """
    stands = Q(removed_at__isnull=True) | Q(removed_at__gt=F("application__submitted_at"))
    return relied.filter(stands).exclude(verdict="", application__version__gte=1)
