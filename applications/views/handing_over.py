"""A new lead for a team: named by the lead or a deputy, or by staff for a team that cannot."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.inviting import HandOverForm
from applications.models import Application, Role
from applications.queries.application import Workspace, workspace
from applications.views.frame import form_page, of_team, role_in
from applications.workflow import FINAL, NotAllowed


@of_team
def hand_over(request: HttpRequest, application: Application) -> HttpResponse:
    """Make somebody else of the Japan side the lead."""
    space = workspace(application)
    if not permissions.role_may(role_in(space, request.user), permissions.HAND_OVER_LEAD):
        raise PermissionDenied
    if application.status in FINAL:
        raise NotAllowed(permissions.HAND_OVER_LEAD, application.status)
    title = _("Make somebody else the lead")
    form, done = handed_over(request, space)
    if done:
        return redirect("applications:team_japan", application.team.ref)
    return form_page(
        request,
        application,
        form,
        title,
        template="applications/hand_over.html",
        space=space,
    )


def handed_over(request: HttpRequest, space: Workspace) -> tuple[HandOverForm, bool]:
    """Return the form, and whether it was sent in and the lead handed over."""
    candidates = [one for one in space.japan_side if one.role != Role.LEAD]
    posted = request.POST if request.method == "POST" else None
    form = HandOverForm(posted, candidates=candidates)
    if request.method != "POST" or not form.is_valid():
        return form, False
    try:
        actions.hand_over_lead(
            application_id=space.application.pk,
            membership_id=form.cleaned_data["member"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except actions.NoAccount:
        form.add_error(
            "member",
            _(
                "This person has not joined with an account, and could neither write nor submit. "
                "Invite the person by e-mail first; once they have signed in and joined, hand the lead over."
            ),
        )
        return form, False
    name = next(one for one in candidates if one.pk == form.cleaned_data["member"]).researcher.name
    messages.success(
        request, _("%(name)s is the lead now. The former lead stays in the team.") % {"name": name}
    )
    return form, True
