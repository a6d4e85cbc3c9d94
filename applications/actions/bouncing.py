"""Mail that came back: staff read the mailbox that it comes back to, and note it for the team."""

from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.claiming import claim, record
from applications.actions.delivery import move_notice
from applications.actions.refusals import NotHandedOver
from applications.actions.troubles import tell_asker
from applications.models import Happening, Message, MessageState
from directory.models import User


@transaction.atomic
def mark_bounced(*, message_id: int, by: User, at: datetime) -> Message:
    """Note that a mail came back undeliverable; noting it twice is noting it once.

    An invitation that it carried stays open, so that its address can be corrected.

    :raises NotHandedOver: the mail server never took it
    :raises NotPermitted: ``by`` is not an officer or approver of the call's agency
    :raises Message.DoesNotExist: there is none that belongs to an application
    """
    owner = (
        Message.objects.only("application_id")
        .get(pk=message_id, application__isnull=False)
        .application_id
    )
    application = claim(owner, permissions.NOTE_BOUNCE, by)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.state == MessageState.BOUNCED:
        return message
    if message.state != MessageState.HANDED_OVER:
        raise NotHandedOver
    message.state = MessageState.BOUNCED
    message.save(update_fields=["state"])
    move_notice(message, application, at)
    tell_asker(application, message, at)
    record(application, Happening.MAIL_BOUNCED, by, at, message=message.pk)
    return message
