"""Confirming again on one's own page, after a withdrawal or where the former confirmation lapsed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions
from applications.forms.own import MOST_QUESTIONS, ConditionsForm, answered_in
from applications.models import Role
from applications.queries.application import workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.invitations import has_answered_before, own_facts
from applications.views.invited.ways import Way, own_page
from applications.views.invited.words import (
    changed_since,
    conditions_of,
    fact_words,
    grants_shown,
    seal,
)


def may_confirm(way: Way) -> bool:
    """Whether the member can confirm here now; the action asks again."""
    member = way.member
    waits = member.confirmed_at is None and member.role != Role.LEAD
    return waits and way.takes_answers and has_answered_before(member)


def confirm(request: HttpRequest, way: Way) -> HttpResponse:
    """Show what is recorded now and ask as the first time; POST confirms."""
    if not may_confirm(way):
        return redirect(way.at())
    if request.method != "POST":
        return _page(request, way)
    asked = conditions_of(workspace(way.application), way.member)[:MOST_QUESTIONS]
    form = ConditionsForm(request.POST, conditions=asked)
    if not answered_in(request.POST, asked):
        return _changed(request, way)  # other conditions are asked now
    if not form.is_valid():
        return _page(request, way, form)
    try:
        actions.confirm_again(
            application_id=way.application.pk,
            membership_id=way.member.pk,
            answers=form.answers,
            seen=request.POST.get("facts", ""),
            by=way.actor,
            at=timezone.now(),
        )
    except actions.Conflict:
        return _changed(request, way)
    messages.success(request, _("You have confirmed again. The lead is told."))
    return redirect(way.at())


def _changed(request: HttpRequest, way: Way) -> HttpResponse:
    """Show the page as it stands now, and what is not as it was shown."""
    rows = changed_since(request.POST.get("shown", ""), fact_words(way.application, way.member))
    return _page(request, way, status=409, is_conflict=True, conflict_rows=rows)


def _page(
    request: HttpRequest,
    way: Way,
    form: ConditionsForm | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    space = workspace(way.application)
    asked = conditions_of(space, way.member)[:MOST_QUESTIONS]
    context: dict[str, Any] = {
        "abroad": way.member.role == Role.PARTNER,
        "change": way.at("particulars"),
        "grants": [
            {**one, "change": way.at("grant", one["grant"].pk)}
            for one in grants_shown(space, way.member)
        ],
        "add": way.at("grant_add"),
        "conditions_form": form or ConditionsForm(conditions=asked),
        "forms": [form] if form else [],
        "facts": fingerprint(own_facts(way.application, way.member)),
        "shown": seal(fact_words(way.application, way.member)),
    }
    return own_page(request, "invited/again.html", way, {**context, **more}, status=status)
