"""The reader's time zone: chosen in the address, kept in a cookie, never guessed."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from directory.formatting import JAPAN, known_zone

COOKIE = "zone"
A_YEAR = 365 * 24 * 60 * 60
LONGEST_NAME_SHOWN = 60


@dataclass(frozen=True)
class ChosenZone:
    """``name`` is a zone of the IANA list; ``unknown`` is what was asked for and is none."""

    name: str
    unknown: str = ""
    keep: bool = False


def chosen_zone(request: HttpRequest) -> ChosenZone:
    """Read the zone from ``?zone=``, else the cookie, else the account, else Japan's."""
    asked = request.GET.get("zone", "").strip()
    if zone := known_zone(asked):
        return ChosenZone(zone, keep=True)
    account = getattr(request.user, "time_zone", "")
    kept = known_zone(request.COOKIES.get(COOKIE)) or known_zone(account) or JAPAN
    return ChosenZone(kept, unknown=asked[:LONGEST_NAME_SHOWN])


def keep_zone(response: HttpResponse, zone: ChosenZone) -> HttpResponse:
    """Set the cookie where the reader has just chosen a zone."""
    if zone.keep:
        response.set_cookie(
            COOKIE,
            zone.name,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
