"""The marks of the timeline: what each means in words, and a shape of its own, so that none needs a colour."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class MarkKind(StrEnum):
    """What happened to a notice at one moment."""

    PREPARED = "prepared"
    EDITED = "edited"
    REMINDED = "reminded"
    DUE = "due"
    OVERDUE = "overdue"
    RELEASED = "released"
    HANDED_OVER = "handed-over"
    ACKNOWLEDGED = "acknowledged"
    RECORDED = "recorded"
    NOT_SENT = "not-sent"
    HELD = "held"
    FAILED = "failed"
    BOUNCED = "bounced"


M = MarkKind
# In the order of the key. "Handed to the mail server", never "delivered": nobody knows (ux.md 5).
MARKS: "Mapping[MarkKind, _StrPromise]" = MappingProxyType(
    {
        M.PREPARED: _("Letter prepared"),
        M.EDITED: _("Letter edited"),
        M.DUE: _("Fell due"),
        M.OVERDUE: _("Due for three days, and not done"),
        M.REMINDED: _("Holder reminded"),
        M.RELEASED: _("Released by the holder"),
        M.HANDED_OVER: _("Handed to the mail server"),
        M.ACKNOWLEDGED: _("Acknowledged by the funder"),
        M.RECORDED: _("Recorded as done"),
        M.NOT_SENT: _("Not sent, by choice"),
        M.HELD: _("Held: it may have been sent"),
        M.FAILED: _("Could not be sent"),
        M.BOUNCED: _("Came back undeliverable"),
    }
)
_ROUND, _SOLID, _LINES = "hollow", "solid", "lines"
# Around (0, 0), at most nine to each side: how it is painted, then its path.
_PATHS: Mapping[MarkKind, tuple[str, str]] = MappingProxyType(
    {
        M.PREPARED: (_ROUND, "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z"),
        M.EDITED: (_ROUND, "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z"),
        M.DUE: (_ROUND, "M0 -8L8 0L0 8L-8 0Z"),
        M.OVERDUE: (_SOLID, "M0 -8L8 0L0 8L-8 0Z"),
        M.REMINDED: (_ROUND, "M0 -7L7 6H-7Z"),
        M.RELEASED: (_SOLID, "M-6 -7L8 0L-6 7Z"),
        M.HANDED_OVER: (_SOLID, "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z"),
        M.ACKNOWLEDGED: (_LINES, "M-8 0L-3 6L8 -7"),
        M.RECORDED: (_SOLID, "M-6 -6H6V6H-6Z"),
        M.NOT_SENT: (_ROUND, "M-7 -7H7V7H-7ZM-4 0H4"),
        M.HELD: (_LINES, "M-4 -7V7M4 -7V7"),
        M.FAILED: (_LINES, "M-7 -7L7 7M-7 7L7 -7"),
        M.BOUNCED: (_LINES, "M7 7V-2a5 5 0 0 0 -10 0V6M-8 1L-3 7L2 1"),
    }
)
_TONES: Mapping[MarkKind, str] = MappingProxyType(
    {
        M.HANDED_OVER: "good",
        M.ACKNOWLEDGED: "good",
        M.RECORDED: "good",
        M.HELD: "problem",
        M.FAILED: "problem",
        M.BOUNCED: "problem",
        M.DUE: "attention",
        M.OVERDUE: "attention",
    }
)


def shape(kind: MarkKind) -> SafeString:
    """Return the mark's shape; without any style sheet it is drawn in the colour of the text."""
    paint, path = _PATHS[kind]
    return format_html(
        '<path class="mark mark--{} mark--{}" data-mark="{}" d="{}" fill="{}" '
        'stroke="currentColor" stroke-width="{}"/>',
        paint,
        _TONES.get(kind, "plain"),
        kind.value,
        path,
        "currentColor" if paint == _SOLID else "none",
        3 if paint == _LINES else 2,
    )
