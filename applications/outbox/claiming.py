"""Who sends which mail: a batch is leased to one worker, and given back, held or freed when that one vanishes."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import Error as DatabaseTrouble
from django.db import transaction
from django.db.models import F, Q

from applications.models import Message, MessageKind, MessageState
from applications.models.message import MAX_ATTEMPTS
from applications.outbox.noting import write

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
# The slowest conversation about one mail: five answers, each awaited for EMAIL_TIMEOUT (30 s).
SLOWEST = timedelta(minutes=4)
BATCH = 100
GONE = "the worker vanished while handing it over"

Settle = Callable[[Message, datetime], None]


def claim_due(at: datetime) -> list[Message]:
    """Take due messages, oldest first, and lease them so that no other worker does.

    Up to ``BATCH`` of the portal's own mail, or one letter to a funder: a worker that dies leaves
    no doubt about any letter but the one it was sending. Mail of a worker that died is taken one
    by one, so that what kills workers is alone when it has used up its tries.
    """
    with transaction.atomic():
        due = (
            Message.objects.due(at)
            .exclude(kind=MessageKind.NOTICE, state=MessageState.SENDING)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("available_at", "pk")
        )
        batch = list(due[:1])
        if batch and _fresh_own_mail(batch[0]):
            batch = list(takewhile(_fresh_own_mail, due[:BATCH]))
        for message in batch:
            message.attempts += 1
            message.state, message.available_at = MessageState.SENDING, at + LEASE
        Message.objects.filter(pk__in=[one.pk for one in batch]).update(
            attempts=F("attempts") + 1, state=MessageState.SENDING, available_at=at + LEASE
        )
    return batch


def _fresh_own_mail(message: Message) -> bool:
    return not message.to_funder and message.state == MessageState.WAITING


def lease_holds(message: Message, at: datetime) -> bool:
    """Whether there is time for one more conversation before another worker may take the mail."""
    return at + SLOWEST < message.available_at


def give_back(messages: Sequence[Message], *, at: datetime, error: str = "") -> int:
    """Return leased mails that were not begun: to be sent from ``at`` on, no try counted."""
    if not messages:
        return 0
    changes = {"error": error[:500]} if error else {}
    return (
        Message.objects.filter(pk__in=[one.pk for one in messages], state=MessageState.SENDING)
        .filter(available_at=messages[0].available_at)
        .update(state=MessageState.WAITING, attempts=F("attempts") - 1, available_at=at, **changes)
    )


def settle_vanished(at: datetime, settle: Settle) -> int:
    """Deal with mails whose worker died over them: a letter to a funder may have left, and is held.

    The portal's own mail needs nothing but its lease to end, unless it was tried often enough.
    Returns how many were dealt with.
    """
    lapsed = Message.objects.filter(state=MessageState.SENDING, available_at__lte=at)
    letters, worn = Q(kind=MessageKind.NOTICE), Q(attempts__gte=MAX_ATTEMPTS)
    count = 0
    for message in lapsed.filter(letters | worn):
        message.state = MessageState.HELD if message.to_funder else MessageState.FAILED
        message.error = GONE
        count += noted(message, settle, at)
    return count


def noted(message: Message, settle: Settle, at: datetime, *fields: str) -> bool:
    """Write what became of a leased mail, with all that follows from it, in one transaction.

    Nothing is written where another worker has taken the mail over meanwhile: it is that one's.
    Where what follows is impossible, the mail's own row says so and stops no other mail.
    """
    names = ("state", "error", *fields)
    if not settles(message):
        return write(message, names)
    try:
        with transaction.atomic():
            # First what follows, then the mail: the application is locked before its mails everywhere.
            settle(message, at)
            taken = write(message, names)
            if not taken:
                transaction.set_rollback(True)
        return taken
    except DatabaseTrouble:
        raise
    except Exception as refusal:
        mine = Message.objects.filter(
            pk=message.pk, state=MessageState.SENDING, attempts=message.attempts
        )
        if not mine.exists():  # another worker came first, and what follows was done once
            return False
        logger.exception("What follows from message %s could not be done.", message.pk)
        words = f"{message.error} (then: {type(refusal).__name__}: {refusal})".strip()
        message.error = words[:500]
        return write(message, names)


def settles(message: Message) -> bool:
    """Whether more follows than the mail's own row: a notice moves on, or somebody must be told."""
    left = message.state not in (MessageState.WAITING, MessageState.SENDING)
    return left and (message.to_funder or message.state != MessageState.HANDED_OVER)
