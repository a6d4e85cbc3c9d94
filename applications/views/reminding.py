"""A colleague reminds a holder of notices: the exact mail is shown, and only a button sends it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions, reminder_mail
from applications.actions.drafting import current_member
from applications.actions.reminding import must_be_remindable
from applications.models import Application, Membership
from applications.views.frame import of_team, team_page

IN_THE_WAY = (
    actions.NothingOpen,
    actions.NotConfirmed,
    actions.RemindersOff,
    actions.NoAddress,
    actions.AddressForgotten,
    actions.TooSoon,
)


@of_team
def remind(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
    """Show the reminder that a holder would get; send it on POST."""
    if not permissions.may(request.user, permissions.INVITE, application):
        raise PermissionDenied
    member, now = current_member(application, pk), timezone.now()
    try:
        if request.method == "POST":
            mail = actions.remind_holder(
                application_id=application.pk, membership_id=pk, by=request.user, at=now
            )
            words = _("The reminder to %(email)s is on its way.") % {"email": mail.recipient}
            messages.success(request, words)
            return redirect("applications:notices", application.team.ref)
        context, status = _preview(request, application, member, now), 200
    except IN_THE_WAY as refusal:
        context = _in_words(refusal, application, member)
        # Pressed twice, it was sent once: that is no fault of the person who pressed.
        status = 200 if isinstance(refusal, actions.TooSoon) else 409
    context |= {"person": member.researcher, "member": member}
    template, here = "applications/notice_remind_page.html", _("Remind of notices")
    return team_page(request, template, application, context, here=here, status=status)


def _preview(
    request: HttpRequest, application: Application, member: Membership, now: datetime
) -> dict[str, Any]:
    mailbox, notices = must_be_remindable(application, member, now)
    mail = reminder_mail.due_mail(
        application=application, member=member, mailbox=mailbox, notices=notices, by=request.user
    )
    return {"mail": mail, "mailbox": mailbox}


def _in_words(refusal: Exception, application: Application, member: Membership) -> dict[str, Any]:
    """Say why nothing is sent now; ``again_at`` is the moment from which it would be."""
    ref = application.team.ref
    found: dict[str, Any] = {"again_at": None, "href": "", "action": ""}
    if isinstance(refusal, actions.TooSoon):
        return found | {
            "reason": _(
                "This person was reminded a short while ago. Nobody is reminded twice within 72 hours, "
                "whoever reminds."
            ),
            "again_at": refusal.again_at,
        }
    if isinstance(refusal, actions.RemindersOff):
        return found | {
            "reason": _(
                "This person wants no reminders from the portal. Write or call them yourself."
            )
        }
    if isinstance(refusal, actions.NotConfirmed):
        return found | {
            "reason": _(
                "This person has not confirmed that they take part, or has taken it back, and is "
                "not reminded of notices. An invitation asks them to confirm."
            ),
            "href": reverse("applications:person_invite", args=[ref, member.pk]),
            "action": _("Invite by e-mail"),
        }
    if isinstance(refusal, actions.NoAddress):
        return found | {
            "reason": _(
                "No e-mail address of this person is recorded that a reminder could go to. "
                "A funder's address does not count."
            ),
            "href": reverse("applications:person_edit", args=[ref, member.pk]),
            "action": _("Give the e-mail address"),
        }
    if isinstance(refusal, actions.AddressForgotten):
        return found | {
            "reason": _(
                "The owner of this person's address asked the portal not to write there. "
                "Write or call the person yourself."
            )
        }
    return found | {"reason": _("No notice of this person waits for them.")}
