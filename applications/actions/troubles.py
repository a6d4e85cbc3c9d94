"""Whoever caused a mail is told when it cannot be delivered: once, in words, and never a machine."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from applications import invitation_mail, outbox, permissions, trouble_mail
from applications.actions.claiming import claim
from applications.actions.invitation_limits import forgotten_digest
from applications.actions.posting import fresh_links
from applications.actions.refusals import NoAddress, TooSoon
from applications.models import (
    Application,
    Event,
    ForgottenAddress,
    Happening,
    Invitation,
    Membership,
    Message,
    MessageKind,
    MessageState,
    Notice,
)
from applications.queries.addresses import published_addresses
from applications.queries.mailboxes import Mailbox, mailbox_of
from applications.workflow import NEEDS_A_PERSON, NotAllowed
from directory.addresses import canonical, of_a_machine
from directory.models import User

# Of these nobody is told: news of news would never end, and a code's page says that it can be
# asked for anew.
NOT_TOLD_OF = frozenset({MessageKind.TROUBLE, MessageKind.ACCOUNT})
# Staff may have the holder told again, but not twice by a double click.
AGAIN_AFTER = timedelta(hours=24)


def tell_asker(application: Application, message: Message, at: datetime) -> Message | None:
    """Owe whoever caused ``message`` the news that it cannot be delivered, once for each mail.

    Call inside the act that notes it; ``application`` is locked. Nobody is told where nobody caused
    it, where it is their own address that failed (their pages show it), where they have left the
    team, or where the address is a funder's or a machine's.
    """
    key = f"trouble:{message.pk}"
    if not _is_trouble(message) or Message.objects.filter(dedupe_key=key).exists():
        return None
    return _tell(application, message, key, at)


@transaction.atomic
def tell_holder_again(*, message_id: int, by: User, at: datetime) -> Message:
    """Have the holder told once more of a letter that needs them: only they can send it again.

    :raises NotAllowed: the letter's notice does not need a person, or it is not a letter
    :raises TooSoon: the holder was told less than 24 hours ago
    :raises NoAddress: there is nowhere to write to the holder
    :raises NotPermitted: ``by`` is not an officer or approver of the call's agency
    :raises Message.DoesNotExist: there is none that belongs to an application
    """
    owner = (
        Message.objects.only("application_id")
        .get(pk=message_id, application__isnull=False)
        .application_id
    )
    application = claim(owner, permissions.NOTE_BOUNCE, by)
    message = Message.objects.get(pk=message_id)
    if message.notice is None or message.notice.state not in NEEDS_A_PERSON:
        raise NotAllowed(Happening.NOTICE_REMINDED, message.state)
    key = f"trouble:{message.pk}"
    told = Message.objects.filter(
        Q(dedupe_key=key) | Q(dedupe_key__startswith=f"{key}:"), created_at__gt=at - AGAIN_AFTER
    )
    last = told.order_by("-created_at").first()
    if last is not None:
        raise TooSoon(last.created_at + AGAIN_AFTER)
    mail = _tell(application, message, f"{key}:{at.isoformat()}", at)
    if mail is None:
        raise NoAddress
    return mail


def _is_trouble(message: Message) -> bool:
    """Whether the mail will not arrive by itself any more, by a server's word or for a letter."""
    if message.kind in NOT_TOLD_OF:
        return False
    if message.state == MessageState.FAILED:
        return message.to_funder or message.reply_code is not None
    if message.state in (MessageState.HELD, MessageState.DISCARDED):
        return message.to_funder
    return message.state == MessageState.BOUNCED


def _tell(application: Application, message: Message, key: str, at: datetime) -> Message | None:
    member, mailbox = _asker(application, message)
    if mailbox is None or not _may_be_told(mailbox, message):
        return None
    secret = ""
    if mailbox.account is None and member is not None:
        token = fresh_links([member], at)[member.pk][1]
        secret = invitation_mail.personal_address(token, mailbox.language)
    mail = trouble_mail.trouble_mail(
        application=application, message=message, mailbox=mailbox, meant=_meant(message)
    )
    return outbox.record_mail(
        kind=MessageKind.TROUBLE,
        dedupe_key=key,
        application=application,
        recipient=mailbox.email,
        subject=mail.subject,
        text=mail.text,
        secret=secret,
        at=at,
    )


def _asker(application: Application, message: Message) -> tuple[Membership | None, Mailbox | None]:
    """Who is told, and where: a letter's holder, else the account or member that caused the mail."""
    people = Membership.objects.current().select_related("researcher__user")
    if message.notice_id is not None:
        holder = Notice.objects.only("holder_id").get(pk=message.notice_id).holder_id
        member = people.filter(pk=holder).first()
    elif message.asked_by_member_id is not None:
        member = people.filter(pk=message.asked_by_member_id).first()
    else:
        return None, _of_account(application, message.asked_by)
    return member, mailbox_of(member) if member else None


def _of_account(application: Application, account: User | None) -> Mailbox | None:
    """Of somebody who has left the team, nothing is told any more."""
    if account is None or not account.is_active or of_a_machine(account.email):
        return None
    sees = Application.objects.visible_to(account).filter(pk=application.pk)
    return Mailbox(account.email, account.language, account) if sees.exists() else None


def _may_be_told(mailbox: Mailbox, message: Message) -> bool:
    address = canonical(mailbox.email)
    funders = {canonical(one) for one in published_addresses()}
    if address == canonical(message.recipient) or address in funders:
        return False
    digest = forgotten_digest(mailbox.email)
    return not ForgottenAddress.objects.filter(digest=digest).exists()


def _meant(message: Message) -> Membership | None:
    """The member whom an invitation or a reminder was for."""
    people = Membership.objects.select_related("researcher")
    if message.kind == MessageKind.DUE:
        reminded = Event.objects.filter(
            application=message.application_id,
            act=Happening.NOTICE_REMINDED,
            details__message=message.pk,
        ).first()
        return people.filter(pk=reminded.details["membership"]).first() if reminded else None
    invited = Invitation.objects.filter(message=message).only("membership_id").first()
    return people.get(pk=invited.membership_id) if invited else None
