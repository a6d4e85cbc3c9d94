"""The home page and the pages of standing text."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from directory.listing import country_place, rows_of
from directory.models import Call, Edition, Participation, ParticipationKind
from directory.views.zones import chosen_zone, keep_zone

SQUARE_AND_GAP = 16


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """What ASPIRE is, the way to the checker, the next deadline, who takes part."""
    now = timezone.now()
    zone = chosen_zone(request)
    calls = list(Call.objects.order_by("closes_at"))
    rows = list(rows_of(Edition.objects.newest()))
    context = {
        "zone": zone,
        "call": _next_to_close([call for call in calls if not call.is_practice], now),
        "practice_call": _next_to_close([call for call in calls if call.is_practice], now),
        "last_call": _last_closed(calls, now),
        "now": now,
        "edition": rows[0].edition if rows else None,
        "countries": _by_country(rows),
        "number_of_funders": len(rows),
    }
    call = context["call"]
    context["deadline"] = call and {
        "opens": call.opens_at,
        "closes": call.closes_at,
        "zone": zone.name,
        "now": now,
    }
    return keep_zone(render(request, "directory/home.html", context), zone)


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "directory/privacy.html")


@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "directory/help.html")


def _next_to_close(calls: list[Call], now: datetime) -> Call | None:
    """The open call that closes first, else the next one to open."""
    ahead = [call for call in calls if call.closes_at > now]
    open_now = [call for call in ahead if call.opens_at <= now]
    return next(iter(open_now or sorted(ahead, key=lambda call: call.opens_at)), None)


def _last_closed(calls: list[Call], now: datetime) -> Call | None:
    closed = [call for call in calls if call.closes_at <= now and not call.is_practice]
    return closed[-1] if closed else None


def _by_country(rows: list[Participation]) -> list[dict[str, Any]]:
    """Each country with its funders counted and drawn, in the reader's order."""
    total = Counter(row.agency.country for row in rows)
    additional = Counter(
        row.agency.country for row in rows if row.kind != ParticipationKind.EXISTING
    )
    return [
        {
            "country": country,
            "funders": total[country],
            "additional": additional[country],
            "squares": _squares(total[country], additional[country]),
        }
        for country in sorted(total, key=country_place)
    ]


def _squares(funders: int, additional: int) -> dict[str, Any]:
    """One square a funder, from the left; those with a chance of an additional grant come last."""
    places = [(n * SQUARE_AND_GAP, n >= funders - additional) for n in range(funders)]
    return {"width": funders * SQUARE_AND_GAP, "places": places}
