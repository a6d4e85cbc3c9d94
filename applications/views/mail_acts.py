"""What staff do in the mail queue: hold, let go, discard, note what came back, and the switch of all mail."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, outbox, permissions
from applications.forms.mail import ReasonForm, SwitchForm
from applications.models import Message
from applications.views.mail_queue import mail_page, may_act, of_one
from directory.addresses import with_punycode

REFUSALS = (
    actions.BeingHandedOver,
    actions.ForItsHolder,
    actions.NoAddress,
    actions.NoLongerOfUse,
    actions.NotAllowed,
    actions.NotHandedOver,
    actions.TooSoon,
)


def _own(request: HttpRequest, pk: int) -> Message:
    """Return a mail for an act of the reader.

    :raises Http404: there is none in their scope, or it is one of sign-in, which is nobody's to stop
    :raises PermissionDenied: they only look
    """
    message = get_object_or_404(of_one(request).filter(application__isnull=False), pk=pk)
    if not may_act(request, message):
        raise PermissionDenied
    return message


def _refused(request: HttpRequest, pk: int, refusal: Exception) -> HttpResponse:
    """Show the mail as it stands now, with what was not done and why."""
    if isinstance(refusal, actions.BeingHandedOver):
        words = _(
            "A worker is handing this mail over at this moment, so it can be neither stopped nor "
            "noted as returned. Look again in a few minutes."
        )
    elif isinstance(refusal, actions.ForItsHolder):
        words = _("Only the holder of the grant may send a letter to a funder again.")
    elif isinstance(refusal, actions.NoLongerOfUse):
        words = _(
            "Its link or its time is over, or its address is erased: sent again it would help nobody. "
            "Discard it, or ask the team to write anew."
        )
    elif isinstance(refusal, actions.NoAddress):
        words = _("No e-mail address of the holder is known. Ask the team.")
    elif isinstance(refusal, actions.TooSoon):
        words = _("The holder was told within the last 24 hours.")
    else:
        words = _(
            "The mail is not in a state that admits this. Somebody else may have been quicker."
        )
    message = get_object_or_404(of_one(request), pk=pk)
    return mail_page(request, message, refusal=words, status=409)


def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold a waiting mail, with a reason."""
    return _with_reason(
        request, pk, actions.hold_message,
        title=_("Hold this mail"),
        lead=_("It stays here and does not leave until somebody lets it go."),
        button=_("Hold this mail"),
        done=_("Held. It does not leave until somebody lets it go."),
    )  # fmt: skip


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Discard a mail that has not left, with a reason."""
    return _with_reason(
        request, pk, actions.discard_message,
        title=_("Discard this mail"),
        lead=_("It will never be sent, and this cannot be undone. What is discarded stays on record."),
        button=_("Discard this mail"),
        done=_("Discarded. It will never be sent."),
    )  # fmt: skip


def _with_reason(
    request: HttpRequest, pk: int, act: Callable[..., Message], *, done: str, **words: str
) -> HttpResponse:
    message = _own(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, button=words["button"])
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            act(message_id=pk, reason=reason, by=request.user, at=timezone.now())
        except REFUSALS as refusal:
            return _refused(request, pk, refusal)
        messages.success(request, done)
        return redirect("applications:staff_mail_one", pk)
    context = {
        "form": form,
        "message": message,
        "recipient": with_punycode(message.recipient),
        "trail": [
            *_trail(),
            (message.subject, reverse("applications:staff_mail_one", args=[pk])),
        ],
        **words,
    }
    return render(request, "staff/mail_reason.html", context)


def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a held or failed mail of the portal's own go again."""
    return _at_once(
        request, pk, actions.send_again,
        _("It waits to be sent again, under the same Message-ID."),
    )  # fmt: skip


def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the holder of a letter told once more that it needs them."""
    return _at_once(request, pk, actions.tell_holder_again, _("The holder is told by mail."))


def came_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a mail came back undeliverable."""
    return _at_once(
        request, pk, actions.mark_bounced, _("Noted: the mail came back undeliverable.")
    )


def _at_once(request: HttpRequest, pk: int, act: Callable[..., Message], done: str) -> HttpResponse:
    """Do what one button asks for."""
    _own(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        act(message_id=pk, by=request.user, at=timezone.now())
    except REFUSALS as refusal:
        return _refused(request, pk, refusal)
    messages.success(request, done)
    return redirect("applications:staff_mail_one", pk)


def switch(request: HttpRequest) -> HttpResponse:
    """Hold all mail of the portal, or open it again; approvers and superusers, with a reason."""
    if not request.user.is_staff:
        raise Http404
    if not permissions.may_switch_mail(request.user):
        raise PermissionDenied
    gate = outbox.shut_gate()
    title = _("Let mail leave again") if gate else _("Hold all mail")
    form = SwitchForm(
        request.POST if request.method == "POST" else None,
        button=title,
        initial={"to": "OPEN" if gate else "HELD"},
    )
    if request.method == "POST" and form.is_valid():
        # What the page said is meant: nobody holds again what somebody else has just opened.
        opens = form.cleaned_data["to"] == "OPEN"
        return _switched(request, form.cleaned_data["reason"], opens=opens)
    context = {
        "form": form,
        "gate": gate,
        "title": title,
        "trail": _trail(),
        "batch": outbox.BATCH,
    }
    return render(request, "staff/mail_switch.html", context)


def _switched(request: HttpRequest, reason: str, *, opens: bool) -> HttpResponse:
    act = actions.open_mail if opens else actions.hold_all_mail
    try:
        act(reason=reason, by=request.user, at=timezone.now())
    except actions.SwitchUnchanged:
        messages.info(request, _("Somebody else was quicker: it stands so already."))
    else:
        done = _("Mail flows again.") if opens else _("All mail is held.")
        messages.success(request, done)
    return redirect("applications:staff_mail")


def _trail() -> list[tuple[str, str]]:
    return [
        (_("Staff"), reverse("applications:staff")),
        (_("Mail queue"), reverse("applications:staff_mail")),
    ]
