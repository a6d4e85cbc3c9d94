"""Check the answers, submit, receipt; withdraw, copy into another call, begin again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import actions, permissions
from applications.forms.people import RemoveForm
from applications.forms.project import CopyForm, DeclarationForm
from applications.models import Application
from applications.queries.application import workspace
from applications.queries.calls import moved_since
from applications.queries.fingerprints import fingerprint
from applications.queries.ledger import notice_counts
from applications.queries.snapshots import shown
from applications.queries.submitted import last_submitted
from applications.views.changes import changes_since, opened, sealed, version_changes
from applications.views.checking import answers_shown
from applications.views.frame import (
    deadline_of,
    form_page,
    of_team,
    pending_changes,
    read_by_staff,
    reader_zone,
    role_in,
    senders,
    team_page,
)
from applications.views.match_under import list_banner
from applications.views.matching import shown_grants
from applications.views.receipts import frozen
from applications.views.tasks import missing_links
from applications.views.waiting_mail import waiting_words
from applications.workflow import EDITABLE, Act, NotAllowed, Status, acts_from
from directory.models import Call


@of_team
def check_answers(request: HttpRequest, application: Application) -> HttpResponse:
    """All answers with links to change them, what is missing, and the button that submits."""
    return _check(request, application)


def _check(
    request: HttpRequest,
    application: Application,
    form: DeclarationForm | None = None,
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """``form`` is one sent in; ``changed``: somebody changed an answer since its page was shown."""
    space, now = workspace(application), timezone.now()
    role = role_in(space, request.user)
    may_send = permissions.role_may(role, Act.SUBMIT)
    may_edit = permissions.role_may(role, permissions.EDIT)
    state = shown(space)
    seen = fingerprint(state)
    pending = bool(application.version) and seen != application.submitted_fingerprint
    submittable = (
        may_send
        and Act.SUBMIT in acts_from(application.status)
        and not space.missing
        and (not application.version or pending or application.status == Status.RETURNED)
    )
    before = opened(application, form.cleaned_data["shown"]) if form and changed else None
    if form is None or changed:
        carried = {"seen": seen, "shown": sealed(application, state)}
        form = DeclarationForm(initial=carried, button=_button(application))
    form.helper.form_action = reverse("applications:submit", args=[application.team.ref])
    context = {
        "space": space,
        "sections": answers_shown(space, may_edit=may_edit and application.status in EDITABLE),
        "grants": shown_grants(space),
        "missing": missing_links(space) if application.status in EDITABLE else [],
        "deadline": deadline_of(request, application, now),
        "call_change": moved_since(application),
        "role": role,
        "may_send": may_send,
        "may_edit": may_edit and application.status in EDITABLE,
        "submittable": submittable,
        "pending": pending,
        "changed": changed,
        "changes": changes_since(before, space) if before else [],
        "unsubmitted": changes_since(last_submitted(application), space) if pending else [],
        "form": form if submittable else None,
        "senders": senders(space),
        "notices_open": notice_counts(application)["open"],
        "moved": list_banner(space),
    }
    return team_page(
        request,
        "applications/check_answers.html",
        application,
        context,
        here=_("Check the answers and submit"),
        status=status,
    )


def _button(application: Application) -> str:
    return _("Submit to %(agency)s") % {"agency": application.call.get_owner_display()}


@of_team
def submit(request: HttpRequest, application: Application) -> HttpResponse:
    """Submit, then show the receipt. Asking twice leads to the same receipt."""
    if request.method != "POST":
        return redirect("applications:check_answers", application.team.ref)
    form = DeclarationForm(request.POST, button=_button(application))
    if not form.is_valid():  # else the action asks who may, after its lock
        if not permissions.may(request.user, Act.SUBMIT, application):
            raise PermissionDenied
        return _check(request, application, form)
    try:
        submitted = actions.submit_application(
            application_id=application.pk,
            seen=form.cleaned_data["seen"],
            by=request.user,
            at=timezone.now(),
        )
    except actions.Conflict:
        return _check(request, application, form, changed=True, status=409)
    except actions.NotReady:
        return _check(request, application, status=422)
    return redirect("applications:receipt", submitted.receipt)


def _received(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the application of a receipt number, however its letters were typed."""

    @wraps(view)
    def shown(request: HttpRequest, number: str) -> HttpResponse:
        application = (
            Application.objects.visible_to(request.user)
            .filter(receipt=number.upper())
            .select_related("team", "call__edition", "edition", "area", "submitted_by")
            .first()
        )
        if application is None:
            raise Http404
        return read_by_staff(request, application, view(request, application))

    return require_safe(shown)


def _receipt_context(request: HttpRequest, application: Application) -> dict[str, Any]:
    version = (
        application.versions.select_related("by")
        .prefetch_related("people__researcher")
        .order_by("-number")
        .first()
    )
    if version is None:
        raise Http404
    withdrawn = None
    if application.status == Status.WITHDRAWN:
        withdrawn = application.events.filter(act=Act.WITHDRAW).order_by("-at").first()
    return {
        "version": version,
        "frozen": frozen(application, version),
        "zone": reader_zone(request),
        "withdrawn": withdrawn,
        "mails": list(application.messages.filter(kind="RECEIPT").order_by("pk")),
    }


@_received
def receipt(request: HttpRequest, application: Application) -> HttpResponse:
    """What was submitted, when, and what happens next; it stays at this address."""
    now = timezone.now()
    space = workspace(application)
    role = role_in(space, request.user)
    may_send = permissions.role_may(role, Act.SUBMIT)
    for_staff = permissions.reads_as_staff(request.user, application)
    deadline = deadline_of(request, application, now)
    writes = for_staff or permissions.role_may(role, permissions.EDIT)
    context = _receipt_context(request, application) | {
        "deadline": deadline,
        "may_correct": application.status in EDITABLE and deadline["closes"] > now,
        "may_withdraw": may_send and Act.WITHDRAW in acts_from(application.status),
        "pending": application.status in EDITABLE and pending_changes(space),
        "may_read_evidence": may_send or for_staff,
        # The sheet goes by team: after a withdrawal it may be that of the draft begun anew.
        "may_open_sheet": writes and application.status != Status.WITHDRAWN,
        "version_changes": version_changes(space) if writes and application.version > 1 else None,
        "waiting_mail": waiting_words(application, now),
    }
    return team_page(request, "applications/receipt.html", application, context, here=_("Receipt"))


@_received
def receipt_text(request: HttpRequest, application: Application) -> HttpResponse:
    """The receipt as plain text, to keep."""
    context = _receipt_context(request, application) | {
        "application": application,
        "call": application.call,
        "address": settings.PORTAL_URL
        + reverse("applications:receipt", args=[application.receipt]),
    }
    response = render(
        request, "applications/receipt.txt", context, content_type="text/plain; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="receipt-{application.receipt}.txt"'
    return response


@of_team
def withdraw(request: HttpRequest, application: Application) -> HttpResponse:
    """Ask whether the application is to be withdrawn, and withdraw on POST."""
    if not permissions.may(request.user, Act.WITHDRAW, application):
        raise PermissionDenied
    if Act.WITHDRAW not in acts_from(application.status):
        raise NotAllowed(Act.WITHDRAW, application.status)
    posted = request.POST if request.method == "POST" else None
    form = RemoveForm(posted, button=_("Withdraw the application"))
    if request.method == "POST" and form.is_valid():
        withdrawn = actions.withdraw_application(
            application_id=application.pk,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The application is withdrawn."))
        if withdrawn.receipt:
            return redirect("applications:receipt", withdrawn.receipt)
        return redirect("applications:team", application.team.ref)
    lead = _(
        "%(agency)s no longer considers the application. The receipt stays, and shows that it was "
        "withdrawn. While the call is open, your team can begin again with the same answers."
    ) % {"agency": application.call.get_owner_display()}
    return form_page(request, application, form, _("Withdraw the application"), lead=lead)


@of_team
def copy(request: HttpRequest, application: Application) -> HttpResponse:
    """Choose an open call, and copy people, grants and answers into a new team there."""
    if not permissions.may(request.user, permissions.EDIT, application):
        raise PermissionDenied
    calls = list(Call.objects.open_at(timezone.now()).order_by("closes_at"))
    posted = request.POST if request.method == "POST" else None
    form = CopyForm(posted, calls=calls)
    title = _("Copy into another call")
    if request.method == "POST" and form.is_valid():
        made = actions.copy_application(
            application_id=application.pk,
            call_id=form.cleaned_data["call"].pk,
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("Copied. Partners and conditions are to be confirmed anew."))
        return redirect("applications:team", made.team.ref)
    lead = _(
        "A new team is formed with the same people, grants and project. Confirmations, answers to "
        "conditions and notices are not copied: they were given for this call."
    )
    return form_page(
        request, application, form if calls else None, title, lead=lead, no_call=not calls
    )


@of_team
def again(request: HttpRequest, application: Application) -> HttpResponse:
    """After a withdrawal: begin a new draft for the same call, on POST."""
    if request.method != "POST":
        return redirect("applications:team", application.team.ref)
    actions.start_again(application_id=application.pk, by=request.user, at=timezone.now())
    messages.success(request, _("A new draft is begun with the same answers."))
    return redirect("applications:team", application.team.ref)
