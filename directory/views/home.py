"""The home page and the pages of standing text."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.listing import country_place, rows_of
from directory.models import Call, Edition, OwningAgency, Participation, ParticipationKind
from directory.views.zones import chosen_zone, keep_zone

SQUARE_AND_GAP = 16


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """What ASPIRE is, the way to the checker, the next deadline, who takes part."""
    now = timezone.now()
    zone = chosen_zone(request)
    calls = list(Call.objects.order_by("closes_at"))
    rows = list(rows_of(Edition.objects.newest(OwningAgency.AMED)))
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


# How each kind of ``RETENTION`` is called, and from when its days are counted.
KEPT = {
    "drafts": gettext_lazy("Drafts that nobody submitted, from the last change, once the call has closed"),
    "withdrawn": gettext_lazy("Withdrawn applications, from the withdrawal"),
    "not_accepted": gettext_lazy("Applications not accepted or not adopted, from the decision"),
    "adopted": gettext_lazy("Adopted applications, from the decision"),
    "mail_texts": gettext_lazy("Mails of the portal, from the day they were written; one that may still be sent stays until its time is over, and letters to funders stay with their application"),
    "data_uses": gettext_lazy("What staff gave as filter and reason when they read or exported data, from the reading"),
    "invitation_addresses": gettext_lazy("Addresses that were invited, from the answer or the end of the invitation"),
}  # fmt: skip


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, why, how long by the settings of this portal, for whom."""
    context = {
        "retention_columns": [_("What"), _("How long")],
        "retention_rows": [
            [KEPT[kind], _period(days)] for kind, days in settings.RETENTION.items()
        ],
    }
    return render(request, "directory/privacy.html", context)


def _period(days: int | None) -> str:
    if days is None:
        return _("Kept until AMED has set a period; you can ask AMED to erase your data")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


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
