"""Reminders of notices to those who owe them: by the portal itself, or asked for by a colleague."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from applications import invitation_mail, outbox, permissions, reminder_mail
from applications.actions.claiming import claim, event_of, record
from applications.actions.drafting import current_member
from applications.actions.invitation_limits import forgotten_digest
from applications.actions.posting import fresh_links
from applications.actions.refusals import (
    AddressForgotten,
    NoAddress,
    NotConfirmed,
    NothingOpen,
    RemindersOff,
    TooSoon,
)
from applications.models import (
    Application,
    Event,
    ForgottenAddress,
    Happening,
    MailGate,
    Membership,
    Message,
    MessageKind,
    Notice,
)
from applications.models.invitation import REMINDER_AFTER
from applications.queries.addresses import published_addresses
from applications.queries.mailboxes import Mailbox, mailbox_of
from applications.queries.reminding import NEVER_LEFT, REMINDABLE, Owed, owed_reminders, takes_part
from applications.rules.notices import OWED
from applications.workflow import FINAL, NotAllowed, Status
from directory.addresses import canonical
from directory.models import User

# Of no use any more when the mail server was down for longer.
WORTH = timedelta(days=2)
# People in one transaction; the worker comes back at once where there are more.
REMINDERS_AT_ONCE = 100


@transaction.atomic
def owe_due_reminders(*, at: datetime) -> int:
    """Owe every holder whose notices are due for 3 or 10 days one mail about all of them.

    The statements are the same for one row as for many. Several workers may call it at once: one
    does it, and the others find it being done. Returns how many mails are owed; with ``REMINDERS_AT_ONCE``
    there may be more to do.
    """
    if not _alone():
        return 0
    wanted = _not_forgotten(owed_reminders(at))[:REMINDERS_AT_ONCE]
    if not wanted:
        return 0
    # Applications that somebody works on now are left for the next time: nobody waits.
    locked = set(
        Application.objects.select_for_update(skip_locked=True)
        .filter(pk__in={one.application.pk for one in wanted})
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    # Read again: what was read before the locks may have been dealt with meanwhile.
    owed = _not_forgotten(owed_reminders(at, locked))[:REMINDERS_AT_ONCE]
    known = set(
        Message.objects.filter(dedupe_key__in=[one.key for one in owed]).values_list(
            "dedupe_key", flat=True
        )
    )
    _owe([one for one in owed if one.key not in known], at)
    return len(owed)


def _alone() -> bool:
    """Hold the mail switch's row, so that one worker at a time reminds; none while mail is held."""
    outbox.mail_gate()
    gate = MailGate.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    return gate is not None and not outbox.is_held(gate)


def _not_forgotten(found: Sequence[Owed]) -> list[Owed]:
    digests = {one.key: forgotten_digest(one.mailbox.email) for one in found}
    forgotten = set(
        ForgottenAddress.objects.filter(digest__in=digests.values()).values_list(
            "digest", flat=True
        )
    )
    return [one for one in found if digests[one.key] not in forgotten]


def _owe(owed: Sequence[Owed], at: datetime) -> None:
    links = fresh_links([one.member for one in owed if one.mailbox.account is None], at)
    mails = []
    for one in owed:
        token = links[one.member.pk][1] if one.mailbox.account is None else ""
        mails.append(
            _drafted(
                one.application, one.member, one.mailbox, one.notices, one.key, token, None, at
            )
        )
    Message.objects.bulk_create(mails)
    Event.objects.bulk_create(
        event_of(
            one.application,
            Happening.NOTICE_REMINDED,
            None,
            at,
            membership=one.member.pk,
            message=mail.pk,
            notices=[row.pk for row in one.notices],
        )
        for one, mail in zip(owed, mails, strict=True)
    )


def _drafted(
    application: Application,
    member: Membership,
    mailbox: Mailbox,
    notices: Sequence[Notice],
    key: str,
    token: str,
    by: User | None,
    at: datetime,
) -> Message:
    mail = reminder_mail.due_mail(
        application=application, member=member, mailbox=mailbox, notices=notices, by=by
    )
    return outbox.draft_mail(
        kind=MessageKind.DUE,
        dedupe_key=key,
        application=application,
        recipient=mailbox.email,
        subject=mail.subject,
        text=mail.text,
        secret=invitation_mail.personal_address(token, mailbox.language) if token else "",
        by=by,
        at=at,
        expires_at=at + WORTH,
    )


@transaction.atomic
def remind_holder(*, application_id: int, membership_id: int, by: User, at: datetime) -> Message:
    """Mail a holder a colleague's reminder of their notices, due or not yet.

    :raises NotPermitted: ``by`` is not of the team's writers (staff do not remind)
    :raises Membership.DoesNotExist: the person has left the team
    :raises NotAllowed, NothingOpen, NotConfirmed, RemindersOff, NoAddress, AddressForgotten,
        TooSoon: see ``must_be_remindable``
    """
    application = claim(application_id, permissions.INVITE, by)
    member = current_member(application, membership_id)
    mailbox, notices = must_be_remindable(application, member, at)
    token = "" if mailbox.account else fresh_links([member], at)[member.pk][1]
    key = f"due:{member.pk}:by:{by.pk}:{at.isoformat()}"
    mail = _drafted(application, member, mailbox, notices, key, token, by, at)
    mail.save(force_insert=True)
    record(
        application,
        Happening.NOTICE_REMINDED,
        by,
        at,
        membership=member.pk,
        message=mail.pk,
        notices=[row.pk for row in notices],
    )
    return mail


def must_be_remindable(
    application: Application, member: Membership, at: datetime
) -> tuple[Mailbox, list[Notice]]:
    """Return where a reminder would go, and of which notices. It changes nothing, so pages ask it too.

    :raises NotAllowed: the application is over
    :raises NothingOpen: nothing is to be done about any notice of theirs
    :raises NotConfirmed: the person does not take part, or not yet
    :raises RemindersOff: the person wants no reminders
    :raises NoAddress: there is no address, or it is a funder's or a machine's
    :raises AddressForgotten: the owner of the address asked not to be written to
    :raises TooSoon: the address was reminded less than 72 hours ago, by whomever
    """
    if application.status in FINAL - {Status.ADOPTED}:
        raise NotAllowed(Happening.NOTICE_REMINDED, application.status)
    notices = list(
        Notice.objects.filter(
            application=application,
            holder=member,
            removed_at=None,
            follows=None,
            strength__in=OWED,
            state__in=REMINDABLE,
        )
        .select_related("body", "agency", "grant")
        .order_by("pk")
    )
    if not notices:
        raise NothingOpen
    if not takes_part(member):
        raise NotConfirmed
    if member.reminders_off_at is not None:
        raise RemindersOff
    mailbox = mailbox_of(member)
    told = (row.recipient_email for row in notices if row.recipient_email)
    funders = {canonical(one) for one in (*told, *published_addresses())}
    if mailbox is None or canonical(mailbox.email) in funders:
        raise NoAddress
    if ForgottenAddress.objects.filter(digest=forgotten_digest(mailbox.email)).exists():
        raise AddressForgotten
    last = (
        Message.objects.filter(
            kind=MessageKind.DUE,
            recipient__iexact=mailbox.email,
            created_at__gt=at - REMINDER_AFTER,
        )
        .exclude(state__in=NEVER_LEFT)
        .order_by("-created_at")
        .first()
    )
    if last is not None:
        raise TooSoon(last.created_at + REMINDER_AFTER)
    return mailbox, notices
