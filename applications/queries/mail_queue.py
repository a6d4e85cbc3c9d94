"""What staff see of the outbox: how much waits and since when, and what happened to one mail."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from applications.models import Event, Message, MessageState
from applications.models.message import UNSENT
from applications.wording.server_answers import SENTENCES, Cause, cause_of
from directory.models import User

# What a person may have to look at; what was handed over or discarded is history.
OPEN_STATES = (
    MessageState.WAITING,
    MessageState.SENDING,
    MessageState.HELD,
    MessageState.FAILED,
    MessageState.BOUNCED,
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many mails stand in each open state, and when the oldest unsent one was written."""

    counts: dict[MessageState, int]
    oldest: datetime | None

    @property
    def unsent(self) -> int:
        return sum(self.counts[state] for state in UNSENT)

    @property
    def trouble(self) -> int:
        return self.counts[MessageState.HELD] + self.counts[MessageState.FAILED]


def backlog(messages: QuerySet[Message]) -> Backlog:
    """Count the open ones of these mails, in one statement."""
    found = {
        state: (number, oldest)
        for state, number, oldest in messages.filter(state__in=OPEN_STATES)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"), Min("created_at"))
    }
    return Backlog(
        counts={state: found.get(state, (0, None))[0] for state in OPEN_STATES},
        oldest=min((found[state][1] for state in UNSENT if state in found), default=None),
    )


def backlog_of(user: User) -> Backlog:
    """The backlog of the mail that ``user`` sees as staff."""
    return backlog(Message.objects.of_staff(user))


def stopped_by(message: Message) -> str:
    """Return what stopped a mail, in a sentence; nothing where nothing did."""
    if message.state == MessageState.HANDED_OVER:
        return ""
    by_worker = message.state == MessageState.HELD and not message.reason
    cause = cause_of(code=message.reply_code, error=message.error, held=by_worker)
    return "" if cause == Cause.NOTHING else str(SENTENCES[cause])


def events_of(message: Message) -> QuerySet[Event]:
    """What was recorded about one mail, in order."""
    return (
        Event.objects.filter(application=message.application_id, details__message=message.pk)
        .select_related("user", "membership__researcher")
        .order_by("at", "pk")
    )
