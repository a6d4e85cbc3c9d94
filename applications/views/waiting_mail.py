"""The banner about mail that has not left: what waits, since when, and that nothing is lost."""

from datetime import datetime

from django.utils.translation import get_language, ngettext

from applications.models import Application
from applications.queries.waiting_mail import waiting_mail
from directory.formatting import JAPAN, moment


def waiting_words(application: Application, at: datetime) -> list[str]:
    """Return the sentences of the banner, none where all mail has left in good time."""
    found, words = waiting_mail(application, at), []
    if found.unsent_since:
        words.append(
            ngettext(
                "%(count)s mail of your team has been waiting since %(since)s. "
                "Nothing is lost: it leaves as soon as mail goes out again.",
                "%(count)s mails of your team have been waiting since %(since)s. "
                "Nothing is lost: they leave as soon as mail goes out again.",
                found.unsent,
            )
            % {"count": found.unsent, "since": _in_japan(found.unsent_since)}
        )
    if found.held_since:
        words.append(
            ngettext(
                "%(count)s mail of your team, written at %(since)s, is held until a person has "
                "looked at it. A held letter to a funder waits for the grant holder.",
                "%(count)s mails of your team, the first written at %(since)s, are held until a "
                "person has looked at them. A held letter to a funder waits for the grant holder.",
                found.held,
            )
            % {"count": found.held, "since": _in_japan(found.held_since)}
        )
    return words


def _in_japan(at: datetime) -> str:
    return moment(at, JAPAN, get_language())
