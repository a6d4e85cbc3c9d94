"""What follows from a mail's outcome, noted with it: its notice moves on, whoever caused it is told."""

from datetime import datetime

from applications.actions.claiming import lock, record
from applications.actions.troubles import tell_asker
from applications.models import (
    Application,
    Channel,
    Happening,
    Message,
    MessageState,
    Notice,
)
from applications.workflow import NoticeAct, NoticeState, next_notice_state
from directory.models import JAPAN_TIME

MOVES = {
    MessageState.HANDED_OVER: (NoticeAct.HAND_OVER, Happening.NOTICE_HANDED_OVER),
    MessageState.FAILED: (NoticeAct.FAIL, Happening.NOTICE_FAILED),
    MessageState.DISCARDED: (NoticeAct.FAIL, Happening.NOTICE_FAILED),
    MessageState.HELD: (NoticeAct.HOLD, Happening.NOTICE_HELD),
    MessageState.BOUNCED: (NoticeAct.BOUNCE, Happening.NOTICE_BOUNCED),
}


def settle_message(message: Message, at: datetime) -> None:
    """Do what follows from a mail's outcome. The worker calls it inside its own transaction.

    The application is locked first, as every act does, and the mail's own row is written last.
    """
    if message.application_id is None:
        return
    application = lock(message.application_id)
    move_notice(message, application, at)
    tell_asker(application, message, at)


def move_notice(message: Message, application: Application, at: datetime) -> None:
    """Bring the notice of a letter to where its mail stands now; ``application`` is locked.

    An earlier letter of a notice that was released again moves nothing, and a funder who
    acknowledged before the worker had noted the hand-over keeps the last word.
    """
    if message.notice_id is None:
        return
    newest = Message.objects.filter(notice=message.notice_id).order_by("-pk").first()
    if newest is None or newest.pk != message.pk:
        return
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=message.notice_id)
    act, happening = MOVES[MessageState(message.state)]
    if message.state == MessageState.HANDED_OVER:
        notice.channel, notice.done_to = Channel.PORTAL, message.recipient
        notice.done_on = at.astimezone(JAPAN_TIME).date()
        notice.done_by, notice.done_by_member = message.asked_by, message.asked_by_member
        notice.on_behalf, notice.reason = False, ""
    elif notice.state != NoticeState.ACKNOWLEDGED:
        notice.done_on = None  # what came back, or may not have left, is not done
    if notice.state != NoticeState.ACKNOWLEDGED:
        notice.state = next_notice_state(act, notice.state)
    notice.save()
    record(application, happening, None, at, notice=notice.pk, message=message.pk)
