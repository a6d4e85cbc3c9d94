"""Why a mail could not be sent, in words: what the mail server said is for machines."""

import re

from django.utils.translation import gettext as _

# RFC 5321 and 3463: the first three-digit code, and the enhanced code where there is one.
_CODE = re.compile(r"\b([45]\d\d)\b(?:[^\d]{1,6}([45]\.\d{1,3}\.\d{1,3}))?")


def mail_error_in_words(error: str) -> str:
    """Return a sentence about the error that the outbox noted for a mail it gave up."""
    if "guest list" in error:
        return _("This server sends mail to a list of guests only, and the address is not on it.")
    found = _CODE.search(error)
    code, enhanced = found.groups() if found else ("", None)
    if code in ("550", "551", "553") and (enhanced or "5.1.1").startswith("5.1."):
        return _("The mail server says that there is no such mailbox.")
    if code == "552" or enhanced in ("4.2.2", "5.2.2"):
        return _("The mail server says that the mailbox is full.")
    if code.startswith("5"):
        return _("The mail server refused the mail.")
    return _("The mail server could not be reached, or did not take the mail, five times in a row.")
