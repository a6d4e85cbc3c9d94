"""What a member does on their own pages: correct, answer a condition, deal with notices, withdraw."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions
from applications.forms.conflicts import differing
from applications.forms.own import (
    ConditionsForm,
    OwnGrantForm,
    OwnParticularsForm,
    OwnReasonForm,
)
from applications.models import Role
from applications.queries.application import workspace
from applications.queries.ledger import Ledger, LedgerRow, ledger
from applications.queries.sections import ATTESTED_FOR, grant_values, person_values
from applications.views.doubts import doubts_about
from applications.views.invited.ways import Way, own_page
from applications.views.invited.words import conditions_of
from applications.views.letter_shown import Desk, letter_file
from applications.views.matching import nih_of
from applications.views.releasing import release
from applications.views.telling import deal_with
from directory.models import Grant


def _who(way: Way) -> dict[str, Any]:
    return {
        "application_id": way.application.pk,
        "membership_id": way.member.pk,
        "by": way.actor,
        "at": timezone.now(),
    }


def _form(
    request: HttpRequest, way: Way, form: Any, title: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "title": title, **more}
    return own_page(request, "invited/form.html", way, context, status=status)


def _conflict(
    request: HttpRequest, way: Way, form: Any, conflict: actions.Conflict, title: str
) -> HttpResponse:
    """Show both texts; sending the form again saves what is in it, knowingly."""
    rows = differing(form, conflict.stored, form.values)
    form.accept(conflict.stored)
    return _form(request, way, form, title, status=409, conflict_rows=rows)


def particulars(request: HttpRequest, way: Way) -> HttpResponse:
    """Correct one's own name and institution."""
    title, person = _("Correct my entry"), way.member.researcher
    form = OwnParticularsForm(_posted(request), role=way.member.role)
    form.fill_in(person)
    form.watch(person_values(person))
    if not form.is_bound or not form.is_valid():
        lead = ""
        if person.email:
            lead = _("Your e-mail address here is %(email)s. Only the team can change it.")
            lead %= {"email": person.email}
        return _form(request, way, form, title, lead=lead)
    try:
        actions.correct_own_particulars(values=form.values, seen=form.seen_fingerprint, **_who(way))
    except actions.Conflict as conflict:
        return _conflict(request, way, form, conflict, title)
    messages.success(request, _("Saved."))
    return redirect(way.at())


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def grant_add(request: HttpRequest, way: Way) -> HttpResponse:
    """Enter a grant of one's own."""
    if way.member.role != Role.PARTNER:
        raise Http404
    return _grant(request, way, Grant(holder=way.member.researcher), _("Enter a grant of mine"))


def grant(request: HttpRequest, way: Way, pk: int) -> HttpResponse:
    """Correct a grant of one's own; what is doubtful is said once, and saved all the same."""
    judged = workspace(way.application).judged_of(way.member)
    found = next((one.relied.grant for one in judged if one.relied.grant_id == pk), None)
    if found is None:
        raise Http404
    return _grant(request, way, found, _("Correct this grant"))


def _grant(request: HttpRequest, way: Way, shown: Grant, title: str) -> HttpResponse:
    space, stored = workspace(way.application), grant_values(shown)
    answered = any(one.grant == shown.pk and one.answer for one in conditions_of(space, way.member))
    form = _grant_form(_posted(request), space, shown)
    form.watch(stored)
    nih = nih_of(str(form["reference"].value() or ""))
    if not form.is_bound or not form.is_valid():
        return _form(request, way, form, title, nih=nih)
    doubts, changes = doubts_about(form, space, way.member)
    codes = [code for code, _sentence in doubts]
    if not form.told_already(codes):
        form.remember(codes, changes)
        again = _grant_form(form.data, space, shown)
        again.is_valid()
        again.lay_out(_("Save anyway"))
        sentences = [sentence for _code, sentence in doubts]
        return _form(request, way, again, title, nih=nih, doubts=sentences)
    try:
        saved = actions.correct_own_grant(
            grant_id=shown.pk, values=form.values, seen=form.seen_fingerprint, **_who(way)
        )
    except actions.Conflict as conflict:
        return _conflict(request, way, form, conflict, title)
    except IntegrityError:
        form.add_error("reference", _("This grant is already entered for you."))
        return _form(request, way, form, title, nih=nih)
    messages.success(request, _("Saved."))
    now = grant_values(saved)
    if answered and any(stored[name] != now[name] for name in ATTESTED_FOR):
        messages.warning(
            request, _("You had answered a condition for other facts. Please answer it again.")
        )
    return redirect(way.at())


def _grant_form(data: Any, space: Any, shown: Grant) -> OwnGrantForm:
    return OwnGrantForm(data, instance=shown, catalogue=space.catalogue, edition=space.edition)


def condition(request: HttpRequest, way: Way, pk: int) -> HttpResponse:
    """Answer the conditions of one of one's own grants, for the first time or anew."""
    space = workspace(way.application)
    asked = [one for one in conditions_of(space, way.member) if one.grant == pk]
    if not asked:
        raise Http404
    form = ConditionsForm(_posted(request), conditions=asked)
    if not form.is_bound or not form.is_valid():
        return _form(request, way, form, _("Answer a condition of the list"))
    for (number, code), answer in form.answers.items():
        actions.answer_own_condition(grant_id=number or pk, code=code, answer=answer, **_who(way))
    messages.success(request, _("The answer is recorded."))
    return redirect(way.at())


def withdraw(request: HttpRequest, way: Way) -> HttpResponse:
    """Take one's consent back, with a reason if one wants to give it."""
    if way.member.confirmed_at is None or way.member.role == Role.LEAD:
        return redirect(way.at())
    form = OwnReasonForm(_posted(request), button=_("Withdraw my consent"))
    if not form.is_bound or not form.is_valid():
        lead = _(
            "You no longer count as confirmed, and the lead is told. A version submitted before "
            "keeps what it held; the agency sees that you withdrew."
        )
        return _form(request, way, form, _("Withdraw my consent"), lead=lead)
    actions.withdraw_consent(reason=form.cleaned_data["reason"], **_who(way))
    messages.success(request, _("Your consent is withdrawn. The lead is told."))
    return redirect(way.at())


def reminders(request: HttpRequest, way: Way) -> HttpResponse:
    """Stop the reminders of notices, or want them again: the button of the own page."""
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "yes"
        actions.choose_reminders(wanted=wanted, **_who(way))
        messages.success(
            request,
            _("You are reminded of notices again.")
            if wanted
            else _("You get no more reminders of notices."),
        )
    return redirect(way.at())


def _desk(way: Way, pk: int) -> tuple[Ledger, LedgerRow, Desk]:
    """Return a notice of one's own grants; 404 for anybody else's."""
    book = ledger(way.application)
    row = book.find(pk)
    if row is None or row.notice.holder_id != way.member.pk:
        raise Http404
    desk = Desk(
        actor=way.actor,
        page=way.at("notice", pk),
        release=way.at("notice_release", pk),
        file=way.at("notice_eml", pk),
        trail=((_("My own page"), way.at()),),
        own=True,
    )
    return book, row, desk


def notice(request: HttpRequest, way: Way, pk: int) -> HttpResponse:
    """Deal with one's own notice."""
    return deal_with(request, *_desk(way, pk))


def notice_release(request: HttpRequest, way: Way, pk: int) -> HttpResponse:
    """Look at one's own letter for the last time, and send it."""
    return release(request, *_desk(way, pk))


def notice_eml(request: HttpRequest, way: Way, pk: int) -> HttpResponse:
    """Give the letter as an unsent message."""
    return letter_file(*_desk(way, pk))
