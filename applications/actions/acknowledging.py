"""The funder's answer to a letter: received, once, without an account."""

from datetime import datetime

from django.db import transaction

from applications.actions.claiming import lock, record
from applications.actions.telling import put_aside
from applications.models import Channel, Happening, Notice, ReleasedLetter
from applications.workflow import NoticeAct, NoticeState, next_notice_state
from directory.models import JAPAN_TIME

RECEIVED = "the funder confirmed receipt"


class LinkExpired(Exception):
    """The link acted until a day that has passed."""


@transaction.atomic
def acknowledge_letter(*, letter_id: int, note: str = "", at: datetime) -> ReleasedLetter:
    """Record that a letter's recipient confirmed receipt, with a note of theirs; the first answer stands.

    A letter that was released again meanwhile is acknowledged like any other: whoever has its
    link has the letter. The portal itself is the actor, for nobody knows who pressed the button.

    :raises LinkExpired: too long has passed since the release
    """
    owner = ReleasedLetter.objects.select_related("notice").get(pk=letter_id).notice
    application = lock(owner.application_id)
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=owner.pk)
    letter = (
        ReleasedLetter.objects.select_for_update(of=("self",))
        .select_related("message")
        .get(pk=letter_id)
    )
    if letter.acknowledged_at is not None:
        return letter
    if letter.expires_at <= at:
        raise LinkExpired
    letter.acknowledged_at, letter.note = at, note
    letter.save(update_fields=["acknowledged_at", "note"])
    if notice.state != NoticeState.ACKNOWLEDGED:
        _note_arrival(notice, letter, at)
        put_aside(notice, RECEIVED)
    record(
        application,
        Happening.NOTICE_ACKNOWLEDGED,
        None,
        at,
        notice=notice.pk,
        message=letter.message_id,
    )
    return letter


def _note_arrival(notice: Notice, letter: ReleasedLetter, at: datetime) -> None:
    """Bring the notice to ``ACKNOWLEDGED``; what was recorded as told otherwise stays as it was."""
    if notice.state != NoticeState.RECORDED:
        notice.channel, notice.done_to = Channel.PORTAL, letter.message.recipient
        notice.done_by, notice.done_by_member = letter.released_by, letter.released_by_member
        notice.on_behalf, notice.reason = False, ""
    notice.state = next_notice_state(NoticeAct.ACKNOWLEDGE, notice.state)
    notice.acknowledged_at = at
    # One that was held has arrived after all, at the latest today.
    notice.done_on = notice.done_on or at.astimezone(JAPAN_TIME).date()
    notice.save()
