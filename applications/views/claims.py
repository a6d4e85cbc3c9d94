"""A claim: somebody signed in with another account answered an invitation; the lead or a deputy decides."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.models import Application, Invitation
from applications.views.frame import team_page, writing
from applications.views.inviting import page_of


@writing
def claim(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
    """Show who was invited and who answered; one of two buttons decides."""
    if not permissions.may(request.user, permissions.DECIDE_CLAIM, application):
        raise PermissionDenied
    invitation = (
        Invitation.objects.filter(pk=pk, application=application, membership__removed_at=None)
        .select_related("membership__researcher__institution", "claimed_by")
        .first()
    )
    if invitation is None:
        raise Http404
    people = redirect(f"applications:{page_of(invitation.membership.role)}", application.team.ref)
    if invitation.ended_how or invitation.claimed_by is None:
        messages.info(request, _("Nothing waits to be decided about this invitation."))
        return people
    if request.method == "POST" and ("approve" in request.POST or "refuse" in request.POST):
        return _decide(request, application, invitation, people)
    context = {
        "invitation": invitation,
        "person": invitation.membership.researcher,
        "claimant": invitation.claimed_by,
    }
    title = _("Is this the same person?")
    return team_page(request, "applications/claim.html", application, context, here=title)


def _decide(
    request: HttpRequest, application: Application, invitation: Invitation, then: HttpResponse
) -> HttpResponse:
    approve = "approve" in request.POST
    shown = request.POST.get("claimant", "")
    try:
        actions.decide_claim(
            application_id=application.pk,
            invitation_id=invitation.pk,
            claimant_id=int(shown[:18]) if shown.isascii() and shown.isdigit() else 0,
            approve=approve,
            by=request.user,
            at=timezone.now(),
        )
    except actions.Conflict:
        messages.warning(request, _("Somebody else has answered meanwhile. Look once more."))
        return redirect(request.path)
    except actions.InvitationOver:
        messages.info(request, _("Nothing waits to be decided about this invitation."))
        return then
    gap = {"account": invitation.claimed_by.email}
    if approve:
        words = _(
            "Noted: %(account)s is the person you invited. Ask the person to open the link in the "
            "mail once more and to confirm."
        )
    else:
        words = _(
            "Noted: %(account)s is not the person you invited. The invitation waits on. If its link "
            "may have reached a stranger, cancel it or correct the address."
        )
    messages.success(request, words % gap)
    return then
