"""Why a mail has not left, in words: the mail server's answer and the worker's own remarks."""

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from applications.wording.labels import Words


class Cause(StrEnum):
    """What stopped a mail, as far as the answer tells."""

    NOTHING = "NOTHING"
    VANISHED = "VANISHED"
    UNANSWERED = "UNANSWERED"
    NOT_A_GUEST = "NOT_A_GUEST"
    OUT_OF_DATE = "OUT_OF_DATE"
    FORGOTTEN = "FORGOTTEN"
    OVERTAKEN = "OVERTAKEN"
    POISON = "POISON"
    NOT_ADMITTED = "NOT_ADMITTED"
    UNREACHABLE = "UNREACHABLE"
    DOMAIN_UNKNOWN = "DOMAIN_UNKNOWN"
    MAILBOX_UNKNOWN = "MAILBOX_UNKNOWN"
    MAILBOX_CLOSED = "MAILBOX_CLOSED"
    MAILBOX_FULL = "MAILBOX_FULL"
    TOO_LARGE = "TOO_LARGE"
    SPAM = "SPAM"
    GREYLISTED = "GREYLISTED"
    BUSY = "BUSY"
    LATER = "LATER"
    REFUSED = "REFUSED"


SENTENCES: "Words" = {
    Cause.NOTHING: _("Nothing has gone wrong."),
    Cause.VANISHED: _(
        "The worker that was handing it over stopped in the middle. It may have been sent."
    ),
    Cause.UNANSWERED: _(
        "The mail server was given the whole text and did not answer. It may have been sent."
    ),
    Cause.NOT_A_GUEST: _(
        "This is a trial server, and the address is not on its guest list. It was not sent."
    ),
    Cause.OUT_OF_DATE: _("Its time was over before it could be sent, so it was given up."),
    Cause.FORGOTTEN: _("The person asked to be forgotten, so it was given up."),
    Cause.OVERTAKEN: _("What it says is no longer so, so it was given up."),
    Cause.POISON: _(
        "The mail itself could not be built: something in its address, its subject or its text "
        "is not fit for a mail. It was not sent."
    ),
    Cause.NOT_ADMITTED: _(
        "The mail server does not admit this portal. This concerns all mail, not this one: "
        "tell the operators."
    ),
    Cause.UNREACHABLE: _("The mail server could not be reached, or broke off. It was not sent."),
    Cause.DOMAIN_UNKNOWN: _("No mail server is known for what stands behind the @ in the address."),
    Cause.MAILBOX_UNKNOWN: _("The mail server knows no such mailbox. The address may be wrong."),
    Cause.MAILBOX_CLOSED: _("The mailbox exists, but takes no mail any more."),
    Cause.MAILBOX_FULL: _("The mailbox is full, or the server has no room."),
    Cause.TOO_LARGE: _("The mail is larger than the server takes."),
    Cause.SPAM: _(
        "The server refused it as unwanted mail, or because of a rule of its own. "
        "Ask the operators to speak with that server's postmaster."
    ),
    Cause.GREYLISTED: _(
        "The server asks senders that it does not know to come again later. "
        "This is usual and passes by itself."
    ),
    Cause.BUSY: _("The server is busy or closed for a moment."),
    Cause.LATER: _("The server could not take it at that moment and asks to try again later."),
    Cause.REFUSED: _("The server refused it for good, without a reason that we know."),
}

# The remarks of the worker itself, as the outbox writes them.
REMARKS = {
    "the worker vanished while handing it over": Cause.VANISHED,
    "not on the guest list of this server": Cause.NOT_A_GUEST,
    "out of date": Cause.OUT_OF_DATE,
    "forgotten": Cause.FORGOTTEN,
    "overtaken by a later step": Cause.OVERTAKEN,
}
LEADING = re.compile(r"\W*([245]\d\d)\b")  # the server's code, where an answer was noted
BUILT_BADLY = re.compile(r"[A-Z][A-Za-z]+: ")  # the name of a Python error
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
# Of these (code, detail) pairs of RFC 3463 the meaning is sure.
DETAILS = {
    **dict.fromkeys([("1", "1"), ("1", "3"), ("1", "6"), ("1", "10")], Cause.MAILBOX_UNKNOWN),
    **dict.fromkeys([("1", "2"), ("4", "4")], Cause.DOMAIN_UNKNOWN),
    ("2", "1"): Cause.MAILBOX_CLOSED,
    **dict.fromkeys([("2", "2"), ("3", "1")], Cause.MAILBOX_FULL),
    **dict.fromkeys([("2", "3"), ("3", "4")], Cause.TOO_LARGE),
    **dict.fromkeys([("4", "1"), ("4", "2")], Cause.UNREACHABLE),
    ("3", "2"): Cause.BUSY,
}
# Words beat numbers: many servers answer every question with 550. The first that fits.
WORDS = (
    (Cause.GREYLISTED, r"gr[ea]y.?list"),
    (Cause.NOT_ADMITTED, r"relay|authenticat(?:ion|e) (?:is )?required|not authenticated"),
    (Cause.DOMAIN_UNKNOWN, r"(?:domain|host)(?: name)? (?:was )?not found|no such domain|nxdomain"),
    (Cause.MAILBOX_CLOSED, r"(?:mailbox|account|user)\S* (?:is |has been )?(?:disabled|inactive|suspended|closed)"),
    (Cause.MAILBOX_FULL, r"quota|(?:mail)?box (?:is )?full|insufficient (?:system )?storage|out of storage"),
    (Cause.TOO_LARGE, r"too (?:large|big)|exceeds? .{0,30}size|size limit"),
    (
        Cause.MAILBOX_UNKNOWN,
        r"(?:user|mailbox|recipient|address|account)\S* .{0,40}(?:unknown|not found|does ?n.t exist|does not exist|not exist)"
        r"|(?:unknown|no such|invalid|nonexistent) (?:\w+ )?(?:user|mailbox|recipient|address|account)",
    ),
    (Cause.SPAM, r"spam|black.?list|block.?list|blocked|reputation|policy|unsolicited|junk|virus|dmarc|\bspf\b|dkim|spamhaus"),
)  # fmt: skip
CODES = {
    **dict.fromkeys([530, 534, 535, 538], Cause.NOT_ADMITTED),
    421: Cause.BUSY,
    **dict.fromkeys([432, 450, 451], Cause.LATER),
    **dict.fromkeys([452, 552], Cause.MAILBOX_FULL),
    **dict.fromkeys([550, 551, 553], Cause.MAILBOX_UNKNOWN),
    554: Cause.SPAM,
}


def cause_of(*, code: int | None, error: str, held: bool = False) -> Cause:
    """Say what stopped a mail: ``error`` is what the worker noted, ``held`` that nobody knows whether it left."""
    if error in REMARKS:
        return REMARKS[error]
    if not error and code is None:
        return Cause.UNANSWERED if held else Cause.NOTHING
    leading = LEADING.match(error)
    if code is None and leading is None:
        if BUILT_BADLY.match(error):
            return Cause.POISON
        return Cause.UNANSWERED if held else Cause.UNREACHABLE
    number = code or int(leading[1] if leading else 0)
    if CODES.get(number) == Cause.NOT_ADMITTED:
        return Cause.NOT_ADMITTED
    for cause, pattern in WORDS:
        if re.search(pattern, error, re.IGNORECASE):
            return cause
    if (found := ENHANCED.search(error)) and found[1] != "2":
        subject, detail = found[2], found[3]
        if (subject, detail) in DETAILS:
            return DETAILS[subject, detail]
        if subject == "7":  # security or policy
            return Cause.SPAM if number >= 500 else Cause.LATER
    return CODES.get(number, Cause.REFUSED if number >= 500 else Cause.LATER)


def reason_in_words(reason: str) -> str:
    """Say why a mail was held or discarded: the worker's remark as a sentence, staff's own words as they are."""
    return str(SENTENCES[REMARKS[reason]]) if reason in REMARKS else reason
