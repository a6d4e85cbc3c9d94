"""Refusals as pages: what was not done, why, what is kept, and what would mend it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications import actions
from applications.models import Application
from applications.workflow import Status

MENDED = (
    actions.NotAllowed,
    actions.CallClosed,
    actions.AlreadyLive,
    actions.StillNeeded,
)
# What a form carries for itself.
_OWN_FIELDS = frozenset({"csrfmiddlewaretoken", "seen", "told", "save", "submit"})


def _words(refusal: Exception, application: Application) -> tuple[str, str]:
    """Return what is refused, and why."""
    if isinstance(refusal, actions.CallClosed):
        return _("The deadline has passed"), _(
            "Nothing was saved or submitted by this step. What was submitted before stands."
        )
    if isinstance(refusal, actions.AlreadyLive):
        return _("There is an application already"), _(
            "Your team has one live application in this call. Continue with it, or withdraw it first."
        )
    if isinstance(refusal, actions.StillNeeded):
        return _("The lead cannot be removed"), _(
            "A team keeps its lead. Change the lead's particulars instead, or ask %(agency)s."
        ) % {"agency": application.call.get_owner_display()}
    state = Status(application.status).label
    return _("This cannot be done now"), _(
        "The application is in the state “%(state)s”, which does not admit this step. "
        "Nothing has been changed."
    ) % {"state": state}


def refusal_page(
    request: HttpRequest, application: Application, refusal: Exception, **context: Any
) -> HttpResponse:
    """Answer a refusal with 409 and a page; what was typed is shown, so that it can be copied."""
    title, reason = _words(refusal, application)
    closed = isinstance(refusal, actions.CallClosed)
    written = [
        value
        for name, values in request.POST.lists()
        for value in values
        if name not in _OWN_FIELDS and value.strip()
    ]
    shown = {
        "application": application,
        "call": application.call,
        "ref": application.team.ref,
        "title": title,
        "reason": reason,
        "recorded_at": refusal.at if closed else None,
        "closes_at": refusal.closes_at if closed else None,
        "not_yet_open": closed and refusal.at < application.call.opens_at,
        "written": written,
        "practice_banner": application.call.is_practice,
    }
    return render(request, "applications/refusal.html", {**shown, **context}, status=409)
