"""Mails: recorded with the act that causes them, delivered afterwards, none lost."""

import secrets
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from applications.models import Application, Message, MessageKind, MessageState
from applications.models.message import LINK, MAX_ATTEMPTS
from directory.addresses import canonical, deliverable_form
from directory.models import User

# A whole batch fits into its lease even where every mail runs into EMAIL_TIMEOUT (30 s).
LEASE = timedelta(minutes=10)
BATCH = 10


def one_line(text: str) -> str:
    """Return the text fit for a header: every control character and line break is a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def record_account_mail(*, recipient: str, subject: str, text: str, at: datetime) -> Message:
    """Owe a mail of sign-in (a code). Its text is erased once handed over: it opens an account."""
    return Message.objects.create(
        dedupe_key=f"account:{secrets.token_hex(16)}",
        kind=MessageKind.ACCOUNT,
        recipient=recipient,
        subject=one_line(subject),
        text=text,
        created_at=at,
        available_at=at,
    )


def record_receipt(application: Application, *, by: User, at: datetime) -> None:
    """Owe the receipt of a submitted version, once, in the submitter's language. Call inside the action."""
    with translation.override(by.language):
        context = {
            "application": application,
            "portal_url": settings.PORTAL_URL,
            "language": by.language,
        }
        message = Message(
            dedupe_key=f"receipt:{application.pk}:{application.version}",
            kind=MessageKind.RECEIPT,
            application=application,
            recipient=by.email,
            subject=one_line(render_to_string("emails/receipt_subject.txt", context)),
            text=render_to_string("emails/receipt.txt", context),
            created_at=at,
            available_at=at,
        )
    # One statement: the unique key makes the second writing of the same receipt nothing.
    Message.objects.bulk_create([message], ignore_conflicts=True)


def record_mail(
    *,
    kind: MessageKind,
    dedupe_key: str,
    application: Application,
    recipient: str,
    subject: str,
    text: str,
    at: datetime,
    secret: str = "",
) -> Message:
    """Owe one mail about an application. Call inside the action, once for each ``dedupe_key``.

    ``secret`` is the address that ``LINK`` in the text stands for until the mail is handed over.
    """
    return Message.objects.create(
        dedupe_key=dedupe_key,
        kind=kind,
        application=application,
        recipient=recipient,
        subject=one_line(subject),
        text=text,
        secret=secret,
        created_at=at,
        available_at=at,
    )


def claim_due(at: datetime) -> list[Message]:
    """Take up to a batch of due messages, oldest first, and lease them so that no other worker does."""
    with transaction.atomic():
        batch = list(
            Message.objects.due(at)
            .select_for_update(skip_locked=True)
            .order_by("available_at", "pk")[:BATCH]
        )
        for message in batch:
            message.attempts += 1
            message.available_at = at + LEASE
        Message.objects.bulk_update(batch, ["attempts", "available_at"])
    return batch


def deliver_due(*, at: datetime) -> Counter[str]:
    """Hand due messages to the mail server and note the outcome of each.

    A crash between handing over and noting repeats that one message after its lease, with
    the same Message-ID; none is lost. Returns how many were handed over, retried, given up.
    """
    tally: Counter[str] = Counter()
    batch = claim_due(at)
    if not batch:
        return tally
    connection = get_connection()
    try:
        for message in batch:
            tally[_deliver(message, connection, at)] += 1
    finally:
        connection.close()
    return tally


def _deliver(message: Message, connection, at: datetime) -> str:
    if not may_leave(message.recipient, settings.RECIPIENT_GUEST_LIST):
        message.state, message.error = MessageState.FAILED, "not on the guest list of this server"
        outcome = "failed"
    else:
        outcome = _hand_over(message, connection, at)
    if message.state != MessageState.WAITING:
        message.secret = ""  # a link opens a page: it is kept no longer than it must wait
    message.save(
        update_fields=["state", "error", "handed_over_at", "available_at", "text", "secret"]
    )
    return outcome


def _hand_over(message: Message, connection, at: datetime) -> str:
    sender_domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    mail = EmailMessage(
        message.subject,
        message.text.replace(LINK, message.secret) if message.secret else message.text,
        to=[deliverable_form(message.recipient)],
        connection=connection,
        headers={
            "Message-ID": f"<{message.dedupe_key.replace(':', '.')}@{sender_domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        mail.send()
    except Exception as error:
        # Whatever is wrong with one mail (server, address, header) never holds up the others.
        message.error = str(error)[:500]
        if message.attempts >= MAX_ATTEMPTS:
            message.state = MessageState.FAILED
            return "failed"
        message.available_at = at + timedelta(minutes=2**message.attempts)
        return "retried"
    message.state, message.handed_over_at, message.error = MessageState.HANDED_OVER, at, ""
    if message.kind == MessageKind.ACCOUNT:
        message.text = ""
    return "handed over"


def may_leave(recipient: str, guests: Iterable[str]) -> bool:
    """Whether mail to ``recipient`` may leave: everywhere, or only to guests where a list is set."""
    guests = {canonical(guest) for guest in guests if guest.strip()}
    return not guests or canonical(recipient) in guests
