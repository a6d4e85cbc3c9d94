"""Deadlines as a calendar (RFC 5545): moments in UTC, lines folded at 75 octets."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.formatting import JAPAN, moment
from directory.models import Call

OCTETS_PER_LINE = 75


def calendar(calls: Iterable[Call], *, address: str, at: datetime) -> str:
    """Return one event per call at the moment it closes; ``address`` is the portal's own, ``at`` now.

    The calls come ``with_moves``: a calendar that keeps an event by its UID takes the one with the
    higher sequence for the newer (RFC 5545 3.8.7.4).
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ASPIRE matching portal//calls//EN"]
    for call in calls:
        lines += _event(call, address, at)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(call: Call, address: str, at: datetime) -> list[str]:
    title = _("Deadline: %(call)s") % {"call": call.title}
    if call.is_practice:
        title = _("Practice: %(call)s") % {"call": title}
    closes = moment(call.closes_at, JAPAN, get_language())
    return [
        "BEGIN:VEVENT",
        f"UID:{call.code}@{urlsplit(address).hostname or 'portal'}",
        f"SEQUENCE:{call.moves}",
        f"DTSTAMP:{_stamp(at)}",
        *([f"LAST-MODIFIED:{_stamp(call.moved_at)}"] if call.moved_at else []),
        f"DTSTART:{_stamp(call.closes_at)}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(_('Closes %(moment)s.') % {'moment': closes})}",
        f"URL:{address}{reverse('directory:call', args=[call.code])}",
        "END:VEVENT",
    ]


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, safe)
    return text


def _folded(line: str) -> Iterator[str]:
    """Cut between letters, never inside one; every further piece begins with a space."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > OCTETS_PER_LINE:
            yield piece
            piece = " "
        piece += letter
    yield piece
