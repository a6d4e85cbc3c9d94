"""Releasing a letter: the holder presses send, and the message is owed with the record of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from applications import outbox, permissions
from applications.actions.claiming import record
from applications.actions.composing import LetterMail, letter_mail, may_be_released
from applications.actions.refusals import Conflict
from applications.actions.telling import claim_notice, put_aside
from applications.models import (
    Actor,
    Channel,
    Happening,
    Message,
    Notice,
    ReleasedLetter,
    account_of,
    member_of,
)
from applications.models.invitation import new_token, token_digest
from applications.queries.ledger import ledger
from applications.workflow import NotAllowed, NoticeAct, NoticeState, next_notice_state

LINK_LASTS = timedelta(days=400)
# The letters are English, and so is the address in them; its page speaks both languages.
LANGUAGE = "en"
AGAIN = "the holder released the letter again"


class LetterIncomplete(Exception):
    """Something is missing without which nothing leaves; ``lacks`` as in ``LetterMail``."""

    def __init__(self, lacks: Sequence[str]) -> None:
        super().__init__(", ".join(lacks))
        self.lacks = tuple(lacks)


class MayArriveTwice(Exception):
    """The letter was held because it may have been sent; the holder has not said to send it all the same."""


@transaction.atomic
def release_notice(
    *, notice_id: int, seen: str, by: Actor, at: datetime, twice: bool = False
) -> ReleasedLetter:
    """Owe the letter of a notice to its one recipient, as the preview showed it (``seen``).

    The secret of its link is kept with the message until that is handed over, and nowhere else.
    ``twice``: the holder knows that a held letter may arrive a second time.

    :raises NotPermitted: ``by`` is not the holder of the grant
    :raises NotAllowed: the row owes nothing, or the letter is on its way or settled
    :raises LetterIncomplete: parts of it are unknown, or an address is missing or unusable
    :raises MayArriveTwice: it was held, and ``twice`` is not said
    :raises Conflict: what would leave is not what the preview showed
    """
    notice = claim_notice(notice_id, by, permissions.RELEASE)
    was = notice.state
    state = next_notice_state(NoticeAct.RELEASE, was)
    mail = _mail_of(notice)
    if mail.lacks:
        raise LetterIncomplete(mail.lacks)
    if was == NoticeState.HELD and not twice and may_have_left(notice):
        raise MayArriveTwice
    if seen != mail.fingerprint:
        raise Conflict({"seen": mail.fingerprint}, {"seen": seen})
    put_aside(notice, AGAIN)
    notice.state, notice.recipient_email = state, mail.recipient
    notice.channel, notice.done_to, notice.done_on = Channel.PORTAL, mail.recipient, None
    notice.done_by, notice.done_by_member = account_of(by), member_of(by)
    notice.on_behalf, notice.reason, notice.proof = False, "", None
    notice.save()
    token = new_token()
    message = outbox.record_letter(
        notice,
        dedupe_key=f"notice:{notice.pk}:{mail.earlier + 1}",
        subject=mail.subject,
        text=mail.text,
        sender_name=mail.sender_name,
        reply_to=mail.reply_to,
        secret=acknowledge_address(token),
        by=by,
        at=at,
    )
    letter = ReleasedLetter.objects.create(
        notice=notice,
        message=message,
        template_version=mail.letter.template_version,
        edited=mail.letter.edited,
        token_digest=token_digest(token),
        released_at=at,
        released_by=account_of(by),
        released_by_member=member_of(by),
        expires_at=at + LINK_LASTS,
    )
    record(
        notice.application, Happening.NOTICE_RELEASED, by, at, notice=notice.pk, message=message.pk
    )
    return letter


def may_have_left(notice: Notice) -> bool:
    """Whether nobody knows if the last letter left; one that staff stopped did not."""
    last = Message.objects.filter(notice=notice).order_by("-pk").first()
    return last is not None and not last.stopped_by_staff(notice.state)


def _mail_of(notice: Notice) -> LetterMail:
    book = ledger(notice.application)
    row = book.find(notice.pk)
    if row is None or not may_be_released(row):
        raise NotAllowed(NoticeAct.RELEASE, notice.state)
    return letter_mail(book, row, earlier=notice.letters.count())


def acknowledge_address(token: str) -> str:
    """Return the address behind a letter's link."""
    with translation.override(LANGUAGE):
        return settings.PORTAL_URL + reverse("applications:acknowledge", args=[token])
