"""People of a team: the Japan side, the partners abroad, and a confirmation recorded on behalf."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.consents import ConfirmForm
from applications.forms.people import PersonForm, RemoveForm
from applications.models import Application, Happening, InvitationEnd, Membership, Role
from applications.queries.application import workspace
from applications.queries.invitations import asked_by
from applications.queries.sections import person_values
from applications.views.frame import (
    after_saving,
    conflict_page,
    form_page,
    member_of,
    of_team,
    role_in,
    senders,
    team_page,
    writing,
)
from applications.views.invitation_states import claims, may_ask, possible, shown_invitation
from applications.views.inviting import ask_about_address, page_of
from applications.views.matching import shown_grants
from applications.workflow import EDITABLE, FINAL, Act
from directory.identifiers import erad_check_digit_agrees
from directory.models import Researcher

# What happened last about a person's confirmation says why it does not stand.
ABOUT_CONFIRMATION = (
    Happening.CONFIRMED_ON_BEHALF,
    Happening.CONFIRMED,
    Happening.CONFIRMATION_LAPSED,
    Happening.CONSENT_WITHDRAWN,
    Happening.DECLINED,
)


@of_team
def team_japan(request: HttpRequest, application: Application) -> HttpResponse:
    """The lead and everybody else on the Japan side."""
    return _people(request, application, "applications/japan.html", _("The Japan side"))


@of_team
def team_people(request: HttpRequest, application: Application) -> HttpResponse:
    """The partners abroad: who has confirmed, and how many grants each brings."""
    return _people(request, application, "applications/partners.html", _("Partners abroad"))


def _people(
    request: HttpRequest, application: Application, template: str, title: str
) -> HttpResponse:
    space = workspace(application)
    role, now = role_in(space, request.user), timezone.now()
    grants, asked = shown_grants(space), asked_by(application.team_id)
    told = application.events.filter(act__in=ABOUT_CONFIRMATION).order_by("pk")
    last = {one.details.get("membership"): one for one in told}
    context = {
        "space": space,
        "members": [
            {
                "member": one,
                "person": one.researcher,
                "grants": [grant for grant in grants if grant["holder"].pk == one.pk],
                "proof": last[one.pk].details.get("proof") if one.pk in last else None,
                "last": last.get(one.pk) if one.confirmed_at is None else None,
                "state": shown_invitation(asked.last.get(one.pk), now),
                "can": possible(application, one, asked, role, now),
            }
            for one in space.members
        ],
        "claims": claims(space, asked, now),
        "role": role,
        "senders": senders(space),
        "may_send": permissions.role_may(role, Act.SUBMIT),
        "may_decide": permissions.role_may(role, permissions.DECIDE_CLAIM)
        and application.status in EDITABLE,
        "may_hand_over": permissions.role_may(role, permissions.HAND_OVER_LEAD)
        and application.status not in FINAL,
        "may_edit": permissions.role_may(role, permissions.EDIT) and application.status in EDITABLE,
    }
    return team_page(request, template, application, context, here=title)


@writing
def person_add(request: HttpRequest, application: Application) -> HttpResponse:
    """Name one more person, on either side."""
    role = Role.MEMBER if request.GET.get("side") == "japan" else Role.PARTNER
    abroad = role == Role.PARTNER
    title = _("Name a partner abroad") if abroad else _("Name a person of the Japan side")
    initial = {"language": "en"} if abroad else {"language": "ja", "institution_country": "JP"}
    form = PersonForm(_posted(request), role=role, instance=Researcher(), initial=initial)
    return _save(request, application, form, None, title)


@writing
def person_edit(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
    """Change what is recorded about one person."""
    member = member_of(workspace(application), pk)
    stored = person_values(member.researcher)
    form = PersonForm(_posted(request), role=member.role, instance=member.researcher)
    form.watch(stored)
    confirmed = bool(member.confirmed_at)
    title = _("Change a person's particulars")
    return _save(request, application, form, pk, title, confirmed=confirmed)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _save(
    request: HttpRequest,
    application: Application,
    form: PersonForm,
    pk: int | None,
    title: str,
    *,
    confirmed: bool = False,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_person(
                application_id=application.pk,
                membership_id=pk,
                role=form.chosen_role,
                values=form.values,
                seen=form.seen_fingerprint,
                by=request.user,
                at=timezone.now(),
            )
        except actions.Conflict as conflict:
            return conflict_page(request, application, form, conflict, title)
        if confirmed and not saved.confirmed_at:
            messages.warning(
                request,
                _(
                    "The partner had confirmed before you changed the name, the e-mail address or "
                    "the institution. The confirmation no longer counts: ask the partner again."
                ),
            )
        ask_about_address(request, application, saved)
        number = form.cleaned_data.get("erad_number")
        if number and not erad_check_digit_agrees(number):
            messages.warning(
                request,
                _(
                    "The e-Rad researcher number %(number)s looks unusual. Please check it once more."
                )
                % {"number": number},
            )
        if not request.GET.get("back") and _may_be_asked_now(request, application, saved, pk):
            messages.success(request, _("Saved. Now ask the person to confirm."))
            return redirect("applications:person_invite", application.team.ref, saved.pk)
        return after_saving(request, application, page_of(form.role))
    return form_page(request, application, form, title)


def _may_be_asked_now(
    request: HttpRequest, application: Application, saved: Membership, pk: int | None
) -> bool:
    """Whether the next step is to ask the person by mail: newly named, or at a new address."""
    if not saved.researcher.email or not may_ask(
        permissions.role_of(request.user, application), saved
    ):
        return False
    if pk is None:
        return True
    last = saved.invitations.order_by("-pk").first()
    moved = last is not None and last.ended_how == InvitationEnd.CANCELLED
    if moved and last.email != saved.researcher.email and not saved.confirmed_at:
        messages.info(
            request,
            _("The link in the mail to the former address works no longer."),
        )
        return True
    return False


@writing
def person_remove(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
    """Ask whether a person is to be removed, and remove on POST."""
    member = member_of(workspace(application), pk)
    if member.role == Role.LEAD:
        raise actions.StillNeeded
    form = RemoveForm(_posted(request), button=_("Remove from the team"))
    if request.method == "POST" and form.is_valid():
        actions.remove_person(
            application_id=application.pk,
            membership_id=pk,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("Removed. What was recorded stays on record."))
        return redirect(f"applications:{page_of(member.role)}", application.team.ref)
    lead = _("The person and the person's grants no longer count for this application.")
    return form_page(
        request,
        application,
        form,
        _("Remove a person from the team"),
        lead=lead,
        person=member.researcher,
    )


@writing
def person_confirm(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
    """Record that a partner confirmed, with a reason and a copy of the mail."""
    member = member_of(workspace(application), pk)
    if member.confirmed_at or member.role != Role.PARTNER:
        messages.info(request, _("This person has confirmed already."))
        return redirect("applications:team_people", application.team.ref)
    form = ConfirmForm(_posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        actions.confirm_on_behalf(
            application_id=application.pk,
            membership_id=pk,
            reason=form.cleaned_data["reason"],
            upload=form.cleaned_data["upload"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The confirmation is recorded."))
        return redirect("applications:team_people", application.team.ref)
    lead = _(
        "The partner should confirm to you by e-mail that they take part and that what is "
        "entered about them is right. Record it here with a copy of that e-mail."
    )
    return form_page(
        request,
        application,
        form,
        _("Record a partner's confirmation"),
        lead=lead,
        person=member.researcher,
    )
