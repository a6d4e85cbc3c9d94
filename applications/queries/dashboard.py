"""What the staff's dashboard counts, each in one statement however many applications there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from applications.models import Application, Version
from applications.queries.staff import notices_in
from applications.queries.stages import (
    LETTER_WAITS,
    STAGES,
    Stage,
    late_corrections,
    standing_grants,
)
from applications.workflow import NoticeState, Status
from directory.models import JAPAN_TIME, Call, Participation, ParticipationKind, User


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


def stage_counts(mine: QuerySet[Application], calls: Iterable[Call]) -> dict[int, dict[Stage, int]]:
    """How many applications of each call have come to each stage; a call without any has zeros."""
    calls = list(calls)
    counted = (
        mine.filter(call__in=calls)
        .order_by()
        .values("call_id")
        .annotate(**{stage.value: Count("pk", filter=held) for stage, held in STAGES.items()})
    )
    found = {row["call_id"]: row for row in counted}
    return {
        call.pk: {stage: found.get(call.pk, {}).get(stage.value, 0) for stage in Stage}
        for call in calls
    }


def first_submissions(
    mine: QuerySet[Application], calls: Iterable[Call]
) -> dict[int, dict[date, int]]:
    """How many applications were first submitted on each day of Japan's calendar, call by call.

    Of a submission made again the first counts; withdrawn applications do not count.
    """
    calls = list(calls)
    rows = (
        Version.objects.filter(number=1, application__in=mine.filter(STAGES[Stage.SUBMITTED]))
        .filter(application__call__in=calls)
        .order_by()
        .values_list("application__call_id", TruncDate("database_clock", tzinfo=JAPAN_TIME))
        .annotate(number=Count("pk"))
    )
    found: dict[int, dict[date, int]] = {call.pk: {} for call in calls}
    for call, day, number in rows:
        found[call][day] = number
    return found


def coverage(mine: QuerySet[Application], call: Call) -> Coverage:
    """Count the teams of a call for each row of its edition, in four statements."""
    rows = list(
        Participation.objects.filter(edition=call.edition_id)
        .select_related("agency__country")
        .order_by("position")
    )
    listed = [row.agency_id for row in rows]
    adding = [row.agency_id for row in rows if row.kind == ParticipationKind.EXISTING_OR_ADDITIONAL]
    grants = standing_grants(mine.filter(STAGES[Stage.BEGUN], call=call)).order_by()
    teams = Count("application", distinct=True)
    of_funder = dict(
        grants.filter(grant__agency__in=listed).values_list("grant__agency").annotate(teams=teams)
    )
    of_country = {
        code: (number, additional)
        for code, number, additional in grants.filter(grant__agency__in=listed)
        .values_list("grant__agency__country")
        .annotate(
            teams=teams,
            additional=Count("application", distinct=True, filter=Q(grant__agency__in=adding)),
        )
    }
    others = grants.filter(Q(grant__agency__isnull=True) | ~Q(grant__agency__in=listed))
    countries = {row.agency.country_id: row.agency.country for row in rows}
    return Coverage(
        funders=tuple(FunderRow(row, of_funder.get(row.agency_id, 0)) for row in rows),
        countries=tuple(
            sorted(
                (
                    CountryRow(code, country.name, *of_country.get(code, (0, 0)))
                    for code, country in countries.items()
                ),
                key=lambda one: (-one.teams, one.code),
            )
        ),
        off_the_list=others.aggregate(teams=teams)["teams"],
    )


def notice_counts(mine: QuerySet[Application], call: Call) -> NoticeCounts:
    """Count a call's notices, crossed-out ones left aside."""
    rows = {
        state: (number, without)
        for state, number, without in notices_in(mine.filter(call=call))
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"), without=Count("pk", filter=Q(proof__isnull=True)))
    }
    return NoticeCounts(
        states={state: rows.get(state, (0, 0))[0] for state in NoticeState},
        without_proof=rows.get(NoticeState.RECORDED, (0, 0))[1],
    )


def waiting(mine: QuerySet[Application], now: datetime) -> Waiting:
    """Count the applications that wait for a person of the agency."""
    screening = Q(status=Status.SCREENING)
    return Waiting(
        **mine.aggregate(
            submitted=Count("pk", filter=Q(status=Status.SUBMITTED)),
            screening=Count("pk", filter=screening),
            unassigned=Count("pk", filter=screening & Q(assigned_to__isnull=True)),
            late=Count("pk", filter=late_corrections(now)),
            accepted=Count("pk", filter=Q(status=Status.ACCEPTED)),
            letters=Count("pk", filter=LETTER_WAITS),
        )
    )
