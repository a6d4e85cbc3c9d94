"""The team's workspace: its task list, the project, the call's questions, e-Rad, and the match."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.project import AnswersForm, EradForm, ProjectForm
from applications.models import Application
from applications.queries.application import in_force, workspace
from applications.queries.calls import moved_since
from applications.queries.invitations import asked_by
from applications.queries.ledger import notice_counts
from applications.queries.sections import section_values
from applications.views.frame import (
    after_saving,
    conflict_page,
    deadline_of,
    form_page,
    of_team,
    pending_changes,
    role_in,
    senders,
    team_page,
    writing,
)
from applications.views.invitation_states import claims, tally
from applications.views.match_under import led_to_list, list_banner, other_lists
from applications.views.matching import by_funder, shown_grants
from applications.views.tasks import missing_links, progress, task_groups
from applications.views.waiting_mail import waiting_words
from applications.workflow import EDITABLE, FINAL, Act, Status, acts_from


@of_team
def team(request: HttpRequest, application: Application) -> HttpResponse:
    """The task list, with the deadline and who can do what."""
    space, now = workspace(application), timezone.now()
    role = role_in(space, request.user)
    may_edit = permissions.role_may(role, permissions.EDIT)
    may_send = permissions.role_may(role, Act.SUBMIT)
    pending = application.status in EDITABLE and pending_changes(space)
    counts = notice_counts(application)
    asked = asked_by(application.team_id)
    invited = {
        "partners": tally(space.partners, asked, now),
        "japan": tally(space.japan_side, asked, now),
    }
    groups = task_groups(space, counts, invited, may_edit=may_edit, pending=pending)
    done, total = progress(groups)
    returned = None
    if application.status == Status.RETURNED:
        returned = application.events.filter(act=Act.RETURN).order_by("-at", "-pk").first()
    context = {
        "space": space,
        "groups": groups,
        "done": done,
        "total": total,
        "deadline": deadline_of(request, application, now),
        "call_change": moved_since(application),
        "missing": missing_links(space) if application.status in EDITABLE else [],
        "pending": pending,
        "role": role,
        "may_edit": may_edit and application.status in EDITABLE,
        "may_send": may_send,
        "may_withdraw": may_send and Act.WITHDRAW in acts_from(application.status),
        "may_start_again": may_edit and application.status == Status.WITHDRAWN,
        "may_copy": may_edit,
        "may_open_sheet": may_edit or permissions.reads_as_staff(request.user, application),
        "senders": senders(space),
        "claims": claims(space, asked, now),
        "may_decide": permissions.role_may(role, permissions.DECIDE_CLAIM)
        and application.status in EDITABLE,
        "may_hand_over": permissions.role_may(role, permissions.HAND_OVER_LEAD)
        and application.status not in FINAL,
        "returned": returned,
        "waiting_mail": waiting_words(application, now),
        "moved": list_banner(space),
    }
    return team_page(request, "applications/team.html", application, context)


SECTION_FORMS: Mapping[str, type] = {
    "project": ProjectForm,
    "answers": AnswersForm,
    "erad": EradForm,
}


def _section(
    request: HttpRequest,
    application: Application,
    section: str,
    title: str,
    lead: str,
    **frame: Any,
) -> HttpResponse:
    """Show and save one page of answers."""
    stored = section_values(application, section)
    form = SECTION_FORMS[section](
        request.POST if request.method == "POST" else None, instance=application
    )
    form.watch(stored)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_section(
                application_id=application.pk,
                section=section,
                values=form.values,
                seen=form.seen_fingerprint,
                by=request.user,
                at=timezone.now(),
            )
        except actions.Conflict as conflict:
            return conflict_page(request, application, form, conflict, title, lead=lead, **frame)
        return after_saving(request, application)
    return form_page(request, application, form, title, lead=lead, **frame)


@writing
def team_project(request: HttpRequest, application: Application) -> HttpResponse:
    """Title, field and abstract."""
    return _section(
        request,
        application,
        "project",
        _("The project"),
        _("You can save at any time and come back; only submitting needs everything."),
    )


@writing
def answers(request: HttpRequest, application: Application) -> HttpResponse:
    """What the call asks."""
    return _section(request, application, "answers", _("The call's questions"), "")


@of_team
def erad(request: HttpRequest, application: Application) -> HttpResponse:
    """Whether the formal proposal is in; to be recorded after the deadline too."""
    if not permissions.may(request.user, permissions.EDIT, application):
        raise PermissionDenied
    return _section(
        request,
        application,
        "erad",
        _("e-Rad"),
        _(
            "The formal proposal is made through e-Rad, not here. "
            "Record here how far it is, so that your team and %(agency)s know."
        )
        % {"agency": application.call.get_owner_display()},
        template="applications/erad.html",
    )


@of_team
def match(request: HttpRequest, application: Application) -> HttpResponse:
    """Every grant's verdict with its reasons, and the same by funder, as tables.

    Asked as of a day or by an edition, it leads to the page that shows that list beside this one.
    """
    asked = None
    if request.GET.keys() & {"as_of", "edition"}:
        asked = led_to_list(request, application)
        if isinstance(asked, HttpResponse):
            return asked
    space = workspace(application)
    own = role_in(space, request.user)
    context = {
        "space": space,
        "grants": shown_grants(space),
        "funders": by_funder(space),
        "may_edit": permissions.role_may(own, permissions.EDIT) and application.status in EDITABLE,
        "moved": list_banner(space),
        "asked": asked,
        **other_lists(application, but=in_force(application)),
    }
    return team_page(
        request,
        "applications/match.html",
        application,
        context,
        here=_("The match"),
        status=400 if asked and asked.problem else 200,
    )
