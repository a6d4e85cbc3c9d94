"""Which edition an address asks for: one by its code, or the list of one agency as of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.formatting import long_date
from directory.models import Edition


@dataclass(frozen=True, slots=True)
class AskedEdition:
    """The edition that answers, the day asked for, and what is wrong with the question, in words.

    Without an edition and without a problem no list of that day is kept.
    """

    edition: Edition | None
    problem: str = ""
    day: date | None = None


def asked_edition(params: Mapping[str, str], owner: str) -> AskedEdition:
    """Return the edition that ``edition=CODE``, ``edition=2024-07-10`` or ``as_of=2024-07-10`` asks for.

    Nothing asked: the newest of ``owner``'s list. A code may be of either agency's list, if it is
    published; a day asks what ``owner``'s page said on it (no code is a date, by a constraint).
    """
    code, day = params.get("edition", "").strip(), params.get("as_of", "").strip()
    if code and day:
        return AskedEdition(None, _("Ask for an edition or for a day, not for both."))
    if not code and not day:
        return AskedEdition(Edition.objects.newest(owner))
    asked = _day(day or code)
    if asked is not None:
        return AskedEdition(Edition.objects.said_on(asked, owner), day=asked)
    if day:
        return AskedEdition(
            None, _("“%(text)s” is not a day. Write it as 2024-07-10.") % {"text": day[:40]}
        )
    found = Edition.objects.published().filter(code=code[:60]).first()
    if found is None:
        words = _("No published list has the code “%(code)s”. Leave it out for the newest list.")
        return AskedEdition(None, words % {"code": code[:60]})
    return AskedEdition(found)


def none_kept(asked: AskedEdition, owner: str) -> str:
    """Return the sentence for a day before the first list of ``owner`` that is kept here."""
    language = get_language()
    day = long_date(asked.day, language) if asked.day else ""
    first = Edition.objects.of(owner).published().newest_first().last()
    if first is None:
        return _("No list of %(day)s is kept here.") % {"day": day}
    words = _(
        "No list of %(day)s is kept here. The earliest one is as of %(as_of)s; the page said so from "
        "%(updated_on)s on."
    )
    return words % {
        "day": day,
        "as_of": long_date(first.as_of, language),
        "updated_on": long_date(first.updated_on, language),
    }


def _day(text: str) -> date | None:
    """The day that is written as 2024-07-10, and in no other of the ways that ISO 8601 has."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None
