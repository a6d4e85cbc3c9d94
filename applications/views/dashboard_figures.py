"""The dashboard's counts made into pictures: words and the address of the list behind each number."""

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from applications.filters import NOT_SENT_YET
from applications.pictures.coverage import (
    Coverage,
    Funder,
    Place,
    coverage_finding,
    draw_coverage,
    funders_table,
    places_table,
)
from applications.pictures.curve import Course, Curve, Day, curve_finding, curve_table, draw_curve
from applications.pictures.funnel import Funnel, Step, draw_funnel, funnel_finding, funnel_table
from applications.pictures.notice_bars import (
    InState,
    NoticesByState,
    draw_notices,
    notices_finding,
    notices_table,
)
from applications.pictures.queue_age import (
    InMailState,
    Queue,
    draw_queue,
    queue_finding,
    queue_table,
)
from applications.queries import dashboard
from applications.queries.mail_queue import Backlog
from applications.queries.stages import OFF_THE_LIST, Stage
from directory.models import JAPAN_TIME, Call, ParticipationKind

logger = logging.getLogger(__name__)
Picture = dict[str, Any]


def list_address(name: str, **asked: str) -> str:
    """The staff list of that name, narrowed."""
    address = reverse(f"applications:staff_{name}")
    return f"{address}?{urlencode(asked)}" if asked else address


def pictured(
    slug: str, shown: Any, finding: str, table: Mapping[str, Any], draw: Callable[..., SafeString]
) -> Picture:
    """Return sentence, table and drawing; where the drawing fails, the page goes without it."""
    try:
        drawing = draw(shown, slug)
    except Exception:
        logger.exception("A picture of the dashboard could not be drawn: %s", slug)
        drawing = ""
    return {"slug": slug, "finding": finding, "drawing": drawing, **table}


def funnel(call: Call, counts: Mapping[Stage, int]) -> Picture:
    """The stages of one call."""
    shown = Funnel(
        tuple(
            Step(
                str(stage.label),
                counts[stage],
                list_address("applications", call=call.code, stage=stage.value),
            )
            for stage in Stage
        )
    )
    return pictured("funnel", shown, funnel_finding(shown), funnel_table(shown), draw_funnel)


def curve(
    call: Call, last: Call | None, found: Mapping[int, Mapping[date, int]], now: datetime
) -> Picture:
    """This call's submissions and the last one's."""
    shown = Curve(
        _course(call, found[call.pk], now), _course(last, found[last.pk], now) if last else None
    )
    return pictured("curve", shown, curve_finding(shown), curve_table(shown), draw_curve)


def _course(call: Call, found: Mapping[date, int], now: datetime) -> Course:
    opens, closes, days, total = _day(call.opens_at), _day(call.closes_at), [], 0

    base = list_address("applications", call=call.code, stage=Stage.SUBMITTED.value)

    def address(until: date) -> str:
        return f"{base}&first_until={until.isoformat()}"

    for day in sorted(found):
        total += found[day]
        # Nothing is first submitted after the deadline.
        days.append(Day(max((closes - day).days, 0), total, address(day)))
    return Course(
        code=call.code,
        length=(closes - opens).days,
        days=tuple(days),
        days_left=max((closes - _day(now)).days, 0),
        address_of_none=address(opens - timedelta(days=1)),
    )


def _day(at: datetime) -> date:
    return at.astimezone(JAPAN_TIME).date()


def coverage(call: Call, found: dashboard.Coverage) -> tuple[Picture, Mapping[str, Any]]:
    """The countries as a picture, and every row of the list as a table of its own."""

    base = list_address("applications", call=call.code, stage=Stage.BEGUN.value)

    def address(**asked: str) -> str:
        return f"{base}&{urlencode(asked)}"

    shown = Coverage(
        places=tuple(
            Place(
                one.name,
                one.teams,
                one.additional,
                address(funder_country=one.code),
                address(
                    funder_country=one.code,
                    participation=ParticipationKind.EXISTING_OR_ADDITIONAL.value,
                ),
            )
            for one in found.countries
        ),
        funders=tuple(
            Funder(
                one.row.agency.acronym,
                one.row.agency.name,
                one.row.agency.country.name,
                str(one.row.get_kind_display()),
                one.teams,
                address(agency=one.row.agency.slug),
            )
            for one in found.funders
        ),
        others=found.off_the_list,
        others_address=address(agency=OFF_THE_LIST),
    )
    picture = pictured(
        "coverage", shown, coverage_finding(shown), places_table(shown), draw_coverage
    )
    return picture, {"slug": "funders", **funders_table(shown)}


def notices(call: Call, found: dashboard.NoticeCounts) -> Picture:
    """The notices of one call by state."""
    shown = NoticesByState(
        tuple(
            InState(
                state,
                str(state.label),
                count,
                list_address("notices", call=call.code, state=state.value),
            )
            for state, count in found.states.items()
        )
    )
    return pictured("notices", shown, notices_finding(shown), notices_table(shown), draw_notices)


def queue(backlog: Backlog, now: datetime) -> Picture:
    """The mail that waits, and what is held, failed or came back."""
    states = tuple(
        InMailState(str(state.label), count, list_address("mail", state=state.value))
        for state, count in backlog.counts.items()
    )
    shown = Queue(backlog.unsent, backlog.oldest, now, states)
    picture = pictured("queue", shown, queue_finding(shown), queue_table(shown), draw_queue)
    # The oldest first: whoever comes by this link looks for what is stuck.
    return picture | {"address": list_address("mail", state=NOT_SENT_YET, order="oldest")}
