"""What a published list is read into: a funder's row, and why a page or a row cannot be read."""

import re
import unicodedata
from dataclasses import dataclass

MOST_ROWS = 2_000
# Longer than any note; also bounds the work on one cell, whose letters NFKC may multiply.
MOST_LETTERS = 20_000
MOST_OF_ALL_NOTES = 200_000
MOST_OF_A_NAME = 300
MOST_OF_A_KIND = 200
# Seen as nothing, or reversing what is seen: controls but the end of a line, soft hyphens, joiners,
# bidi controls, half a character. They would make one text out of two that look alike.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_KIND = re.compile(r"existing grants?( ?\+ ?(a )?chance of (an )?additional grants?)?")
WHY = {
    "EMPTY": "there is nothing in it",
    "TOO_LARGE": "it is larger than 5 MB",
    "NOT_TEXT": "it is neither text nor HTML, or in an encoding that is not known",
    "NO_TABLE": "it holds no table with the headings Country, Partner funding agency, "
    "Type of participation and Notes",
    "TOO_MUCH": "it holds more lines, tags or words than any list",
    "TOO_MANY_ROWS": f"its table has more than {MOST_ROWS:,} rows",
}


class Unreadable(ValueError):
    """The page cannot be read as a published list; ``code`` is one of ``WHY``."""

    def __init__(self, code: str) -> None:
        super().__init__(WHY[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class PageRow:
    """One funder as a page gives it; the note in the page's own words, its addresses decoded."""

    place: int
    country: str
    name: str
    participation: str
    note: str
    addresses: tuple[str, ...]


def kind_of(participation: str) -> str:
    """Return the code of a type of participation as published; "" where it is none that is known."""
    found = _KIND.fullmatch(one_line(unicodedata.normalize("NFKC", participation)).casefold())
    if not found:
        return ""
    return "EXISTING_OR_ADDITIONAL" if found[1] else "EXISTING"


def seen(text: str) -> str:
    """Return the text without what is not seen, no longer than a cell may be."""
    return _UNSEEN.sub("", text[:MOST_LETTERS])


def one_line(text: str) -> str:
    """Return the text with single spaces and no line breaks."""
    return " ".join(text.split())


def plain(text: str) -> str:
    """Return a name or a heading for reading: half-width, single spaces, nothing unseen."""
    return one_line(unicodedata.normalize("NFKC", seen(text)))
