"""What stands while a team changes its answers: the values of the version submitted last."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from applications.models import Application, ReliedGrant, Role, Version
from directory.models import CallArea

NAMELESS = "–"  # a person whose names were erased
# The submission sets both moments alike: see ``touched``.
CHANGED_SINCE = Q(application__version__gte=1) & ~Q(
    application__changed_at=F("application__submitted_at")
)


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


def submitted_titles(application: Application) -> tuple[str, str]:
    """Return both titles, Japanese first, as they were submitted; of a draft the present ones."""
    changed = touched(
        version=application.version,
        submitted_at=application.submitted_at,
        changed_at=application.changed_at,
    )
    version = application.versions.order_by("-number").first() if changed else None
    if version is None:
        return application.title_ja, application.title_en
    answers = version.content["inputs"]["answers"]
    return answers["title_ja"], answers["title_en"]


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the present rows are not what was submitted: lists go by this instead."""

    # By the key of a grant relied on, the funder submitted, where another one is named now.
    funders: dict[int, str] = field(default_factory=dict)
    # By application, the countries of the partners submitted, wherever anything was changed since.
    countries: dict[int, frozenset[str]] = field(default_factory=dict)


def moved(applications: QuerySet[Application]) -> Moved:
    """Read what the teams of these applications changed after they submitted.

    One statement, and one more where something was changed at all.
    """
    sealed: dict[int, dict[str, str]] = {}
    countries: dict[int, frozenset[str]] = {}
    rows = Version.objects.filter(
        CHANGED_SINCE, application__in=applications, number=F("application__version")
    )
    for application, people, grants in rows.order_by().values_list(
        "application", "content__inputs__people", "content__inputs__grants"
    ):
        sealed[application] = {one["id"]: one["agency"] for one in grants or ()}
        countries[application] = frozenset(
            one["country"] for one in people or () if one["role"] == Role.PARTNER
        )
    funders = {}
    present = ReliedGrant.objects.filter(application__in=sealed).order_by()  # of none: no statement
    for pk, application, grant, now in present.values_list(
        "pk", "application_id", "grant_id", "grant__agency__slug"
    ):
        submitted = sealed[application].get(f"G{grant}")
        if submitted is not None and submitted != (now or ""):
            funders[pk] = submitted
    return Moved(funders, countries)


def funders_as_submitted(relied: QuerySet[ReliedGrant]) -> dict[int, str]:
    """Return by key the submitted funder's slug of grants that name another funder by now.

    A list that is asked for one funder must go by what it shows; see ``as_submitted``.
    """
    return moved(Application.objects.filter(pk__in=relied.order_by().values("application"))).funders


def funder_as_submitted(funders: Mapping[int, str]) -> Expression:
    """Say to the database which funder a grant relied on counts for: its slug, "" for none known."""
    present = Coalesce("grant__agency__slug", Value(""))
    keys: dict[str, list[int]] = defaultdict(list)
    for key, slug in funders.items():
        keys[slug].append(key)
    if not keys:
        return present
    return Case(
        *(When(pk__in=those, then=Value(slug)) for slug, those in sorted(keys.items())),
        default=present,
        output_field=CharField(),
    )


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def as_submitted(relied: QuerySet[ReliedGrant]) -> QuerySet[ReliedGrant]:
    """Grants that count for the agency: of a draft the present ones, else those submitted.

    A grant removed after the submission stands until the team submits again; one that was added
    after it has no verdict yet and does not stand.
    """
    stands = Q(removed_at__isnull=True) | Q(removed_at__gt=F("application__submitted_at"))
    return relied.filter(stands).exclude(verdict="", application__version__gte=1)
