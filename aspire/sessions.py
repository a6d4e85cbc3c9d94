"""How long somebody stays signed in: so long without a request, so long in all."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
# The moment is written again only after a minute: not every page is a write to the database.
RESOLUTION = 60


def begin(session, now: float) -> None:
    """Note the moment of signing in; the limits are counted from it."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = int(now)


def idle_limit(user) -> int:
    return settings.SESSION_IDLE_OF_STAFF if user.is_staff else settings.SESSION_IDLE


class SessionLimitsMiddleware:
    """End a session that was idle or open for too long, and say so on the next page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            if reason := self.over(request, now):
                logout(request)
                messages.info(request, reason)
            elif now - request.session[SEEN_AT] >= RESOLUTION:
                request.session[SEEN_AT] = int(now)
        elif SESSION_KEY in request.session:
            request.session.flush()  # the account was closed; opened again, it starts afresh
        return self.get_response(request)

    @staticmethod
    def over(request: HttpRequest, now: float) -> str:
        """Return why this session is over, "" while it is not."""
        session = request.session
        if SIGNED_IN_AT not in session or SEEN_AT not in session:
            begin(session, now)
        if now - session[SIGNED_IN_AT] >= settings.SESSION_LONGEST:
            hours = settings.SESSION_LONGEST // 3600
            return ngettext(
                "You were signed out because %(hours)d hour had passed since you signed in. What was saved is still there.",
                "You were signed out because %(hours)d hours had passed since you signed in. What was saved is still there.",
                hours,
            ) % {"hours": hours}
        if now - session[SEEN_AT] >= idle_limit(request.user):
            if request.user.is_staff:
                return _(
                    "You were signed out because nothing was done for half an hour. What was saved is still there."
                )
            return _(
                "You were signed out because nothing was done for four hours. What was saved is still there."
            )
        return ""
