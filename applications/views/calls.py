"""Staff pages of approvers: move a call's deadline, put another edition of the list in force for it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import actions, permissions
from applications.forms.calls import CallChangeForm, DeadlineForm, InForceForm
from applications.queries.calls import moved_by, obligations, teams_in
from applications.queries.effects import effect_of
from applications.queries.fingerprints import fingerprint
from applications.views.effect_shown import in_short, one_by_one
from applications.wording import verdict_label
from applications.workflow import Status
from directory.changes import differences
from directory.listing import said_by
from directory.models import Call, CallChange, User
from directory.templatetags.portal import moment, person_date

MOST_SHOWN = 50
# Why the call cannot stand as wanted; each has its field and words that mend it.
REFUSALS = (
    actions.NothingChanges,
    actions.ClosesBeforeItOpens,
    actions.OpenedAlready,
    actions.ClosesTooSoon,
    actions.CallOver,
    actions.NotPublished,
    actions.AnothersList,
    actions.AlreadyInForce,
)


def _own_call(request: HttpRequest, code: str) -> Call:
    """Return a call of the reader's agency that they may change.

    :raises Http404: there is none in their scope
    :raises PermissionDenied: it is for an approver
    """
    if not request.user.is_staff:
        raise Http404
    calls = Call.objects.visible_to(request.user).select_related("edition")
    found = get_object_or_404(calls, code=code)
    if not permissions.may_change_call(request.user, found):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def deadline(request: HttpRequest, code: str) -> HttpResponse:
    """Move opening, deadline or reference date: look at what it changes, then do exactly that."""
    call = _own_call(request, code)
    opened = call.opens_at <= timezone.now()
    form = DeadlineForm(request.POST or None, call=call, opened=opened)
    title = _("Move the deadline")

    def could() -> None:
        actions.may_stand(call, **form.wanted, now=timezone.now())

    def save() -> CallChange:
        return actions.move_deadline(
            call_id=call.pk,
            **form.wanted,
            **form.reasons,
            seen=form.cleaned_data["seen"],
            by=request.user,
            at=timezone.now(),
        )

    return _changed(request, call, form, title, could, save)


@require_http_methods(["GET", "HEAD", "POST"])
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """Put another published edition in force: look at what it changes, then do exactly that."""
    call = _own_call(request, code)
    form = InForceForm(request.POST or None, call=call)
    title = _("Put another list in force")

    def could() -> None:
        if form.cleaned_data["edition"] == call.edition:
            raise actions.NothingChanges

    def save() -> CallChange:
        return actions.put_in_force(
            call_id=call.pk,
            edition_id=form.cleaned_data["edition"].pk,
            **form.reasons,
            by=request.user,
            at=timezone.now(),
        )

    return _changed(request, call, form, title, could, save)


def _changed(
    request: HttpRequest,
    call: Call,
    form: CallChangeForm,
    title: str,
    could: Callable[[], None],
    save: Callable[[], CallChange],
) -> HttpResponse:
    """Preview, then save what was previewed; a refusal becomes an error at its field."""
    if request.method != "POST" or not form.is_valid():
        return _page(request, call, form, title)
    again = request.POST.get("act") == "save"
    try:
        could()
        if form.cleaned_data["seen"] != fingerprint(obligations(call)):
            return _faster(request, call, form, title)
        if not again or not form.was_previewed:
            form.mark_previewed()
            shown = _preview(request.user, call, form)
            return _page(request, call, form, title, changed_since=again, **shown)
        save()
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except actions.Conflict:
        return _faster(request, call, form, title)
    except REFUSALS as refusal:
        field, words = _why(refusal)
        form.add_error(
            field if field in form.fields else next(iter(form.visible_fields())).name, words
        )
        return _page(request, call, form, title)
    messages.success(
        request,
        _("Done, and on record. Teams of the call and its public page show it from now on."),
    )
    return redirect("directory:call", call.code)


def _why(refusal: Exception) -> tuple[str, str]:
    """The field at which a refusal is shown, and what mends it."""
    if isinstance(refusal, actions.ClosesBeforeItOpens):
        return "closes_day", _("The call must close after it opens.")
    if isinstance(refusal, actions.OpenedAlready):
        return "opens_day", _(
            "The call opened at %(moment)s. Its opening is not moved any more, so that nobody who "
            "is writing is shut out."
        ) % {"moment": moment(refusal.opens_at)}
    if isinstance(refusal, actions.ClosesTooSoon):
        return "closes_day", _(
            "Give a moment that is at least one minute ahead. By the portal's clock it is %(moment)s."
        ) % {"moment": moment(refusal.now)}
    if isinstance(refusal, actions.CallOver):
        return "reference", _(
            "The call closed at %(moment)s. Its reference date, %(day)s, stands, as what was submitted "
            "was judged by it. To open the call again, give a deadline in the future and keep that "
            "day: choose the first answer."
        ) % {"moment": moment(refusal.closed_at), "day": person_date(refusal.day)}
    if isinstance(refusal, actions.NotPublished | actions.AnothersList):
        return "edition", _("Only a published list of your agency can be in force.")
    return "edition", _("The call stands so already. Nothing has been changed.")


def _preview(user: User, call: Call, form: CallChangeForm) -> dict[str, Any]:
    """What the change would mean: the sentences teams will read, how many, for whom what differs."""
    after = form.as_wanted
    counts = teams_in(call)
    change = CallChange(
        call=call,
        at=timezone.now(),
        opens_before=call.opens_at,
        opens_after=after.opens_at,
        closes_before=call.closes_at,
        closes_after=after.closes_at,
        reference_before=call.reference_on,
        reference_after=after.reference_on,
        edition_before=call.edition,
        edition_after=after.edition,
        **form.reasons,
    )
    return {
        "change": change,
        "drafts": counts[Status.DRAFT],
        "submitted": counts[Status.SUBMITTED],
        "returned": counts[Status.RETURNED],
        **(_other_list(user, call, after) if change.replaced_list else _other_days(call, after)),
    }


def _other_list(user: User, call: Call, after: Call) -> dict[str, Any]:
    """What another list would mean: what is read before one is published, for this call alone.

    Else a list could be published for no call, and be put in force unread. Nothing is stored.
    """
    found = effect_of(after.edition, [call.pk])
    return {
        "rows": _rows(call, after),
        "effect_says": in_short(found),
        **one_by_one(user, found),
    }


def _other_days(call: Call, after: Call) -> dict[str, Any]:
    """Whose verdict another reference date would turn; what is to be told to whom stays."""
    moved = moved_by(call, after)
    return {
        "moved_number": len(moved),
        "moved": [
            {
                "application": one.application,
                "before": verdict_label(one.before),
                "after": verdict_label(one.after),
                "grants": one.grants,
            }
            for one in moved[:MOST_SHOWN]
        ],
    }


def _rows(call: Call, after: Call) -> list[tuple[str, str]]:
    """The rows of the list that differ between the edition in force and the other one."""
    said = said_by(call.edition, after.edition)
    kinds = {"ADDED": _("added"), "GONE": _("no longer there"), "CHANGED": _("changed")}
    return [
        ((one.after or one.before).acronym, kinds[one.kind])
        for one in differences(said[call.edition.pk], said[after.edition.pk])
        if one.kind != "CHANGED" or one.needs_a_case
    ]


def _faster(request: HttpRequest, call: Call, form: CallChangeForm, title: str) -> HttpResponse:
    """Say what a colleague changed meanwhile; what was typed stays in the form."""
    found = Call.objects.select_related("edition").get(pk=call.pk)
    form.call = found
    form.accept()
    changes = found.changes.select_related("edition_before", "edition_after", "by")
    return _page(
        request, found, form, title, status=409, theirs=changes.order_by("-at", "-pk").first()
    )


def _page(
    request: HttpRequest,
    call: Call,
    form: CallChangeForm,
    title: str,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "trail": [
            (_("Staff"), reverse("applications:staff")),
            (call.title, f"{reverse('applications:staff')}?call={call.code}"),
        ],
        "title": title,
        "call": call,
        "form": form,
        "practice_banner": call.is_practice,
    }
    return render(request, "staff/call_change.html", context | more, status=status)
