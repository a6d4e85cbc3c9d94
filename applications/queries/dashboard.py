"""What the staff's dashboard counts, in the same few statements however many applications there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncDate

from applications.models import Application, Membership, Notice, ReliedGrant, Version
from applications.queries.screening import letters_waiting
from applications.queries.stages import Stage, late_corrections
from applications.queries.submitted import CHANGED_SINCE, as_submitted, moved
from applications.workflow import NoticeState, Status
from directory.models import JAPAN_TIME, Call, Participation, ParticipationKind, User

WITHDRAWN = Status.WITHDRAWN
OF_AN_AGENCY = (*("slug", "acronym", "name_en", "name_ja", "country__name_en", "country__name_ja"),)


@dataclass(frozen=True, slots=True)
class FunderRow:
    """One row of the edition, and how many teams rely on a grant of it."""

    row: Participation
    teams: int


@dataclass(frozen=True, slots=True)
class CountryRow:
    """One country or area of the edition: its teams, and those with a funder that may add a grant."""

    code: str
    name: str
    teams: int
    additional: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which rows of the edition a call's teams rely on; every row is there, with 0 where none does."""

    funders: tuple[FunderRow, ...]
    countries: tuple[CountryRow, ...]  # most teams first
    off_the_list: int


@dataclass(frozen=True, slots=True)
class NoticeCounts:
    """The notices of a call by state, and those recorded as done without a proof."""

    states: Mapping[NoticeState, int]
    without_proof: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Applications of all one's calls that wait for a person of the agency."""

    submitted: int
    screening: int
    unassigned: int
    late: int
    accepted: int
    letters: int


def calls_of(user: User) -> list[Call]:
    """The calls whose staff pages ``user`` may open, the last to close first."""
    return list(
        Call.objects.visible_to(user).select_related("edition").order_by("-closes_at", "-pk")
    )


def call_to_show(calls: Sequence[Call], now: datetime) -> Call | None:
    """The call that matters most now: the next to close, else the last that closed, else the next to open."""
    opened = [call for call in calls if call.opens_at <= now < call.closes_at]
    if opened:
        return opened[-1]
    closed = [call for call in calls if call.closes_at <= now]
    return closed[0] if closed else min(calls, key=lambda one: one.opens_at, default=None)


def last_before(calls: Sequence[Call], call: Call) -> Call | None:
    """The call of the same agency that closed last before this one; practice compares with practice."""
    return next(
        (
            one
            for one in calls
            if (one.owner, one.is_practice) == (call.owner, call.is_practice)
            and one.closes_at < call.closes_at
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """How many applications of one call stand in one state, without a colleague, and past their date."""

    number: int
    unassigned: int
    late: int


def status_counts(calls: Iterable[Call], now: datetime) -> dict[int, dict[str, Counted]]:
    """Count the applications of each call by state. The calls are such as the reader may see."""
    rows = (
        Application.objects.filter(call__in=list(calls))
        .order_by()
        .values_list("call_id", "status")
        .annotate(
            number=Count("*"),
            unassigned=Count("pk", filter=Q(assigned_to__isnull=True)),
            late=Count("pk", filter=late_corrections(now)),
        )
    )
    found: dict[int, dict[str, Counted]] = defaultdict(dict)
    for call, status, *counts in rows:
        found[call][status] = Counted(*counts)
    return found


def stage_counts(
    calls: Iterable[Call], counted: Mapping[int, Mapping[str, Counted]]
) -> dict[int, dict[Stage, int]]:
    """How many applications of each call have come to each stage; whoever came further counts, too.

    ``stages.STAGES`` says the same of one application. The database is asked about the people of
    drafts alone, and from their side: asked row by row it thought so long that it compiled code.
    """
    calls = list(calls)
    people = {
        call: (asked, confirmed)
        for call, asked, confirmed in Membership.objects.current()
        .partners()
        .filter(
            Q(confirmed_at__isnull=False) | Q(invitations__application=F("team__applications")),
            team__applications__call__in=calls,
            team__applications__status=Status.DRAFT,
        )
        .values_list("team__applications__call_id")
        .annotate(
            asked=Count("team__applications", distinct=True),
            confirmed=Count(
                "team__applications", distinct=True, filter=Q(confirmed_at__isnull=False)
            ),
        )
    }
    found = {}
    for call in calls:
        states = counted.get(call.pk, {})
        begun = sum(one.number for state, one in states.items() if state != WITHDRAWN)
        submitted = begun - (states[Status.DRAFT].number if Status.DRAFT in states else 0)
        asked, confirmed = people.get(call.pk, (0, 0))
        found[call.pk] = {
            Stage.BEGUN: begun,
            Stage.ASKED: submitted + asked,
            Stage.CONFIRMED: submitted + confirmed,
            Stage.SUBMITTED: submitted,
        }
    return found


def waiting(
    mine: QuerySet[Application], counted: Mapping[int, Mapping[str, Counted]], now: datetime
) -> Waiting:
    """What waits for a person in all calls, and the applications with a letter to be released."""

    def among(status: Status) -> list[Counted]:
        return [states[status] for states in counted.values() if status in states]

    of_whom = letters_waiting(mine, now).order_by()
    return Waiting(
        submitted=sum(one.number for one in among(Status.SUBMITTED)),
        screening=sum(one.number for one in among(Status.SCREENING)),
        unassigned=sum(one.unassigned for one in among(Status.SCREENING)),
        late=sum(one.late for one in among(Status.RETURNED)),
        accepted=sum(one.number for one in among(Status.ACCEPTED)),
        letters=of_whom.aggregate(number=Count("application", distinct=True))["number"],
    )


def first_submissions(calls: Iterable[Call]) -> dict[int, dict[date, int]]:
    """How many applications were first submitted on each day of Japan's calendar, call by call.

    Of a submission made again the first counts; withdrawn applications do not count. The calls are
    such as the reader may see.
    """
    calls = list(calls)
    rows = (
        Version.objects.filter(number=1, application__call__in=calls)
        .exclude(application__status=WITHDRAWN)
        .order_by()
        .values_list("application__call_id", TruncDate("database_clock", tzinfo=JAPAN_TIME))
        .annotate(number=Count("pk"))
    )
    found: dict[int, dict[date, int]] = {call.pk: {} for call in calls}
    for call, day, number in rows:
        found[call][day] = number
    return found


def coverage(call: Call) -> Coverage:
    """Count the teams of a call that the reader may see for each row of its edition.

    Who relies on what is read once, as pairs of numbers: a team counts once for a country however
    many of its funders it has, and three statements that count so took three times as long.
    """
    rows = list(
        Participation.objects.filter(edition=call.edition_id)
        .select_related("agency__country")
        .only("kind", "agency", *(f"agency__{name}" for name in OF_AN_AGENCY))
        .order_by("position")
    )
    teams: dict[int | None, set[int]] = defaultdict(set)
    standing = as_submitted(ReliedGrant.objects.filter(application__call=call))
    pairs = list(
        standing.exclude(application__status=WITHDRAWN)
        .order_by()
        .annotate(changed=ExpressionWrapper(CHANGED_SINCE, output_field=BooleanField()))
        .values_list("grant__agency_id", "application_id", "pk", "changed")
    )
    # Rare, and so read only where there is one: a grant counts for the funder that was submitted.
    changed = {application for _agency, application, _key, changed in pairs if changed}
    funders = moved(Application.objects.filter(pk__in=changed)).funders if changed else {}
    keys = {row.agency.slug: row.agency_id for row in rows}
    for agency, application, key, _changed in pairs:
        teams[keys.get(funders[key]) if key in funders else agency].add(application)
    listed = {row.agency_id for row in rows}
    additional = ParticipationKind.EXISTING_OR_ADDITIONAL

    def together(agencies: Iterable[int | None]) -> int:
        return len(set().union(*(teams.get(agency, ()) for agency in agencies)))

    countries = {row.agency.country_id: row.agency.country.name for row in rows}
    places = [
        CountryRow(
            code,
            name,
            together(row.agency_id for row in rows if row.agency.country_id == code),
            together(
                row.agency_id
                for row in rows
                if row.agency.country_id == code and row.kind == additional
            ),
        )
        for code, name in countries.items()
    ]
    return Coverage(
        funders=tuple(FunderRow(row, len(teams.get(row.agency_id, ()))) for row in rows),
        countries=tuple(sorted(places, key=lambda one: (-one.teams, one.code))),
        off_the_list=together(agency for agency in teams if agency not in listed),
    )


def notice_counts(call: Call) -> NoticeCounts:
    """Count the notices of a call that the reader may see, crossed-out ones left aside."""
    rows = {
        state: (number, without)
        for state, number, without in Notice.objects.filter(
            application__call=call, removed_at__isnull=True
        )
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"), without=Count("pk", filter=Q(proof__isnull=True)))
    }
    return NoticeCounts(
        states={state: rows.get(state, (0, 0))[0] for state in NoticeState},
        without_proof=rows.get(NoticeState.RECORDED, (0, 0))[1],
    )
