"""Handing mail to the mail server: what is due leaves, each mail's outcome is noted, one bad mail stops no other."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import Error as DatabaseTrouble

from applications.models import Message, MessageKind, MessageState
from applications.models.message import LINK, MAX_ATTEMPTS, UNSENT
from applications.outbox.claiming import (
    Settle,
    claim_due,
    give_back,
    lease_holds,
    noted,
    settle_vanished,
    settles,
)
from applications.outbox.gate import is_held, mail_gate
from applications.outbox.noting import Notes
from applications.outbox.outcomes import (
    SERVER_PAUSE,
    NotTaken,
    Outcome,
    Stage,
    outcome_of,
    pause_before_retry,
)
from applications.outbox.smtp import SmtpBackend
from directory.addresses import canonical, deliverable_form

NOT_A_GUEST = "not on the guest list of this server"
OUT_OF_DATE = "out of date"
RETRIES = frozenset({Outcome.RETRY_QUICKLY, Outcome.RETRY_SLOWLY})
STATES = {
    Outcome.HANDED_OVER: MessageState.HANDED_OVER,
    Outcome.FAILED: MessageState.FAILED,
    Outcome.HELD: MessageState.HELD,
    Outcome.DISCARDED: MessageState.DISCARDED,
    Outcome.RETRY_QUICKLY: MessageState.WAITING,
    Outcome.RETRY_SLOWLY: MessageState.WAITING,
}


def nothing_follows(message: Message, at: datetime) -> None:
    """The outcome of a mail concerns nobody else."""


def deliver_due(
    *,
    now: Callable[[], datetime],
    settle: Settle = nothing_follows,
    connection: Any = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Hand one batch of due messages to the mail server and note the outcome of each.

    ``now`` tells the database's moment; ``settle`` does what follows from an outcome, in the same
    transaction; a ``connection`` that is given stays open for the next batch. A crash between the
    server's answer and the note repeats one of the portal's own mails after its lease, with the
    same Message-ID, and holds a letter to a funder for a person. None is lost.
    Returns how many were handed over, retried, given back, failed, held.
    """
    tally: Counter[str] = Counter()
    if is_held(mail_gate()):
        return tally
    tally[Outcome.HELD.value] += settle_vanished(now(), settle)
    batch = claim_due(now())
    server, notes = connection or get_connection(), Notes()
    # A note is written while the server is asked about the next mail, and waited for before that
    # mail's text is given: never is more than one mail taken and not yet noted.
    staged = isinstance(server, SmtpBackend)
    if staged:
        server.before_text = notes.land
    try:
        for place, message in enumerate(batch):
            if stopping() or not lease_holds(message, now()):
                notes.land()
                tally[Outcome.GIVEN_BACK.value] += give_back(batch[place:], at=now())
                break
            if not staged:
                notes.land()
            outcome, error = _outcome(message, server, now)
            notes.land()
            if outcome in RETRIES and message.attempts >= MAX_ATTEMPTS:
                outcome = Outcome.FAILED
            if outcome == Outcome.GIVEN_BACK:
                later = now() + SERVER_PAUSE
                tally[outcome.value] += give_back(batch[place:], at=later, error=error)
                break
            fields = _write_down(message, outcome, error, now())
            if outcome == Outcome.HANDED_OVER and not settles(message):
                notes.send(message, ("state", "error", *fields))
            elif noted(message, settle, now(), *fields):
                tally[outcome.value] += 1
        notes.land()
        tally[Outcome.HANDED_OVER.value] += notes.written
    finally:
        notes.close()
        if connection is None:
            server.close()
    return +tally


def _outcome(message: Message, server: Any, now: Callable[[], datetime]) -> tuple[Outcome, str]:
    message.reply_code = None
    if message.expires_at and message.expires_at <= now():
        return Outcome.DISCARDED, OUT_OF_DATE
    if not may_leave(message.recipient, settings.RECIPIENT_GUEST_LIST):
        return Outcome.FAILED, NOT_A_GUEST
    try:
        server.open()
        server.send_messages([_mail(message, server)])
    except NotTaken as refusal:
        message.reply_code = refusal.code
        outcome = outcome_of(refusal.stage, refusal.code, to_funder=message.to_funder)
        return outcome, str(refusal)
    except (DatabaseTrouble, psycopg.Error):
        raise  # the note of the mail before was not taken: no more mail from this worker
    except OSError as error:  # a backend that is not SMTP: no stage is known
        outcome = outcome_of(Stage.CONTENT, None, to_funder=message.to_funder)
        return outcome, str(error)
    except Exception as error:
        # Whatever is wrong with one mail (header, address, text) never holds up the others;
        # such a mail was never begun, so trying again repeats nothing.
        return Outcome.RETRY_QUICKLY, f"{type(error).__name__}: {error}"
    return Outcome.HANDED_OVER, ""


def _write_down(message: Message, outcome: Outcome, error: str, at: datetime) -> list[str]:
    """Put the outcome into the message, and return which fields changed beside state and error."""
    message.state, message.error = STATES[outcome], error[:500]
    fields = ["reply_code"]
    if outcome == Outcome.HANDED_OVER:
        message.handed_over_at, message.secret = at, ""
        fields += ["handed_over_at", "secret"]
    elif outcome == Outcome.DISCARDED:
        message.secret, message.reason = "", OUT_OF_DATE
        fields += ["secret", "reason"]
    elif message.state == MessageState.WAITING:
        message.available_at = at + pause_before_retry(outcome, message.attempts)
        fields.append("available_at")
    if message.kind == MessageKind.ACCOUNT and message.state not in UNSENT:
        message.text = ""  # a code opens an account, and nobody sends a failed one again
        fields.append("text")
    return fields


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands at the head of a mail: exactly what leaves, and what staff are shown of it."""

    sender: str
    recipient: str
    reply_to: str
    message_id: str


def envelope(message: Message) -> Envelope:
    """Return the head of a mail. The Message-ID is the key's: the same however often it is tried."""
    name, address = _portal(settings.DEFAULT_FROM_EMAIL)
    return Envelope(
        sender=formataddr((message.sender_name or name, address)),
        recipient=deliverable_form(message.recipient),
        reply_to=deliverable_form(message.reply_to) if message.reply_to else "",
        message_id=f"<{message.local_id}@{message_id_domain()}>",
    )


def message_id_domain() -> str:
    """Return the domain of this portal's Message-IDs."""
    return _portal(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"


@cache
def _portal(written: str) -> tuple[str, str]:
    return parseaddr(written)


def _mail(message: Message, server: Any) -> EmailMessage:
    head = envelope(message)
    return EmailMessage(
        message.subject,
        message.text.replace(LINK, message.secret) if message.secret else message.text,
        from_email=head.sender,
        to=[head.recipient],
        reply_to=[head.reply_to] if head.reply_to else None,
        connection=server,
        headers={"Message-ID": head.message_id, "Auto-Submitted": "auto-generated"},
    )


def may_leave(recipient: str, guests: Iterable[str]) -> bool:
    """Whether mail to ``recipient`` may leave: everywhere, or only to guests where a list is set."""
    guests = {canonical(guest) for guest in guests if guest.strip()}
    return not guests or canonical(recipient) in guests
