"""Why a mail could not be sent, for whoever had it sent: fewer words than staff read, from the same causes."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from applications.wording.server_answers import SENTENCES, Cause, cause_of

if TYPE_CHECKING:
    from applications.wording.labels import Words

_REFUSED = _("The mail server refused the mail.")
_GIVEN_UP = _(
    "The mail server could not be reached, or did not take the mail, five times in a row."
)
# What only operators could act on is told as a plain refusal; other causes have staff's sentence.
FOR_THE_ASKER: "Words" = {
    Cause.NOT_A_GUEST: _(
        "This server sends mail to a list of guests only, and the address is not on it."
    ),
    Cause.MAILBOX_UNKNOWN: _("The mail server says that there is no such mailbox."),
    Cause.MAILBOX_FULL: _("The mail server says that the mailbox is full."),
    **dict.fromkeys((Cause.SPAM, Cause.REFUSED, Cause.NOT_ADMITTED), _REFUSED),
    **dict.fromkeys((Cause.UNREACHABLE, Cause.BUSY, Cause.LATER, Cause.GREYLISTED), _GIVEN_UP),
    Cause.NOTHING: _GIVEN_UP,
}


def mail_error_in_words(error: str) -> str:
    """Return a sentence about the error that the outbox noted for a mail it gave up."""
    cause = cause_of(code=None, error=error)
    return str(FOR_THE_ASKER.get(cause) or SENTENCES[cause])
