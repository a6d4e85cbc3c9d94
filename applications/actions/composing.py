"""The message to a funder before it is released: worded once, so that what the preview shows is what leaves."""

import hashlib
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings

from applications.letters import Letter, draft, missing_in, one_line
from applications.models.message import LINK
from applications.queries.ledger import Ledger, LedgerRow
from applications.rules.notices import OWED
from applications.workflow import NOTICE_TRANSITIONS, NoticeAct
from directory import addresses
from directory.formatting import person_name
from directory.models import RecipientKind, Researcher

# What the portal adds below every letter; English, as the letter is.
CLOSING = (
    "* * *\n"
    "%(holder)s released this letter through the ASPIRE matching portal (%(portal)s), which sent "
    "it on behalf of %(holder)s. Answers go to %(holder)s at %(email)s.\n"
    "You can confirm receipt without an account at:\n%(link)s"
)
PRACTICE = "This is practice: there is no such application, and nothing needs to be done.\n\n"
SENDER = "%(holder)s via ASPIRE portal"
# Message.sender_name holds 200 letters, and a name may have as many.
LONGEST_NAME = 170
RECIPIENT, RECIPIENT_REFUSED, ANSWERS, ANSWERS_REFUSED = (
    *("recipient", "recipient_refused", "answers", "answers_refused"),
)


@dataclass(frozen=True, slots=True)
class LetterMail:
    """One letter as it would leave now. In the text ``LINK`` stands for the secret address."""

    recipient: str
    sender_name: str
    reply_to: str
    subject: str
    text: str
    letter: Letter
    earlier: int  # letters released for this notice before

    @property
    def sender_address(self) -> str:
        """The portal's own address, which the holder's name stands before."""
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What stands in the way of sending: codes of addresses, and open parts as written."""
        found = []
        for address, none, refused in (
            (self.recipient, RECIPIENT, RECIPIENT_REFUSED),
            (self.reply_to, ANSWERS, ANSWERS_REFUSED),
        ):
            if not address:
                found.append(none)
            elif addresses.refusal(address):
                found.append(refused)
        return (*found, *self.letter.missing, *missing_in(self.sender_name))

    @property
    def fingerprint(self) -> str:
        """What tells this message from any other that was shown or sent.

        The number of earlier letters is in it: a press of the button that is repeated after the
        letter failed does not send it once more.
        """
        parts = (self.recipient, self.sender_name, self.reply_to, self.subject, self.text)
        return hashlib.sha256("\n".join((*parts, str(self.earlier))).encode()).hexdigest()


def about(book: Ledger, row: LedgerRow) -> dict[str, Any]:
    """Return what a draft of the row's letter is made from."""
    return {
        "application": book.application,
        "holder": row.notice.holder.researcher,
        "lead": book.lead,
        "grants": row.grants,
        "call": book.application.call,
        "row": row.row,
        "templates": book.templates,
    }


def may_be_released(row: LedgerRow) -> bool:
    """Whether the row has a letter that its state lets the holder send; the holder's rights apart."""
    sources, _target = NOTICE_TRANSITIONS[NoticeAct.RELEASE]
    return row.has_letter and not row.crossed_out and row.notice.state in sources


def published_address(row: LedgerRow) -> str:
    """Return the address that the edition publishes for this notice; nobody types another.

    Funder addresses come from the reviewed directory alone where it has one (hazard 27), and an
    address for questions is never one for a notice.
    """
    rule = row.rule
    if rule is None or rule.recipient != RecipientKind.ADDRESS or rule.strength not in OWED:
        return ""
    return rule.address


def recipient_of(row: LedgerRow) -> str:
    """Return the one address that the letter goes to: the published one, else the holder's entry.

    Practice reaches no funder, as its banner says: there the letter comes to the holder instead.
    """
    published = published_address(row)
    if published and row.notice.application.call.is_practice:
        return answers_to(row.notice.holder.researcher)
    return published or row.notice.recipient_email


def letter_mail(book: Ledger, row: LedgerRow, *, earlier: int) -> LetterMail:
    """Word the message of one notice: the letter, and below it where answers and receipts go.

    :raises NothingToSay: the row only informs
    """
    letter = draft(row.notice, **about(book, row))
    holder = row.notice.holder.researcher
    name = _name(holder)
    answers = answers_to(holder)
    practice = book.application.call.is_practice
    closing = CLOSING % {
        "holder": name,
        "portal": settings.PORTAL_URL,
        "email": answers,
        "link": LINK,
    }
    return LetterMail(
        recipient=recipient_of(row),
        sender_name=SENDER % {"holder": name},
        reply_to=answers,
        subject=one_line(("[Practice] " if practice else "") + letter.subject)[:300],
        text=f"{PRACTICE if practice else ''}{letter.text}\n\n{closing}\n",
        letter=letter,
        earlier=earlier,
    )


def answers_to(holder: Researcher) -> str:
    """Return the holder's own address: the recorded one, else that of their account."""
    return holder.email or (holder.user.email if holder.user else "")


def _name(holder: Researcher) -> str:
    return one_line(person_name(holder.name, holder.name_latin, "en")[0])[:LONGEST_NAME]
