"""What officers and approvers do with one mail of the outbox: hold it, let it go again, discard it."""

from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.claiming import claim, record
from applications.actions.consents import ReasonNeeded
from applications.actions.delivery import move_notice
from applications.actions.refusals import BeingHandedOver, ForItsHolder, NoLongerOfUse
from applications.actions.troubles import tell_asker
from applications.models import Application, Happening, Invitation, Message, MessageState, Notice
from applications.workflow import NOTICE_TRANSITIONS, NotAllowed, NoticeAct
from directory.models import User

HOLD, SEND_AGAIN, DISCARD = "HOLD", "SEND_AGAIN", "DISCARD"
S = MessageState
MAY_FOLLOW = {
    HOLD: frozenset({S.WAITING}),
    SEND_AGAIN: frozenset({S.HELD, S.FAILED}),
    DISCARD: frozenset({S.WAITING, S.HELD, S.FAILED}),
}


@transaction.atomic
def hold_message(*, message_id: int, reason: str, by: User, at: datetime) -> Message:
    """Keep a waiting mail from leaving until somebody lets it go.

    A letter's notice is held with it, and its holder is told: only they can send it again.

    :raises ReasonNeeded: no reason is given
    :raises BeingHandedOver: a worker has the mail
    :raises NotAllowed: the mail does not wait
    :raises NotPermitted: ``by`` is not an officer or approver of the call's agency
    :raises Message.DoesNotExist: there is none that belongs to an application
    """
    application, message = _claim(message_id, HOLD, by)
    _needs(reason)
    message.state, message.reason = MessageState.HELD, reason
    message.save(update_fields=["state", "reason"])
    _follow(message, application, NoticeAct.HOLD, at)
    record(application, Happening.MAIL_HELD, by, at, reason=reason, message=message.pk)
    return message


@transaction.atomic
def send_again(*, message_id: int, by: User, at: datetime) -> Message:
    """Let a held or failed mail of the portal's own go: as if new, but with the same Message-ID.

    :raises ForItsHolder: it is a letter to a funder, which only its holder may send
    :raises NoLongerOfUse: its time is over, its invitation has ended, or its address is forgotten
    :raises BeingHandedOver, NotAllowed, NotPermitted, Message.DoesNotExist: as ``hold_message``
    """
    application, message = _claim(message_id, SEND_AGAIN, by)
    if message.to_funder:
        raise ForItsHolder
    if not of_use(message, at):
        raise NoLongerOfUse
    message.state, message.attempts, message.available_at = MessageState.WAITING, 0, at
    message.error, message.reason, message.reply_code = "", "", None
    message.save(
        update_fields=["state", "attempts", "available_at", "error", "reason", "reply_code"]
    )
    record(application, Happening.MAIL_RELEASED, by, at, message=message.pk)
    return message


@transaction.atomic
def discard_message(*, message_id: int, reason: str, by: User, at: datetime) -> Message:
    """Give up a mail that has not left: it never will.

    A letter's notice then counts as not sent, and its holder is told, unless they were told before.
    Of one that may have left nobody is any the wiser: its notice stays held, and releasing it again
    still asks the holder whether it may arrive twice.

    :raises ReasonNeeded, BeingHandedOver, NotAllowed, NotPermitted, Message.DoesNotExist:
        as ``hold_message``
    """
    application, message = _claim(message_id, DISCARD, by)
    _needs(reason)
    may_have_left = message.state == MessageState.HELD and not message.reason
    message.state, message.reason, message.secret = MessageState.DISCARDED, reason, ""
    message.save(update_fields=["state", "reason", "secret"])
    if not may_have_left:
        _follow(message, application, NoticeAct.FAIL, at)
    record(application, Happening.MAIL_DISCARDED, by, at, reason=reason, message=message.pk)
    return message


def of_use(message: Message, at: datetime) -> bool:
    """Whether a mail still says something that is true at ``at``, to somebody."""
    if not message.recipient or (message.expires_at and message.expires_at <= at):
        return False
    invitation = Invitation.objects.filter(message=message).first()
    return invitation is None or (not invitation.ended_how and invitation.expires_at > at)


def _claim(message_id: int, act: str, by: User) -> tuple[Application, Message]:
    """Lock the mail after its application and its notice, as the worker does, and ask whether ``act`` follows."""
    owner, notice = (
        Message.objects.filter(application__isnull=False)
        .values_list("application_id", "notice_id")
        .get(pk=message_id)
    )
    application = claim(owner, permissions.HANDLE_MAIL, by)
    if notice is not None:
        Notice.objects.select_for_update(of=("self",)).get(pk=notice)
    message = (
        Message.objects.select_for_update(of=("self",)).select_related("notice").get(pk=message_id)
    )
    if message.state == MessageState.SENDING:
        raise BeingHandedOver
    if message.state not in MAY_FOLLOW[act]:
        raise NotAllowed(act, message.state)
    return application, message


def _needs(reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded


def _follow(message: Message, application: Application, act: NoticeAct, at: datetime) -> None:
    """Bring a letter's notice along and tell its holder, unless they or the funder moved it on meanwhile."""
    if message.notice is not None and message.notice.state in NOTICE_TRANSITIONS[act][0]:
        move_notice(message, application, at)
        message.notice.refresh_from_db(fields=["state"])
        tell_asker(application, message, at)
