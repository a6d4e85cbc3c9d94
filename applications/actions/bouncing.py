"""Mail that came back: staff or the portal itself read the mailbox that it comes back to, and note it for the team."""

from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.claiming import claim, lock, record
from applications.actions.delivery import move_notice
from applications.actions.refusals import BeingHandedOver, NotHandedOver
from applications.actions.troubles import tell_asker
from applications.models import Application, Happening, Message, MessageState, Notice
from directory.models import User


@transaction.atomic
def mark_bounced(*, message_id: int, by: User, at: datetime) -> Message:
    """Note that a mail came back undeliverable; noting it twice is noting it once.

    An invitation that it carried stays open, so that its address can be corrected.

    :raises NotHandedOver: the mail server never took it
    :raises BeingHandedOver: a worker has it, and has not noted the outcome yet
    :raises NotPermitted: ``by`` is not an officer or approver of the call's agency
    :raises Message.DoesNotExist: there is none that belongs to an application
    """
    owner = (
        Message.objects.only("application_id")
        .get(pk=message_id, application__isnull=False)
        .application_id
    )
    return _note(message_id, claim(owner, permissions.NOTE_BOUNCE, by), by, at)


@transaction.atomic
def mark_returned(*, message_id: int, at: datetime) -> Message:
    """Note what a mail server's own report says: the mail came back undeliverable.

    A sign-in mail is of no application, and so its own row is all that tells of it.

    :raises NotHandedOver, BeingHandedOver: as ``mark_bounced``
    :raises Message.DoesNotExist: there is none
    """
    owner = Message.objects.only("application_id").get(pk=message_id).application_id
    return _note(message_id, None if owner is None else lock(owner), None, at)


def _note(
    message_id: int, application: Application | None, by: User | None, at: datetime
) -> Message:
    if application is not None:  # before the mail, as everywhere
        list(Notice.objects.select_for_update(of=("self",)).filter(messages=message_id))
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.state == MessageState.BOUNCED:
        return message
    if message.state == MessageState.SENDING:
        raise BeingHandedOver
    if message.state != MessageState.HANDED_OVER:
        raise NotHandedOver
    message.state = MessageState.BOUNCED
    message.save(update_fields=["state"])
    if application is not None:
        move_notice(message, application, at)
        tell_asker(application, message, at)
        record(application, Happening.MAIL_BOUNCED, by, at, message=message.pk)
    return message
