"""One call with its deadline in three zones, and all deadlines as a calendar."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.calendars import calendar
from directory.models import Call
from directory.views.zones import chosen_zone, keep_zone


class Opening(TextChoices):
    """Where a call stands at one moment; never stored."""

    AHEAD = "AHEAD", _("Not open yet")
    OPEN = "OPEN", _("Open now")
    CLOSED = "CLOSED", _("Closed")


def opening(call: Call, at: datetime) -> Opening:
    """Return where ``call`` stands at ``at``; the period is half-open."""
    if at < call.opens_at:
        return Opening.AHEAD
    return Opening.OPEN if at < call.closes_at else Opening.CLOSED


@login_not_required
def call(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Call.objects.select_related("edition"), code=code)
    now = timezone.now()
    zone = chosen_zone(request)
    context = {
        "call": found,
        "areas": found.areas.order_by("position"),
        "changes": found.changes.select_related("edition_before", "edition_after").order_by(
            "-at", "-pk"
        ),
        "opening": opening(found, now),
        "zone": zone,
        "practice_banner": found.is_practice,
        "deadline": {
            "opens": found.opens_at,
            "closes": found.closes_at,
            "zone": zone.name,
            "now": now,
        },
    }
    return keep_zone(render(request, "directory/call.html", context), zone)


@login_not_required
def calls_ics(request: HttpRequest) -> HttpResponse:
    """Every call's deadline, for subscribing to."""
    calls = Call.objects.with_moves().order_by("closes_at", "code")
    text = calendar(calls, address=settings.PORTAL_URL, at=timezone.now())
    return HttpResponse(
        text.encode(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="calls.ics"'},
    )
