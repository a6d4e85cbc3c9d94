"""The staff's first page: what is open, how far teams are, what is stuck and what waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import permissions
from applications.exports import EXPORTS
from applications.filters import STOPPED
from applications.pictures.cells import bare
from applications.queries import dashboard as counts
from applications.queries.erasures import requests_of_staff, sees_requests
from applications.queries.mail_queue import backlog_of
from applications.queries.stages import Stage
from applications.views import dashboard_figures as figures
from applications.views.dashboard_figures import list_address
from applications.views.staff import staff_applications
from applications.workflow import NoticeState, Status
from directory.models import Call, Edition, User
from directory.spreadsheets import Column, csv_response

# The tables of the page that can be downloaded, by their names in its context.
FIGURES = ("funnel", "curve", "coverage", "funders", "notices", "queue")


@dataclass(frozen=True, slots=True)
class Counted:
    """A number with its words, and the address of the list that holds exactly so many rows."""

    words: str
    count: int
    address: str


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the dashboard of one of the reader's calls (``?call=code``), counted at this very moment.

    :raises Http404: the account is not staff, or the call is none of its agency's
    """
    return render(request, "staff/index.html", _context(request))


@require_safe
def figure(request: HttpRequest, figure: str) -> HttpResponseBase:
    """Download the table behind one of the dashboard's pictures, of the call of the address.

    It holds numbers and nobody's name, so it is no export that goes on record.

    :raises Http404: as the dashboard does, or it has no such table
    """
    context = _context(request)
    table = context.get(figure) if figure in FIGURES else None
    if table is None:
        raise Http404
    columns = [
        Column(str(place), column["label"], partial(_said, place))
        for place, column in enumerate(table["columns"])
    ]
    call = context["call"]
    of_call = f"{call.code}-" if call and figure != "queue" else ""  # the mail is of all calls
    return csv_response(f"{of_call}{figure}.csv", columns, table["rows"])


def _said(place: int, row: Sequence[Any]) -> Any:
    return bare(row[place])


def _context(request: HttpRequest) -> dict[str, Any]:
    mine, now = staff_applications(request), timezone.now()
    calls = counts.calls_of(request.user)
    call = _chosen(request, calls, now)
    backlog, counted = backlog_of(request.user), counts.status_counts(calls, now)
    context = {
        "now": now,
        "calls": calls,
        "call": call,
        "may_change_call": call is not None and permissions.may_change_call(request.user, call),
        "queue": figures.queue(backlog, now),
        "trouble": Counted("", backlog.trouble, list_address("mail", state=STOPPED)),
        "list_drafts": _drafts_of_the_list(request.user),
        "waiting": _waiting(counts.waiting(mine, counted, now)),
        "lists": [
            {"title": export.title, "url": list_address(name)} for name, export in EXPORTS.items()
        ],
    }
    if sees_requests(request.user):
        context["erasures_open"] = (
            requests_of_staff(request.user).filter(handled_at__isnull=True).count()
        )
    if call:
        context |= _of_call(counted, calls, call, now)
    asked = f"?{urlencode({'call': call.code})}" if call else ""
    for name in FIGURES:
        if name in context:
            address = reverse("applications:staff_figure", args=[name])
            context[name] = {**context[name], "download": address + asked}
    return context


def _chosen(request: HttpRequest, calls: list[Call], now: datetime) -> Call | None:
    code = request.GET.get("call")
    if not code:
        return counts.call_to_show(calls, now)
    found = next((call for call in calls if call.code == code), None)
    if found is None:
        raise Http404
    return found


def _of_call(
    counted: dict[int, dict[str, counts.Counted]], calls: list[Call], call: Call, now: datetime
) -> dict[str, Any]:
    """What the page says of the call that is chosen, and of those that are open."""
    opened = [one for one in reversed(calls) if one.opens_at <= now < one.closes_at]
    last = counts.last_before(calls, call)
    stages = counts.stage_counts({call, *opened}, counted)
    submitted = counts.first_submissions([call, last] if last else [call])
    picture, funders = figures.coverage(call, counts.coverage(call))
    notices = counts.notice_counts(call)
    return {
        "opened": [
            {
                "call": one,
                "numbers": [
                    Counted(
                        str(stage.label),
                        stages[one.pk][stage],
                        list_address("applications", call=one.code, stage=stage.value),
                    )
                    for stage in (Stage.BEGUN, Stage.SUBMITTED)
                ],
            }
            for one in opened
        ],
        "next": min(
            (one for one in calls if one.opens_at > now), key=lambda one: one.opens_at, default=None
        ),
        "still_to_open": call.opens_at > now,
        "funnel": figures.funnel(call, stages[call.pk]),
        "curve": figures.curve(call, last, submitted, now),
        "coverage": picture,
        "funders": funders,
        "notices": figures.notices(call, notices),
        "without_proof": Counted(
            _("Notices recorded as done, without a proof"),
            notices.without_proof,
            list_address(
                "notices", call=call.code, state=NoticeState.RECORDED.value, proof="false"
            ),
        ),
    }


def _drafts_of_the_list(user: User) -> int:
    return Edition.objects.drafts_of(user).count()


def _waiting(found: counts.Waiting) -> list[Counted]:
    """What waits for a person of the agency, of all its calls."""

    def counted(words: str, count: int, **asked: str) -> Counted:
        return Counted(words, count, list_address("applications", **asked))

    screening = Status.SCREENING.value
    return [
        counted(_("Submitted, not yet taken into screening"), found.submitted, state=Status.SUBMITTED.value),
        counted(_("In screening"), found.screening, state=screening),
        counted(_("In screening, and nobody looks after it"), found.unassigned, state=screening, assigned="nobody"),
        counted(_("Returned, and not corrected in time"), found.late, late="true"),
        counted(_("Accepted, the decision on adoption is open"), found.accepted, state=Status.ACCEPTED.value),
        counted(_("With a letter to the team that waits to be released"), found.letters, letter="true"),
    ]  # fmt: skip
