"""Mails are owed inside the act that causes them: recorded with it, or not at all."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from applications.models import (
    Actor,
    Application,
    Message,
    MessageKind,
    Notice,
    account_of,
    member_of,
)
from directory.models import User

# A code is worthless when the page that asks for it has timed out; the longest lives an hour.
CODES_LAST = timedelta(hours=1)


def one_line(text: str) -> str:
    """Return the text fit for a header: every control character and line break is a space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def record_account_mail(*, recipient: str, subject: str, text: str, at: datetime) -> Message:
    """Owe a mail of sign-in (a code). Its text is erased once handed over or failed: it opens an account."""
    return Message.objects.create(
        dedupe_key=f"account:{secrets.token_hex(16)}",
        kind=MessageKind.ACCOUNT,
        recipient=recipient,
        subject=one_line(subject),
        text=text,
        created_at=at,
        available_at=at,
        expires_at=at + CODES_LAST,
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
            asked_by=by,
            created_at=at,
            available_at=at,
        )
    # One statement: the unique key makes the second writing of the same receipt nothing.
    Message.objects.bulk_create([message], ignore_conflicts=True)


def draft_mail(
    *,
    kind: MessageKind,
    dedupe_key: str,
    application: Application,
    recipient: str,
    subject: str,
    text: str,
    at: datetime,
    by: Actor | None = None,
    secret: str = "",
    expires_at: datetime | None = None,
) -> Message:
    """Return a mail about an application that is not owed yet.

    ``secret`` is the address that ``LINK`` in the text stands for until the mail is handed over;
    ``by`` caused the mail and is told where it cannot be delivered.
    """
    return Message(
        dedupe_key=dedupe_key,
        kind=kind,
        application=application,
        recipient=recipient,
        subject=one_line(subject),
        text=text,
        secret=secret,
        asked_by=account_of(by),
        asked_by_member=member_of(by),
        created_at=at,
        available_at=at,
        expires_at=expires_at,
    )


def record_mail(**mail: Any) -> Message:
    """Owe one mail about an application. Call inside the action, once for each ``dedupe_key``.

    Takes what ``draft_mail`` takes.
    """
    message = draft_mail(**mail)
    message.save(force_insert=True)
    return message


def record_letter(
    notice: Notice,
    *,
    dedupe_key: str,
    subject: str,
    text: str,
    sender_name: str,
    reply_to: str,
    secret: str,
    by: Actor,
    at: datetime,
) -> Message:
    """Owe a letter to the one recipient of a notice that is released. Call inside the action."""
    return Message.objects.create(
        dedupe_key=dedupe_key,
        kind=MessageKind.NOTICE,
        application=notice.application,
        notice=notice,
        recipient=notice.recipient_email,
        sender_name=one_line(sender_name),
        reply_to=reply_to,
        subject=one_line(subject),
        text=text,
        secret=secret,
        asked_by=account_of(by),
        asked_by_member=member_of(by),
        created_at=at,
        available_at=at,
    )
