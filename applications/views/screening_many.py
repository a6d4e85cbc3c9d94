"""One act of staff for many applications: chosen from the filtered list, previewed, then done one by one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, filters, permissions
from applications.forms.screening import BulkForm
from applications.models import Application
from applications.queries import screening
from applications.queries.staff import applications_in
from applications.views.kept_view import kept_view
from applications.views.screening_refusals import REFUSALS, why
from applications.views.staff import asks_for_the_unknown, staff_applications, unknown_parameters
from applications.workflow import TELLS_TEAM

MOST = 100
# What the preview carries on to the press of its button.
CARRIED = ("act", "reason", "day_0", "day_1", "day_2", "hour")
TICK = "tick"  # of the address: with it every box comes ticked
PLACE = re.compile(r"(\d{1,18}):([A-Z_]{1,20}):(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One application as the page showed it."""

    application: Application
    seen_status: str
    seen_move: int

    @property
    def place(self) -> str:
        return f"{self.application.pk}:{self.seen_status}:{self.seen_move}"


@dataclass(frozen=True, slots=True)
class Told:
    """What will happen, or has happened, to one of them; ``why`` it cannot, or "" where it can."""

    chosen: Chosen
    why: str = ""


def many(request: HttpRequest) -> HttpResponse:
    """Choose applications and an act; say what it would change; do it when that was read."""
    mine = staff_applications(request)
    if not (request.user.is_superuser or request.user.staff_role in permissions.DECIDES):
        raise PermissionDenied
    unknown = unknown_parameters(request, filters.ApplicationFilter)
    if unknown and unknown != [TICK]:
        list_url = reverse("applications:staff_applications")
        return asks_for_the_unknown(
            request, _("One step for several applications"), list_url, unknown
        )
    if request.method != "POST":
        return _choosing(request, BulkForm(), frozenset(), ticked=TICK in request.GET)
    form = BulkForm(request.POST)
    chosen = _chosen(mine, request.POST.getlist("chosen"))
    if not form.is_valid() or not chosen:
        picked = {one.application.pk for one in chosen}
        return _choosing(request, form, picked, nothing_chosen=not chosen)
    if "confirm" in request.POST:
        return _page(request, form, [_do(request, form, one) for one in chosen], done=True)
    return _page(request, form, _foreseen(form, chosen), done=False)


def _choosing(
    request: HttpRequest,
    form: BulkForm,
    picked: Iterable[int],
    *,
    ticked: bool = False,
    nothing_chosen: bool = False,
) -> HttpResponse:
    """The filtered applications with a box each, in the list's order; ``ticked``: all boxes."""
    mine = staff_applications(request)
    found = filters.ApplicationFilter(request.GET, queryset=applications_in(mine), request=request)
    rows = found.qs if found.is_valid() else mine.none()
    shown = list(rows.select_related("call", "team")[: MOST + 1])
    moves = screening.last_moves(one.pk for one in shown)
    places = [Chosen(one, one.status, moves.get(one.pk, 0)) for one in shown[:MOST]]
    view = kept_view(request)
    context = {
        "title": _("One step for several applications"),
        "form": form,
        "places": places,
        "picked": {one.application.pk for one in places} if ticked else set(picked),
        "ticked": ticked,
        "tick_url": f"{view}{'&' if view else '?'}{TICK}=all",
        "view": view,
        "most": MOST if len(shown) > MOST else 0,
        "nothing_chosen": nothing_chosen,
    }
    return render(request, "staff/screening_many.html", context)


def _chosen(mine: Any, places: Iterable[str]) -> list[Chosen]:
    """Read the places that a form carries; what is not in the reader's scope is not there."""
    read = [found.groups() for one in places if (found := PLACE.fullmatch(one))][:MOST]
    seen = {int(pk): (status, int(move)) for pk, status, move in read}
    rows = mine.filter(pk__in=seen).select_related("call", "team").order_by("pk")
    return [Chosen(one, *seen[one.pk]) for one in rows]


def _foreseen(form: BulkForm, chosen: list[Chosen]) -> list[Told]:
    """Ask of each what the act will ask under its lock."""
    moves = screening.last_moves(one.application.pk for one in chosen)
    told = []
    for one in chosen:
        try:
            actions.follows(
                one.application,
                form.cleaned_data["act"],
                moves.get(one.application.pk, 0),
                seen_status=one.seen_status,
                seen_move=one.seen_move,
                until=form.until,
                at=timezone.now(),
            )
        except REFUSALS as refusal:
            told.append(Told(one, why(refusal)))
        else:
            told.append(Told(one))
    return told


def _do(request: HttpRequest, form: BulkForm, one: Chosen) -> Told:
    """Do the act to one, in a transaction of its own; a refusal leaves the others alone."""
    try:
        actions.decide(
            application_id=one.application.pk,
            act=form.cleaned_data["act"],
            by=request.user,
            at=timezone.now(),
            seen_status=one.seen_status,
            seen_move=one.seen_move,
            reason=form.cleaned_data["reason"],
            until=form.until,
        )
    except REFUSALS as refusal:
        return Told(one, why(refusal))
    return Told(one)


def _page(request: HttpRequest, form: BulkForm, told: list[Told], *, done: bool) -> HttpResponse:
    can = [one for one in told if not one.why]
    context = {
        "title": _("What was done") if done else _("Before it is done"),
        "form": form,
        "carried": [(name, form.data[name]) for name in CARRIED if name in form.data],
        "act": form.cleaned_data["act"].label,
        "until": form.until,
        "can": can,
        "cannot": [one for one in told if one.why],
        "done": done,
        "tells_team": form.cleaned_data["act"] in TELLS_TEAM,
        "letter": screening.letters_waiting(
            (one.chosen.application.pk for one in can), timezone.now()
        ).first()
        if done
        else None,
        "view": kept_view(request),
    }
    return render(request, "staff/screening_many_told.html", context)
