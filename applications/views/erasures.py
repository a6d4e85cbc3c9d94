"""Pages of requests for erasure: those of one's own agency, what one would take away, and doing it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import actions
from applications.forms.erasures import ErasingForm
from applications.queries.erasing import outlook
from applications.queries.erasures import ERASED, WITHDRAWN, requests_of_staff, sees_requests
from directory import formatting
from directory.models import ErasureRequest, User

MOST_SHOWN = 200  # of those that were answered


def _approver(request: HttpRequest) -> User:
    """Return the reader.

    :raises Http404: not staff; these pages do not exist for them
    :raises PermissionDenied: staff who decide about no erasure
    """
    if not request.user.is_staff:
        raise Http404
    if not sees_requests(request.user):
        raise PermissionDenied
    return request.user


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List the open requests, the oldest first, and those that were answered."""
    found = requests_of_staff(_approver(request)).select_related("user", "handled_by")
    waiting = found.filter(handled_at=None).order_by("requested_at", "pk")
    answered = found.exclude(handled_at=None).order_by("-handled_at", "-pk")[:MOST_SHOWN]
    asked = {"label": _("Asked on"), "when": True}
    open_rows = [[_link(one), _moment(one.requested_at), one.note] for one in waiting]
    answered_rows = [
        [one.user.get_full_name(), _moment(one.requested_at), _moment(one.handled_at), _answer(one)]
        for one in answered
    ]
    actions.record_reading(
        name="erasures",
        rows=len(open_rows) + len(answered_rows),
        by=request.user,
        at=timezone.now(),
    )
    context = {
        "open_columns": [_("Person"), asked, _("Note")],
        "open_rows": open_rows,
        "answered_columns": [
            _("Person"), asked, {"label": _("Answered on"), "when": True}, _("Answer")
        ],
        "answered_rows": answered_rows,
    }  # fmt: skip
    return render(request, "staff/erasures.html", context)


def _link(one: ErasureRequest) -> str:
    address = reverse("applications:staff_erasure", args=[one.pk])
    return format_html('<a href="{}">{}</a>', address, one.user.get_full_name())


def _moment(at: Any) -> str:
    return formatting.moment(at, formatting.JAPAN, get_language())


def _answer(one: ErasureRequest) -> str:
    said = {ERASED: _("Erased"), WITHDRAWN: _("Withdrawn by the person")}
    return said.get(one.answer, one.answer)


@require_http_methods(["GET", "HEAD", "POST"])
def request_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the erasure takes away and what stays; erase on a press of the button."""
    staff = _approver(request)
    asked = get_object_or_404(requests_of_staff(staff).select_related("user"), pk=pk)
    form = ErasingForm(request.POST if request.method == "POST" else None)
    told = request.method == "POST" and form.is_valid() and asked.handled_at is None
    if told and _erased(request, asked, form, staff):
        return redirect("applications:staff_erasures")
    actions.record_reading(name=f"erasure {pk}", by=staff, at=timezone.now())
    context = {
        "asked": asked,
        "form": form,
        "outlook": outlook(asked.user, staff) if asked.handled_at is None else None,
        "answer": _answer(asked),
        "trail": [
            (_("Staff"), reverse("applications:staff")),
            (_("Requests for erasure"), reverse("applications:staff_erasures")),
        ],
        "title": _("Erase a person's data"),
    }
    return render(request, "staff/erasure.html", context)


def _erased(request: HttpRequest, asked: ErasureRequest, form: ErasingForm, staff: User) -> bool:
    """Do it; a refusal becomes an error of the form."""
    try:
        actions.erase_person(
            user_id=asked.user_id,
            reason=form.cleaned_data["reason"],
            by=staff,
            at=timezone.now(),
        )
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except actions.NamesThePerson:
        form.add_error(
            "reason",
            _(
                "The reason is kept for good: write it without the person's name, addresses and numbers."
            ),
        )
        return False
    except actions.StandsAgainst:
        form.add_error(
            None, _("Something stands against it now. Read what it is and settle it first.")
        )
        return False
    # The same words for everybody: whether the account closed at once would tell of the teams of
    # the other agency (product.md 8).
    messages.success(
        request,
        _("Erased in your agency's teams. The account closes once nothing stands against it."),
    )
    return True
