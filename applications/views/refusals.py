"""Refusals as pages: what was not done, why, what is kept, and what would mend it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import actions
from applications.models import Application, Membership
from applications.workflow import Status

MENDED = (
    actions.NotAllowed,
    actions.CallClosed,
    actions.AlreadyLive,
    actions.StillNeeded,
)
# Why a person is not asked by mail now; each has a page that says what would mend it.
ASKING = (
    actions.NoAddress,
    actions.AddressForgotten,
    actions.AlreadyConfirmed,
    actions.TooSoon,
    actions.TooManyInvitations,
    actions.InvitationOver,
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


def asking_in_words(
    refusal: Exception, application: Application, member: Membership
) -> dict[str, Any]:
    """Return what the page says about a mail that is not sent: heading, sentence, and the way on.

    ``again_at`` is the moment from which it would be sent, where there is one.
    """
    ref, gap = application.team.ref, {"email": member.researcher.email}
    found: dict[str, Any] = {"again_at": None, "href": "", "action": ""}
    person_form = reverse("applications:person_edit", args=[ref, member.pk])
    if isinstance(refusal, actions.TooSoon):
        return found | {
            "here": _("The person has been written to"),
            "reason": _(
                "A mail was sent to %(email)s a short while ago. Nobody is written to twice within "
                "72 hours."
            )
            % gap,
            "again_at": refusal.again_at,
        }
    if isinstance(refusal, actions.NoAddress):
        return found | {
            "here": _("There is no e-mail address yet"),
            "reason": _("No e-mail address is recorded for this person, so nothing can be sent."),
            "href": person_form,
            "action": _("Give the e-mail address"),
        }
    if isinstance(refusal, actions.AddressForgotten):
        return found | {
            "here": _("The portal does not write to this address"),
            "reason": _(
                "The owner of %(email)s asked the portal not to write there. If the person wants to "
                "take part, ask them yourself, and record their answer or give another address."
            )
            % gap,
            "href": person_form,
            "action": _("Give another e-mail address"),
        }
    if isinstance(refusal, actions.AlreadyConfirmed):
        return found | {
            "here": _("There is nothing to ask"),
            "reason": _("This person has confirmed. No invitation is needed."),
        }
    if isinstance(refusal, actions.TooManyInvitations):
        if refusal.until is None:
            reason = _(
                "%(most)s invitations of your team wait for an answer, and more are not sent. Wait "
                "for answers, or cancel an invitation that is not needed."
            )
        else:
            reason = _(
                "You have sent %(most)s invitations within a day, and no account sends more. Your "
                "other colleagues can still invite."
            )
        return found | {
            "here": _("Too many invitations"),
            "reason": reason % {"most": refusal.most},
            "again_at": refusal.until,
        }
    return found | {
        "here": _("No invitation waits for an answer"),
        "reason": _("The person was not invited, has answered, or the invitation was cancelled."),
        "href": reverse("applications:person_invite", args=[ref, member.pk]),
        "action": _("Invite by e-mail"),
    }
