"""What officers and approvers do for a team of their agency: hand the lead over, note mail that came back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.inviting import ButtonForm
from applications.models import Application, Invitation, InvitationState
from applications.queries.application import workspace
from applications.views import refusals
from applications.views.handing_over import handed_over
from applications.views.staff import staff_applications
from applications.workflow import FINAL, NotAllowed


def own_application(request: HttpRequest, pk: int, act: str) -> Application:
    """Return an application of the reader's agency for an act of theirs.

    :raises Http404: there is none in their scope
    :raises PermissionDenied: it is not theirs to do
    """
    found = get_object_or_404(
        staff_applications(request).select_related(
            "call__edition", "edition", "team", "area", "submitted_by"
        ),
        pk=pk,
    )
    if not (request.user.is_superuser or request.user.staff_role in permissions.DECIDES):
        raise PermissionDenied
    if not permissions.may(request.user, act, found):
        raise PermissionDenied
    return found


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Make somebody else of a team's Japan side the lead, with a reason, for a team that cannot."""
    found = own_application(request, pk, permissions.HAND_OVER_LEAD)
    if found.status in FINAL:
        refusal = NotAllowed(permissions.HAND_OVER_LEAD, found.status)
        return refusals.refusal_page(request, found, refusal)
    space = workspace(found)
    form, done = handed_over(request, space)
    if done:
        return redirect("applications:staff_application", pk)
    context = {
        "application": found,
        "title": _("Hand the lead over"),
        "form": form,
        "lead": space.lead,
        "practice_banner": found.call.is_practice,
    }
    return render(request, "staff/hand_over.html", context)


def bounced(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the mail of one invitation came back undeliverable."""
    mine = staff_applications(request)
    invitation = (
        Invitation.objects.filter(application__in=mine, message__isnull=False, pk=pk)
        .select_related("message", "membership__researcher")
        .first()
    )
    if invitation is None:
        raise Http404
    found = own_application(request, invitation.application_id, permissions.NOTE_BOUNCE)
    if not can_bounce(invitation):
        messages.info(request, _("This mail is not one that could have come back, or it is noted."))
        return redirect("applications:staff_application", found.pk)
    if request.method == "POST":
        actions.mark_bounced(message_id=invitation.message_id, by=request.user, at=timezone.now())
        messages.success(request, _("Noted. The team sees that the mail came back."))
        return redirect("applications:staff_application", found.pk)
    context = {
        "application": found,
        "title": _("The mail came back undeliverable"),
        "invitation": invitation,
        "form": ButtonForm(button=_("Note that it came back")),
        "practice_banner": found.call.is_practice,
    }
    return render(request, "staff/bounced.html", context)


def can_bounce(invitation: Invitation) -> bool:
    """Whether the invitation waits for an answer, and a mail server took its mail."""
    message = invitation.message
    return bool(
        not invitation.ended_how
        and message is not None
        and message.state == InvitationState.HANDED_OVER.value
    )
