"""Letters to the team that a later act has overtaken: what they say is no longer so, and none leaves."""

from datetime import datetime

from applications.actions.claiming import record
from applications.models import (
    Application,
    Happening,
    Message,
    MessageKind,
    MessageState,
    TeamLetter,
)
from directory.models import User

# What has not left, and is in no worker's hands.
STOPPED = frozenset({MessageState.WAITING, MessageState.HELD, MessageState.FAILED})

OVERTAKEN = "overtaken by a later step"


def drop_letters(application: Application, by: User, at: datetime) -> None:
    """Drop drafts of letters to the team, and discard the mails of released ones that have not left.

    Call inside the act that overtakes them, last: the application is locked, and its notices are
    locked before its mails everywhere.
    """
    for letter in TeamLetter.objects.filter(
        application=application, released_at=None, dropped_at=None
    ).order_by("pk"):
        letter.dropped_at = at
        letter.save(update_fields=["dropped_at"])
        record(application, Happening.TEAM_LETTER_DROPPED, by, at, letter=letter.pk, overtaken=True)
    # Locked whatever its state, so that none slips past between a worker's claim and its note.
    mails = Message.objects.filter(
        application=application,
        kind=MessageKind.DECISION,
        state__in=[*STOPPED, MessageState.SENDING],
    )
    for mail in mails.select_for_update(of=("self",)).order_by("pk"):
        if mail.state == MessageState.SENDING:
            # It may be leaving at this moment. Where it does not, it is out of date for the next try.
            mail.expires_at = at
            mail.save(update_fields=["expires_at"])
            continue
        mail.state, mail.reason, mail.secret = MessageState.DISCARDED, OVERTAKEN, ""
        mail.save(update_fields=["state", "reason", "secret"])
        record(application, Happening.MAIL_OVERTAKEN, by, at, message=mail.pk)
