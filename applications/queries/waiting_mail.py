"""Mail of one application that has not left: what waits for the mail server, and what waits for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from applications.models import Application, Message, MessageState
from applications.models.message import UNSENT

# Shorter waits are the outbox at work and worry nobody.
WORTH_SAYING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """How many mails wait and since when; ``since`` of none is None."""

    unsent: int
    unsent_since: datetime | None
    held: int
    held_since: datetime | None


def waiting_mail(application: Application, at: datetime) -> WaitingMail:
    """Count the mails that a team should know have not left, in one statement."""
    late = Q(state__in=UNSENT, created_at__lte=at - WORTH_SAYING)
    held = Q(state=MessageState.HELD)
    found = Message.objects.filter(late | held, application=application).aggregate(
        unsent=Count("pk", filter=late),
        unsent_since=Min("created_at", filter=late),
        held=Count("pk", filter=held),
        held_since=Min("created_at", filter=held),
    )
    return WaitingMail(**found)
