"""The words that tell somebody that a mail could not be delivered, and what would mend it."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from applications.invitation_mail import Mail, rendered
from applications.models import Application, Membership, Message, MessageKind, MessageState, Role
from applications.models.message import LINK
from applications.queries.mailboxes import Mailbox
from applications.wording.mails import mail_error_in_words
from directory.plain_text import unlinked

# Mended on the page of the team's people: the address is the team's entry.
OF_PEOPLE = frozenset({MessageKind.INVITATION, MessageKind.REMINDER, MessageKind.DUE})


def trouble_mail(
    *,
    application: Application,
    message: Message,
    mailbox: Mailbox,
    meant: Membership | None,
) -> Mail:
    """Word what was to be sent to which address, what came of it, and what to do about it.

    ``meant`` is the member whom the mail was for, where it was for one. Of news for the team no
    address is shown: who else leads a team is not everybody's to know.
    """
    notice = message.notice
    stopped = notice is not None and message.stopped_by_staff(notice.state)
    # Discarded by staff, and still nobody knows whether it left: the notice stays held.
    in_doubt = message.state == MessageState.DISCARDED and not stopped
    with translation.override(mailbox.language):
        context = {
            "application": application,
            "call": application.call,
            "kind": message.kind,
            "state": MessageState.HELD if in_doubt else message.state,
            "stopped": unlinked(message.reason, 500) if stopped else "",
            "label": message.get_kind_display(),
            "body": notice.body.acronym if notice else "",
            "person": unlinked(meant.researcher.name) if meant else "",
            "recipient": message.recipient,
            "created_at": message.created_at,
            "answered": _answered(message),
            "page": _page(application, message, mailbox, meant),
            "theirs": _is_theirs(message, meant),
            "signs_in": mailbox.account is not None,
        }
    return rendered("trouble", mailbox.language, context, application)


def _answered(message: Message) -> str:
    if message.state == MessageState.BOUNCED:
        return _(
            "The mail server took it and sent it back: there is nobody at this address, or the "
            "mailbox takes no mail."
        )
    return mail_error_in_words(message.error) if message.state == MessageState.FAILED else ""


def _is_theirs(message: Message, meant: Membership | None) -> bool:
    """Whether the address is that of an account, which its owner alone changes."""
    return message.kind == MessageKind.DUE and bool(meant and meant.researcher.user_id)


def _page(
    application: Application, message: Message, mailbox: Mailbox, meant: Membership | None
) -> str:
    """The page where it is mended; for who has no account ``LINK`` stands for their own page."""
    if mailbox.account is None:
        return f"{LINK}notices/{message.notice_id}/" if message.notice_id else LINK
    ref = application.team.ref
    if message.notice_id:
        return settings.PORTAL_URL + reverse(
            "applications:mine_notice", args=[ref, message.notice_id]
        )
    if _is_theirs(message, meant):
        return settings.PORTAL_URL + reverse("applications:notices", args=[ref])
    if message.kind in OF_PEOPLE and meant is not None:
        people = "team_people" if meant.role == Role.PARTNER else "team_japan"
        page = reverse(f"applications:{people}", args=[ref])
        return f"{settings.PORTAL_URL}{page}#person-{meant.pk}"
    return settings.PORTAL_URL + reverse("applications:mine", args=[ref])
