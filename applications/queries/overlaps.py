"""The same grant or person in other teams of one agency's calls: read by that agency's staff alone.

A team must not learn who else applies (product.md 4), and AMED's staff nothing of JST's teams: every
read begins at what the reader's lists hold, and two applications are compared only within the calls
of one agency. Withdrawn applications do not count. What is compared:

* grants that count for the agency (``as_submitted``), by funder and number; NIH's by institute and
  serial number, whichever of its institutes or years was named;
* people now in the team, by e-mail address, by ORCID iD, or by name and institution as written,
  without regard to capitals and spaces. Research administrators look after many teams: they are no
  overlap.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, F, Max, Min, Q, QuerySet, Value, When, Window
from django.db.models.functions import Concat, Lower, Replace, Substr

from applications.models import Application, Membership, ReliedGrant, Role
from applications.queries.submitted import as_submitted
from applications.workflow import Status
from directory.models import Institution, User
from directory.references import decode_nih

NIH = "nih"
IS_NIH = Q(grant__agency__slug=NIH) | Q(grant__agency__slug__startswith=f"{NIH}-")
# A stored key that is a whole NIH number; without it, the key is institute and serial already.
WHOLE_NIH = (
    r"^[1-9]?([A-Z][0-9][A-Z0-9]|[A-Z]{2}[0-9]|ZI[A-Z])[A-Z]{2}[0-9]{6}"
    r"([0-9]{2}([ASX][0-9]{1,2}){0,3})?$"
)
APART = Value("|")


class Kind(StrEnum):
    """By what two teams were found to overlap."""

    GRANT = "GRANT"
    EMAIL = "EMAIL"
    ORCID = "ORCID"
    NAME = "NAME"


@dataclass(frozen=True, slots=True)
class Reason:
    kind: Kind
    subject: str  # the grant's funder and number, or the person's name, as this team wrote it


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another team's application, and what it shares."""

    application: Application
    reasons: tuple[Reason, ...]


# -- one application ---------------------------------------------------------------------------


def overlaps_of(application: Application, user: User) -> list[Overlap]:
    """Return the other teams' applications that share a grant or a person, in at most five statements."""
    if application.status == Status.WITHDRAWN:
        return []
    others = (
        Application.objects.of_staff(user)
        .live()
        .filter(call__owner=application.call.owner)
        .exclude(team=application.team_id)
    )
    found: dict[int, list[Reason]] = defaultdict(list)
    for key, reason in (*_by_grant(application, others), *_by_person(application, others)):
        if reason not in found[key]:
            found[key].append(reason)
    if not found:
        return []
    rows = others.filter(pk__in=found).select_related("call", "team").order_by("-changed_at", "-pk")
    return [Overlap(one, tuple(found[one.pk])) for one in rows]


def grant_identity(agency: str, key: str) -> tuple[str, str]:
    """Return what tells one grant from another; ``IDENTITY`` says the same to the database."""
    if agency != NIH and not agency.startswith(f"{NIH}-"):
        return agency, key
    whole = decode_nih(key)
    return NIH, whole.key if whole else key


def _numbered(applications: QuerySet[Application]) -> QuerySet[ReliedGrant]:
    relied = as_submitted(ReliedGrant.objects.filter(application__in=applications))
    return relied.exclude(grant__key="").filter(grant__agency__isnull=False)


def _by_grant(
    application: Application, others: QuerySet[Application]
) -> Iterable[tuple[int, Reason]]:
    mine: dict[tuple[str, str], Reason] = {}
    wanted = Q()
    this = Application.objects.filter(pk=application.pk)
    for slug, acronym, key, reference in (
        _numbered(this)
        .order_by("pk")
        .values_list(
            *("grant__agency__slug", "grant__agency__acronym"),
            *("grant__key", "grant__reference"),
        )
    ):
        identity = grant_identity(slug, key)
        mine.setdefault(identity, Reason(Kind.GRANT, f"{acronym} {reference}"))
        if identity[0] == NIH:
            # Institute and serial may stand apart in the number: the last six digits do not.
            wanted |= IS_NIH & Q(grant__key__contains=identity[1][-6:])
        else:
            wanted |= Q(grant__agency__slug=slug, grant__key=key)
    if not mine:
        return
    rows = _numbered(others).filter(wanted).order_by("pk")
    for key, *theirs in rows.values_list("application", "grant__agency__slug", "grant__key"):
        reason = mine.get(grant_identity(*theirs))
        if reason:
            yield key, reason


def _without_spaces(field: str) -> Lower:
    """Fold what is written with or without a space, half or full width."""
    narrow = Replace(F(field), Value(" "), Value(""))
    return Lower(Replace(narrow, Value("\u3000"), Value("")))


def _place(of: str) -> Concat:
    """Return an institution's country and folded name."""
    return Concat(f"{of}country", APART, _without_spaces(f"{of}name"), output_field=CharField())


MARKS: dict[str, Any] = {
    "mail": Lower("researcher__email"),
    "iris": F("researcher__orcid"),
    "name": _without_spaces("researcher__name"),
    "latin": _without_spaces("latin_name"),
    "place": _place("researcher__institution__"),
}


def _people(applications: QuerySet[Application]) -> QuerySet[Membership]:
    """Application × person, with what persons are compared by."""
    return (
        Membership.objects.current()
        .exclude(role=Role.ADMINISTRATOR)
        .annotate(
            application=F("team__applications"),
            owner=F("team__applications__call__owner"),
            latin_name=Case(
                When(researcher__family_latin="", then=Value("")),
                When(researcher__given_latin="", then=Value("")),
                default=Concat("researcher__family_latin", "researcher__given_latin"),
                output_field=CharField(),
            ),
        )
        .annotate(**MARKS)
        .filter(application__in=applications.values("pk"))
    )


def _by_person(
    application: Application, others: QuerySet[Application]
) -> Iterable[tuple[int, Reason]]:
    this = Application.objects.filter(pk=application.pk)
    mine: dict[tuple[str, ...], Reason] = {}
    for name, *marks in _people(this).order_by("pk").values_list("researcher__name", *MARKS):
        for kind, mark in _marks(*marks):
            mine.setdefault((kind, *mark), Reason(kind, name))
    if not mine:
        return
    wanted = Q(mail__in=[key[1] for key in mine if key[0] == Kind.EMAIL])
    wanted |= Q(iris__in=[key[1] for key in mine if key[0] == Kind.ORCID])
    # Institutions are few: found first, they spare folding everybody's name and place.
    at_home = Institution.objects.annotate(place=_place("")).filter(
        place__in={key[1] for key in mine if key[0] == Kind.NAME}
    )
    wanted |= Q(researcher__institution__in=at_home.values("pk"))
    rows = _people(others).filter(wanted).order_by("pk")
    for key, *marks in rows.values_list("application", *MARKS):
        for kind, mark in _marks(*marks):
            reason = mine.get((kind, *mark))
            if reason:
                yield key, reason


def _marks(
    mail: str, iris: str, name: str, latin: str, place: str | None
) -> Iterable[tuple[Kind, tuple[str, ...]]]:
    """What one person is recognised by."""
    if mail:
        yield Kind.EMAIL, (mail,)
    if iris:
        yield Kind.ORCID, (iris,)
    if place and place != "|":  # nobody is recognised by a name alone
        yield Kind.NAME, (place, "name", name)
        if latin:
            yield Kind.NAME, (place, "latin", latin)


# -- many applications --------------------------------------------------------------------------

BARE = Replace(Replace(F("grant__key"), Value(" "), Value("")), Value("-"), Value(""))
# Institute and serial stand after the activity's three characters, which the type's digit may precede.
NIH_KEY = Case(
    When(bare__regex=WHOLE_NIH, bare__gte="1", bare__lt=":", then=Substr("bare", 5, 8)),
    When(bare__regex=WHOLE_NIH, then=Substr("bare", 4, 8)),
    default=F("bare"),
)
IDENTITY = Case(
    When(IS_NIH, then=Concat(Value("nih|"), NIH_KEY)),
    default=Concat("grant__agency__slug", APART, "grant__key"),
    output_field=CharField(),
)


def sharing(applications: QuerySet[Application]) -> set[int]:
    """Return the keys of those for which ``overlaps_of`` finds something; two statements.

    Read once and given to the list as keys: joined into each of the list's statements, the comparison
    would be made again and again.
    """
    live = applications.live().order_by()
    grants = (
        _numbered(live)
        .annotate(owner=F("application__call__owner"), bare=BARE)
        .annotate(mark=IDENTITY, **_teams("application__team", "mark"))
        .exclude(mark_first=F("mark_last"))
    )
    people = _people(live).annotate(
        **_teams("team", "mail"),
        **_teams("team", "iris"),
        **_teams("team", "place", "name"),
        **_teams("team", "place", "latin"),
    )
    placed = Q(researcher__institution__isnull=False)
    recognised = (
        (~Q(mail="") & ~Q(mail_first=F("mail_last")))
        | (~Q(iris="") & ~Q(iris_first=F("iris_last")))
        | (placed & ~Q(name_first=F("name_last")))
        | (placed & ~Q(latin="") & ~Q(latin_first=F("latin_last")))
    )
    return {
        *grants.values_list("application", flat=True),
        *people.filter(recognised).values_list("application", flat=True),
    }


def _teams(team: str, *marks: str) -> dict[str, Window]:
    """The first and the last team, by their keys, of those with the same marks: two where they differ."""
    alike = [F("owner"), *map(F, marks)]
    return {
        f"{marks[-1]}_first": Window(Min(team), partition_by=alike),
        f"{marks[-1]}_last": Window(Max(team), partition_by=alike),
    }
