"""What to do next about a notice, for its holder, for who may record on behalf, and for who only reads."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Message
from applications.wording.mails import mail_error_in_words
from applications.workflow import NoticeState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Reader(StrEnum):
    """Who reads the list, as far as one notice goes."""

    HOLDER = "HOLDER"
    RECORDS = "RECORDS"  # on behalf, with a reason: the team's writers and the agency's officers
    READS = "READS"


N = NoticeState
H, R, L = Reader.HOLDER, Reader.RECORDS, Reader.READS
_MENDS = _(
    "%(holder)s corrects the address and releases the letter again, or tells the funder another way."
)
# Only the holder edits and releases; others record what the holder did (product.md 6).
NEXT_STEPS: "Mapping[tuple[NoticeState, Reader], _StrPromise]" = MappingProxyType(
    {
        (N.NOTHING_OWED, H): _("Nothing to do. If you write to the funder, you may record it."),
        (N.NOTHING_OWED, R): _("Nothing to do. If the funder was written to, you may record it."),
        (N.NOTHING_OWED, L): _("Nothing to do."),
        (N.NOT_YET_DUE, H): _(
            "Nothing is due yet. You can already read the letter, fill in what is open, and change "
            "its words."
        ),
        (N.NOT_YET_DUE, R): _("Nothing is due yet. %(holder)s can already finish the letter."),
        (N.NOT_YET_DUE, L): _("Nothing is due yet. %(holder)s can already finish the letter."),
        (N.DUE, H): _(
            "Open the letter, read it and release it; or send it from your own mailbox and record "
            "that you did."
        ),
        (N.DUE, R): _(
            "%(holder)s is to release the letter. If it was sent another way, you may record that "
            "on behalf, with a reason."
        ),
        (N.DUE, L): _("%(holder)s is to release the letter, or to send it another way."),
        (N.RELEASED, H): _("Nothing to do now: the letter leaves when the mail server takes it."),
        (N.RELEASED, R): _("Nothing to do now: the letter leaves when the mail server takes it."),
        (N.RELEASED, L): _("Nothing to do now: the letter leaves when the mail server takes it."),
        (N.HANDED_OVER, H): _(
            "Nothing more to do. Nobody can tell whether it was read, unless the funder "
            "acknowledges it behind the link in the letter."
        ),
        (N.RECORDED, H): _("Nothing more to do."),
        (N.ACKNOWLEDGED, H): _(
            "Nothing more to do: the funder confirmed it behind the link in the letter."
        ),
        (N.NOT_SENT_BY_CHOICE, H): _(
            "Nothing more is expected. You can still release the letter, or record that the funder "
            "was told."
        ),
        (N.NOT_SENT_BY_CHOICE, R): _(
            "Nothing more is expected. %(holder)s can still release the letter; you may record that "
            "the funder was told."
        ),
        (N.NOT_SENT_BY_CHOICE, L): _("Nothing more is expected."),
        (N.FAILED, H): _(
            "Correct the address and release the letter again; or tell the funder another way and "
            "record that."
        ),
        (N.FAILED, R): _MENDS,
        (N.FAILED, L): _MENDS,
        (N.BOUNCED, H): _(
            "Correct the address and release the letter again; or tell the funder another way and "
            "record that."
        ),
        (N.BOUNCED, R): _MENDS,
        (N.BOUNCED, L): _MENDS,
        (N.HELD, H): _(
            "Ask %(recipient)s whether the letter arrived. If it did, record that; if not, release "
            "it again."
        ),
        (N.HELD, R): _(
            "%(holder)s asks %(recipient)s whether the letter arrived. Only %(holder)s can release "
            "it again; if it arrived, you may record that."
        ),
        (N.HELD, L): _(
            "%(holder)s asks %(recipient)s whether the letter arrived, and releases it again if not."
        ),
    }
)
# A letter that staff stopped never left, so nobody need be asked whether it arrived.
_STOPPED: "Mapping[Reader, _StrPromise]" = MappingProxyType(
    {
        H: _(
            "The letter did not leave. You can release it again, or tell the funder another way and "
            "record that."
        ),
        R: _(
            "The letter did not leave. Only %(holder)s can release it again; if the funder was told "
            "another way, you may record that."
        ),
        L: _("The letter did not leave. Only %(holder)s can release it again."),
    }
)


def next_step(
    state: str, reader: Reader, *, holder: str, recipient: str, stopped: bool = False
) -> str:
    """Say what is to be done next; what is done asks nothing of anybody. ``stopped``: by staff."""
    step = (
        (stopped and _STOPPED[reader])
        or NEXT_STEPS.get((NoticeState(state), reader))
        or NEXT_STEPS[NoticeState(state), H]
    )
    return str(step) % {"holder": holder, "recipient": recipient}


def trouble(state: str, letter: Message | None) -> str:
    """Say why a letter needs a person: what the mail server said, or what staff wrote.

    ``state`` is its notice's; ``letter`` the one that was released last, if any was.
    """
    error = letter.error if letter else ""
    if letter and letter.stopped_by_staff(state):
        words = gettext("The agency's staff stopped the letter: %(reason)s")
        return words % {"reason": letter.reason}
    if state == N.HELD:
        return gettext(
            "The connection to the mail server broke after the whole letter was given: it may have "
            "been sent, so the portal does not send it again by itself."
        )
    if state == N.BOUNCED and not error:
        return gettext("The mail server took the letter, and it came back undeliverable.")
    return mail_error_in_words(error)
