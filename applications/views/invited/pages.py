"""The page behind an invitation's link, whatever became of the invitation; looking at it changes nothing."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.own import OwnReasonForm
from applications.models import ConfirmedHow, Invitation, Membership, Role
from applications.queries.invitations import (
    Standing,
    inviter_of,
    is_forgotten,
    is_invited,
    is_meant,
    standing,
)
from applications.views import refusals
from applications.views.invited import confirming
from applications.views.invited.ways import account_in, found, own_page, private, way_of

# The link works no longer, and never will.
DEAD = frozenset(Standing) - {Standing.OPEN, Standing.CONFIRMED, Standing.CLOSED}
GONE = 410


@private
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked, or what became of it; POST confirms, claims, or asks for the own page."""
    asked = found(token)
    if request.method == "POST":
        return _act(request, asked, token)
    if standing(asked, timezone.now()) != Standing.OPEN:
        return _over(request, asked, token)
    if _is_somebody_else(request, asked):
        return _not_you(request, asked, token)
    return confirming.show(request, asked, token)


def _act(request: HttpRequest, asked: Invitation, token: str) -> HttpResponse:
    act, account = request.POST.get("act", ""), account_in(request)
    if act == "mail":
        return mail_link(request, asked.application_id, asked.membership_id, _page(token))
    actions.note_opened(invitation_id=asked.pk, at=timezone.now())
    try:
        if act == "link" and account is not None:
            member = actions.link_account(invitation_id=asked.pk, account=account)
            return redirect("applications:team", member.team.ref)
        if act == "claim" and account is not None:
            return _claim(request, asked, token)
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except actions.InvitationOver:
        return redirect(*_page(token))
    except refusals.MENDED as refusal:
        return refusals.refusal_page(request, asked.application, refusal, ref="")
    if standing(asked, timezone.now()) != Standing.OPEN or _is_somebody_else(request, asked):
        return redirect(*_page(token))
    if act == "confirm":
        return confirming.confirm(request, asked, token)
    return redirect(*_page(token))


def _claim(request: HttpRequest, asked: Invitation, token: str) -> HttpResponse:
    """Ask the lead to agree that this account is the person invited; nothing is confirmed."""
    if _is_somebody_else(request, asked):
        actions.confirm_invitation(
            invitation_id=asked.pk, answers={}, seen="", account=request.user, at=timezone.now()
        )
    return redirect(*_page(token))


def _page(token: str) -> tuple[str, str]:
    return "applications:invitation", token


def _is_somebody_else(request: HttpRequest, asked: Invitation) -> bool:
    account = account_in(request)
    return account is not None and not is_invited(account, asked)


def _not_you(request: HttpRequest, asked: Invitation, token: str) -> HttpResponse:
    context = {
        "invitation": asked,
        "inviter": inviter_of(asked),
        "waits": asked.claimed_by_id == request.user.pk,
        "other_member": permissions.membership_of(request.user, asked.application),
    }
    return own_page(request, "invited/not_you.html", way_of(asked, token, request), context)


def _over(request: HttpRequest, asked: Invitation, token: str) -> HttpResponse:
    state, account = standing(asked, timezone.now()), account_in(request)
    context: dict[str, Any] = {
        "invitation": asked,
        "inviter": inviter_of(asked),
        "standing": state.value,
        "abroad": asked.membership.role == Role.PARTNER,
        "may_link": account is not None
        and asked.membership.researcher.user_id is None
        and is_invited(account, asked),
    }
    template = "invited/confirmed.html" if state == Standing.CONFIRMED else "invited/over.html"
    status = GONE if state in DEAD else 200
    return own_page(request, template, way_of(asked, token, request), context, status=status)


@private
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Note that a person touched the page. A script sends this; a mail scanner never does."""
    asked = found(token)
    if request.method != "POST":
        return redirect(*_page(token))
    actions.note_opened(invitation_id=asked.pk, at=timezone.now())
    return HttpResponse(status=204)


@private
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Decline, with a reason if one wants to give it."""
    asked = found(token)
    if standing(asked, timezone.now()) != Standing.OPEN or _is_somebody_else(request, asked):
        return redirect(*_page(token))
    form = OwnReasonForm(
        request.POST if request.method == "POST" else None, button=_("Decline to take part")
    )
    if form.is_bound and form.is_valid():
        try:
            actions.decline_invitation(
                invitation_id=asked.pk,
                reason=form.cleaned_data["reason"],
                account=account_in(request),
                at=timezone.now(),
            )
        except actions.InvitationOver:
            pass  # its page says how it ended
        except refusals.MENDED as refusal:
            return refusals.refusal_page(request, asked.application, refusal, ref="")
        return redirect(*_page(token))
    context = {"inviter": inviter_of(asked), "form": form}
    return own_page(request, "invited/decline.html", way_of(asked, token, request), context)


@private
def forget(request: HttpRequest, token: str) -> HttpResponse:
    """Make the portal forget a person who was named without being asked; works from dead links too."""
    asked = found(token)
    if request.method == "POST":
        with suppress(actions.InvitationOver):  # the page says how to withdraw
            actions.forget_invited(invitation_id=asked.pk, at=timezone.now())
        return redirect("applications:invitation_forget", token)
    state = standing(asked, timezone.now())
    context = {
        "invitation": asked,
        "inviter": inviter_of(asked),
        "forgotten": is_forgotten(asked),
        "confirmed": state == Standing.CONFIRMED or _confirmed_since(asked),
    }
    return own_page(request, "invited/forget.html", way_of(asked, token, request), context)


def _confirmed_since(asked: Invitation) -> bool:
    member = asked.membership
    return member.confirmed_how == ConfirmedHow.SELF and is_meant(asked)


def mail_link(
    request: HttpRequest, application_id: int, membership_id: int, back: tuple[str, ...]
) -> HttpResponse:
    """Mail a fresh link to the recorded address, and say the same whatever came of it."""
    with suppress(actions.TooSoon, Membership.DoesNotExist):
        actions.mail_personal_link(
            application_id=application_id, membership_id=membership_id, at=timezone.now()
        )
    messages.success(
        request,
        _(
            "If an address is recorded for you, the newest mail there holds the link. "
            "At most one mail an hour is sent."
        ),
    )
    return redirect(*back)
