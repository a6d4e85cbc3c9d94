"""The page of an open invitation: what is recorded, at most five questions, and one button."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions
from applications.forms.own import (
    MOST_QUESTIONS,
    Condition,
    ConditionsForm,
    OwnGrantForm,
    answered_in,
)
from applications.models import Invitation, Role
from applications.queries.application import Workspace, workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.invitations import inviter_of, own_facts
from applications.views import refusals
from applications.views.doubts import doubts_about
from applications.views.invited.ways import Way, account_in, own_page, way_of
from applications.views.invited.words import (
    changed_since,
    conditions_of,
    fact_words,
    grants_shown,
    seal,
)
from applications.views.matching import nih_of
from directory.models import Grant

ASKS = "ASKS-"  # a funder whose condition is still to be answered


@dataclass
class Questions:
    """The forms of the page, bound to what was sent in where there is something."""

    grant: OwnGrantForm | None
    conditions: ConditionsForm

    @property
    def forms(self) -> list[Any]:
        return [one for one in (self.grant, self.conditions) if one is not None]


def show(
    request: HttpRequest, invitation: Invitation, token: str, data: Any = None, **more: Any
) -> HttpResponse:
    """Show the page; with ``data`` it holds what was just sent in."""
    way = way_of(invitation, token, request)
    space = workspace(invitation.application)
    return _page(request, invitation, way, space, _ask(data, invitation, space), **more)


def confirm(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Take the answers in; what is doubtful is said once, and taken all the same the second time."""
    space = workspace(invitation.application)
    questions = _ask(request.POST, invitation, space)
    way = way_of(invitation, token, request)
    if False in [form.is_valid() for form in questions.forms if form.is_bound]:
        return _page(request, invitation, way, space, questions)
    entered = questions.grant if questions.grant and questions.grant.filled_in else None
    if entered and (again := _look_once_more(request, invitation, way, space, questions, entered)):
        return again
    if not questions.conditions.is_bound:
        return _changed(request, invitation, token)  # other conditions are asked now
    at = timezone.now()
    try:
        actions.confirm_invitation(
            invitation_id=invitation.pk,
            answers=questions.conditions.answers,
            seen=request.POST.get("facts", ""),
            account=account_in(request),
            at=at,
            entered=entered.values if entered else None,
        )
    except actions.Conflict:
        return _changed(request, invitation, token)
    except IntegrityError:
        if entered:
            entered.add_error("reference", _("This grant is already entered for you."))
        return _page(request, invitation, way, space, questions)
    except refusals.MENDED as refusal:
        return refusals.refusal_page(
            request, invitation.application, refusal, ref="", back=way.at()
        )
    except actions.InvitationOver:
        pass  # its page says how it ended
    return redirect("applications:invitation", token)


def _ask(data: Any, invitation: Invitation, space: Workspace) -> Questions:
    member = invitation.membership
    conditions = conditions_of(space, member)
    if member.role != Role.PARTNER or space.judged_of(member):
        return Questions(None, _conditions(data, conditions))
    known = invitation.agency.slug if invitation.agency else ""
    chosen = str(data.get("funder") or "") if data is not None else known
    new = _conditions_of_new(space, chosen)
    grant = OwnGrantForm(
        data,
        instance=Grant(holder=member.researcher),
        initial={"funder": known},
        most=MOST_QUESTIONS - len(new),
        catalogue=space.catalogue,
        edition=space.edition,
    )
    empty = data is not None and grant.is_valid() and not grant.filled_in
    return Questions(grant, _conditions(data, [] if empty else new, strict=not empty))


def _conditions_of_new(space: Workspace, slug: str) -> list[Condition]:
    row = space.edition.rows.get(slug)
    return [Condition(None, code, row.acronym) for code in row.conditions] if row else []


def _conditions(data: Any, conditions: list[Condition], *, strict: bool = True) -> ConditionsForm:
    """Bind the conditions only where the page that was sent in showed these very ones."""
    conditions = conditions[:MOST_QUESTIONS]
    bound = data if not strict or answered_in(data, conditions) else None
    return ConditionsForm(bound, conditions=conditions)


def _look_once_more(
    request: HttpRequest,
    invitation: Invitation,
    way: Way,
    space: Workspace,
    questions: Questions,
    entered: OwnGrantForm,
) -> HttpResponse | None:
    """Show the page again while something about the grant just typed has not been said yet."""
    doubts, changes = doubts_about(entered, space, invitation.membership)
    slug = entered.agency_slug or changes.get("funder", "")
    asked = _conditions_of_new(space, slug)
    if asked and not answered_in(request.POST, asked):
        sentence = _("Grants of this funder count on one condition. Please answer it below.")
        doubts.append((f"{ASKS}{slug}", sentence))
        questions.conditions = ConditionsForm(conditions=asked)
    codes = [code for code, _sentence in doubts]
    if entered.told_already(codes):
        return None
    entered.remember(codes, changes)
    kept = OwnGrantForm(
        entered.data,
        instance=Grant(holder=invitation.membership.researcher),
        most=MOST_QUESTIONS - len(asked),
        catalogue=space.catalogue,
        edition=space.edition,
    )
    kept.is_valid()
    questions.grant = kept
    shown = [sentence for _code, sentence in doubts]
    return _page(request, invitation, way, space, questions, doubts=shown)


def _changed(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Show the page as it stands now, and what is not as it was shown."""
    words = fact_words(invitation.application, invitation.membership)
    rows = changed_since(request.POST.get("shown", ""), words)
    return show(
        request, invitation, token, request.POST, status=409, is_conflict=True, conflict_rows=rows
    )


def _page(
    request: HttpRequest,
    invitation: Invitation,
    way: Way,
    space: Workspace,
    questions: Questions,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    member = invitation.membership
    number = str(questions.grant["reference"].value() or "") if questions.grant else ""
    context = {
        "invitation": invitation,
        "inviter": inviter_of(invitation),
        "abroad": member.role == Role.PARTNER,
        "grants": grants_shown(space, member),
        "grant_form": questions.grant,
        "conditions_form": questions.conditions,
        "forms": questions.forms,
        "nih": nih_of(number),
        "facts": fingerprint(own_facts(invitation.application, member)),
        "shown": seal(fact_words(invitation.application, member)),
        "on_behalf": _on_behalf(space, invitation),
    }
    return own_page(request, "invited/invitation.html", way, {**context, **more}, status=status)


def _on_behalf(space: Workspace, invitation: Invitation) -> list[dict[str, Any]]:
    """What the team recorded in the person's name: the confirmation, answers to conditions."""
    member = invitation.membership
    found: list[dict[str, Any]] = []
    if member.confirmed_how == "ON_BEHALF":
        found.append(_said(_("That you take part"), member.confirmed_at, member.confirmed_reason))
    for one in space.judged_of(member):
        found += [
            _said(
                f"{answer.get_code_display()} {answer.get_answer_display()}",
                answer.at,
                answer.reason,
            )
            for answer in one.relied.answered
            if answer.on_behalf
        ]
    return found


def _said(what: str, at: datetime | None, reason: str) -> dict[str, Any]:
    return {"what": what, "at": at, "reason": reason}
