"""Partners' grants: entering them with a word on what looks doubtful, removing them, attesting."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.consents import AttestForm
from applications.forms.grants import GrantForm
from applications.forms.people import RemoveForm
from applications.models import Application, Membership
from applications.queries.application import JudgedGrant, Workspace, workspace
from applications.queries.sections import ATTESTED_FOR, grant_values
from applications.rules.facts import Attestation
from applications.views.doubts import PROPOSED, doubts_about
from applications.views.frame import (
    after_saving,
    conflict_page,
    form_page,
    member_of,
    of_team,
    role_in,
    team_page,
    writing,
)
from applications.views.matching import nih_of, shown_grants
from applications.workflow import EDITABLE
from directory.models import ConditionCode, Grant


@of_team
def grants(request: HttpRequest, application: Application) -> HttpResponse:
    """Every partner with the grants that the application relies on."""
    space = workspace(application)
    shown = shown_grants(space)
    context = {
        "space": space,
        "partners": [
            {
                "member": one,
                "person": one.researcher,
                "grants": [grant for grant in shown if grant["holder"].pk == one.pk],
            }
            for one in space.partners
        ],
        "may_edit": permissions.role_may(role_in(space, request.user), permissions.EDIT)
        and application.status in EDITABLE,
    }
    return team_page(
        request, "applications/grants.html", application, context, here=_("Partners' grants")
    )


@writing
def grant_add(request: HttpRequest, application: Application, person: int) -> HttpResponse:
    """Enter a grant of one partner."""
    space = workspace(application)
    member = member_of(space, person)
    grant = Grant(holder=member.researcher)
    return _grant(request, application, space, member, grant, _("Enter a grant"))


@writing
def grant_edit(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
    """Change a grant."""
    space = workspace(application)
    judged = relied_on(space, pk)
    return _grant(
        request, application, space, judged.membership, judged.relied.grant, _("Change a grant")
    )


def relied_on(space: Workspace, pk: int) -> JudgedGrant:
    """Return a grant that the application relies on; 404 for any other."""
    found = next((one for one in space.judged if one.relied.grant_id == pk), None)
    if found is None:
        raise Http404
    return found


def _grant(
    request: HttpRequest,
    application: Application,
    space: Workspace,
    member: Membership,
    grant: Grant,
    title: str,
) -> HttpResponse:
    stored = grant_values(grant)
    answered = bool(grant.pk) and any(
        one.relied.grant_id == grant.pk and one.facts.attestations for one in space.judged
    )
    form = GrantForm(
        request.POST if request.method == "POST" else None,
        instance=grant,
        catalogue=space.catalogue,
        edition=space.edition,
    )
    form.watch(stored)
    shown: dict[str, Any] = {
        "person": member.researcher,
        "nih": nih_of(str(form["reference"].value() or "")),
        "institutes": space.catalogue.institutes,
    }
    if shown["nih"]:
        entry = space.catalogue.institutes.get(shown["nih"].institute)
        shown["institute"] = entry
        shown["institute_listed"] = bool(entry and entry.slug in space.edition.rows)
    if request.method != "POST" or not form.is_valid():
        return _page(request, application, form, title, shown)
    doubts, changes = doubts_about(form, space, member)
    codes = [code for code, _sentence in doubts]
    if not form.told_already(codes):
        form.remember(codes, changes)
        doubtful = any(not code.startswith(PROPOSED) for code in codes)
        form.lay_out(_("Save anyway") if doubtful else _("Save"))
        shown |= {"doubts": [sentence for _code, sentence in doubts], "doubtful": doubtful}
        return _page(request, application, form, title, shown)
    try:
        saved = actions.save_grant(
            application_id=application.pk,
            membership_id=member.pk,
            grant_id=grant.pk,
            values=form.values,
            seen=form.seen_fingerprint,
            by=request.user,
            at=timezone.now(),
        )
    except actions.Conflict as conflict:
        return conflict_page(
            request,
            application,
            form,
            conflict,
            title,
            template="applications/grant_form.html",
            **shown,
        )
    except IntegrityError:
        form.add_error("reference", _("This grant is already entered for this person."))
        return _page(request, application, form, title, shown)
    now = grant_values(saved)
    if answered and any(stored[name] != now[name] for name in ATTESTED_FOR):
        messages.warning(
            request,
            _(
                "The holder had answered the condition for another funder, number or time. "
                "The answer no longer counts: ask the holder again."
            ),
        )
    return after_saving(request, application, "grants")


def _page(
    request: HttpRequest,
    application: Application,
    form: GrantForm,
    title: str,
    shown: dict[str, Any],
) -> HttpResponse:
    return form_page(
        request, application, form, title, template="applications/grant_form.html", **shown
    )


@writing
def grant_remove(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
    """Ask whether a grant is to be removed, and remove on POST."""
    judged = relied_on(workspace(application), pk)
    posted = request.POST if request.method == "POST" else None
    form = RemoveForm(posted, button=_("Remove the grant"))
    if request.method == "POST" and form.is_valid():
        actions.remove_grant(
            application_id=application.pk,
            grant_id=pk,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("Removed. What was recorded stays on record."))
        return redirect("applications:grants", application.team.ref)
    return form_page(
        request,
        application,
        form,
        _("Remove a grant"),
        lead=_(
            "The application no longer relies on this grant. A notice already made stays on record."
        ),
        person=judged.membership.researcher,
        grant=judged.relied.grant,
    )


@writing
def attest(request: HttpRequest, application: Application, pk: int) -> HttpResponse:
    """Record the holder's answer about a condition of the list; on behalf with reason and copy."""
    judged = relied_on(workspace(application), pk)
    conditions = judged.row.conditions if judged.row else ()
    open_ones = [
        code for code in conditions if judged.facts.attestations.get(code) != Attestation.GIVEN
    ]
    wanted = request.GET.get("condition", "")
    if not conditions:
        raise Http404
    code = wanted if wanted in conditions else (open_ones or list(conditions))[0]
    on_behalf = judged.membership.researcher.user_id != request.user.pk
    answer = judged.facts.attestations.get(code)
    form = AttestForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        on_behalf=on_behalf,
        initial={"answer": answer.value if answer else None},
    )
    if request.method == "POST" and form.is_valid():
        actions.attest(
            application_id=application.pk,
            grant_id=pk,
            code=code,
            by=request.user,
            at=timezone.now(),
            answer=form.cleaned_data["answer"],
            reason=form.cleaned_data.get("reason", ""),
            upload=form.cleaned_data.get("upload"),
        )
        messages.success(request, _("The answer is recorded."))
        return redirect("applications:match", application.team.ref)
    lead = ""
    if on_behalf:
        lead = _(
            "Only the holder of the grant can answer. "
            "If the holder answered you by e-mail, record it here with a copy of that e-mail."
        )
    return form_page(
        request,
        application,
        form,
        _("Confirm a condition of the list"),
        lead=lead,
        person=judged.membership.researcher,
        grant=judged.relied.grant,
        statement=ConditionCode(code).label,
    )
