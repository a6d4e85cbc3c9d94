"""The staff's mail queue: what waits, what is held or failed and why, and one page for each mail."""

from typing import Any

from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import actions, outbox, permissions
from applications.actions.mail_queue import MAY_FOLLOW, SEND_AGAIN, of_use
from applications.filters import MailFilter
from applications.models import Event, Message, MessageKind, MessageState
from applications.models.message import LINK, MAX_ATTEMPTS, MessageQuerySet
from applications.queries import mail_queue, staff
from applications.queries.mail_queue import stopped_by
from applications.views.staff import (
    PAGE_SIZE,
    asks_for_the_unknown,
    record_list,
    unknown_parameters,
)
from applications.wording.server_answers import reason_in_words
from directory import formatting
from directory.addresses import with_punycode

TONES = {
    MessageState.WAITING: "waiting",
    MessageState.SENDING: "waiting",
    MessageState.HANDED_OVER: "good",
    MessageState.HELD: "attention",
    MessageState.FAILED: "problem",
    MessageState.BOUNCED: "problem",
    MessageState.DISCARDED: "neutral",
}


def mails_seen(request: HttpRequest) -> MessageQuerySet:
    """Return the mails that the reader sees as staff.

    :raises Http404: the account is not staff; these pages do not exist for it
    """
    if not request.user.is_staff:
        raise Http404
    return Message.objects.of_staff(request.user)


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Show one page of the filtered queue, and above it how much waits."""
    seen = mails_seen(request)
    if unknown := unknown_parameters(request, MailFilter):
        return asks_for_the_unknown(
            request, _("Mail queue"), reverse("applications:staff_mail"), unknown
        )
    every = seen.select_related("application__call").defer("text").order_by("-pk")
    found = MailFilter(request.GET, queryset=every, request=request)
    paginator = staff.CappedPaginator(
        found.qs if found.is_valid() else every.none(), PAGE_SIZE, list
    )
    try:
        page = paginator.page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
    record_list(request, "mails", MailFilter, page)
    backlog = mail_queue.backlog(seen)
    context = {
        "filter": found,
        "form": found.form,
        "page_obj": page,
        "most": f"{staff.MOST_COUNTED:,}",
        "rows": [_row(message) for message in page.object_list],
        "backlog": [(state.label, state.value, number) for state, number in backlog.counts.items()],
        "nothing_waits": not backlog.unsent,
        "oldest": backlog.oldest and formatting.age(backlog.oldest, timezone.now()),
        "gate": outbox.shut_gate(),
        "may_switch": permissions.may_switch_mail(request.user),
        "batch": outbox.BATCH,
    }
    return render(request, "staff/mail_queue.html", context)


def _row(message: Message) -> dict[str, Any]:
    return {
        "message": message,
        "recipient": with_punycode(message.recipient) or "–",
        "tone": TONES[MessageState(message.state)],
        "why": message.reason
        if message.state == MessageState.HELD and message.reason
        else stopped_by(message),
    }


@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail: what was or will be sent, where it stands, why, and what may be done."""
    message = get_object_or_404(of_one(request), pk=pk)
    actions.record_reading(
        name=f"mail {pk}", application=message.application, by=request.user, at=timezone.now()
    )
    return mail_page(request, message)


def of_one(request: HttpRequest) -> MessageQuerySet:
    """The mails that the reader sees, with what a mail's page shows of each."""
    return mails_seen(request).select_related(
        "application__call", "application__team", "notice__body", "notice__holder__researcher",
        "asked_by", "asked_by_member__researcher",
    )  # fmt: skip


def mail_page(
    request: HttpRequest, message: Message, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """Draw the page of one mail; ``refusal`` says above it why an act was not done."""
    events = list(mail_queue.events_of(message)) if message.application_id else []
    context = {
        "message": message,
        "title": message.subject or _("Mail without its subject"),
        "tone": TONES[MessageState(message.state)],
        "rows": _particulars(message),
        "why": stopped_by(message),
        "answer": message.error,
        "text": _text(message),
        "has_link": LINK in message.text and message.kind != MessageKind.ACCOUNT,
        "event_columns": [{"label": _("When"), "when": True}, _("What"), _("Who"), {"label": _("Reason"), "words": True}],
        "event_rows": [_event(one) for one in events],
        "refusal": refusal,
        "acts": _acts(request, message),
    }  # fmt: skip
    return render(request, "staff/mail.html", context, status=status)


def may_act(request: HttpRequest, message: Message) -> bool:
    """Whether the reader may do something about the mail, whatever its state."""
    if message.application is None:
        return False
    return permissions.may(request.user, permissions.HANDLE_MAIL, message.application)


def _acts(request: HttpRequest, message: Message) -> frozenset[str]:
    """The acts that the page offers."""
    if not may_act(request, message):
        return frozenset()
    acts = {act for act, states in MAY_FOLLOW.items() if message.state in states}
    if message.to_funder and SEND_AGAIN in acts:
        acts = acts - {SEND_AGAIN} | {"FOR_ITS_HOLDER"}
    elif SEND_AGAIN in acts and not of_use(message, timezone.now()):
        acts = acts - {SEND_AGAIN} | {"OF_NO_USE"}
    if message.state == MessageState.HANDED_OVER:
        acts |= {"BOUNCED"}
    return frozenset(acts)


def _text(message: Message) -> str:
    if message.kind == MessageKind.ACCOUNT:
        return _("Not shown: it may hold a sign-in code.")
    return message.text or _("The text is erased.")


def _particulars(message: Message) -> list[dict[str, Any]]:
    head = outbox.envelope(message)
    pairs = [
        (_("From"), head.sender),
        (_("Answers go to"), with_punycode(message.reply_to)),
        (_("To"), with_punycode(message.recipient) or _("erased")),
        (_("Subject"), message.subject or _("erased")),
        (_("Kind"), message.get_kind_display()),
        (_("Caused by"), _cause(message)),
        (_("Written at"), _moment(message.created_at)),
        (_("Not before"), _moment(message.available_at) if message.state == MessageState.WAITING else ""),
        (_("Of no use after"), _moment(message.expires_at)),
        (_("Tries"), _("%(tries)s of %(most)s") % {"tries": message.attempts, "most": MAX_ATTEMPTS}),
        (_("Handed to the mail server at"), _moment(message.handed_over_at)),
        (_("Why it was held or discarded"), reason_in_words(message.reason)),
        (_("Message-ID"), head.message_id),
    ]  # fmt: skip
    return [{"key": key, "value": value} for key, value in pairs if value]


def _cause(message: Message) -> str:
    if message.asked_by_member:
        return message.asked_by_member.researcher.name
    return message.asked_by.get_full_name() if message.asked_by else _("The portal")


def _event(event: Event) -> list[str]:
    if event.membership:
        who = event.membership.researcher.name
    else:
        who = event.user.get_full_name() if event.user else _("The portal")
    return [_moment(event.at), event.get_act_display(), who, event.reason]


def _moment(at: Any) -> str:
    return formatting.moment(at, formatting.JAPAN, get_language()) if at else ""
