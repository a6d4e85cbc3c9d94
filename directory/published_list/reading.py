"""Read a published page, text or HTML, into its rows; what cannot be read is named, never guessed."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

from directory.published_list import tables
from directory.published_list.decoding import as_text
from directory.published_list.notes import addresses_in
from directory.published_list.rows import (
    MOST_LETTERS,
    MOST_OF_A_KIND,
    MOST_OF_A_NAME,
    MOST_OF_ALL_NOTES,
    MOST_ROWS,
    PageRow,
    Unreadable,
    kind_of,
    one_line,
    plain,
    seen,
)

_FOOTNOTE = r"(?:\s{0,3}[※*]\s{0,3}\d+)?"
# As people copy it out of a browser or a file: the four headings, by spaces, tabs or lines.
_TEXT_HEADINGS = re.compile(
    r"\s{1,9}".join(
        word.replace(" ", r"\s{1,9}") + _FOOTNOTE
        for word in ("Country", "Partner funding agency", "Type of participation", "Notes?")
    )
    + r"[^\S\n]{0,9}(?=[\r\n]|\Z)",
    re.IGNORECASE,
)
# Capitals tell the type of participation from an "existing grant" in a sentence. A plus behind it
# belongs to it: where no known words follow, the type is another.
_TEXT_KIND = re.compile(
    r"\bExisting grants?\b( \+ (?:a )?[Cc]hance of (?:an )?additional grants?\b)?(?! ?\+)"
)
_AFTER_THE_TABLE = re.compile(
    r"\(?As of [A-Z][a-z]{2,8} \d{1,2}, \d{4}\)?\Z"
    r"|[※*] ?\d+ ?(?:Country|Replace)\b|Last updated\b.{0,12}\d"
)
# They begin with letters, which are looked for in one go through the page.
_AS_OF = re.compile(r"As\s{1,5}of\s{1,5}([A-Z][a-z]{2,8})\s{1,5}(\d{1,2}),\s{0,5}(\d{4})\b")
_UPDATED = re.compile(r"Last\s{1,5}updated\s{0,5}:?\s{0,5}(\d{1,2})/(\d{1,2})/(\d{2,4})\b")
MOST_LINES = 10_000
_BEGINNING = 800  # of a line; a name and a type of participation are within it
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Page:
    """A published page as it was read. ``unreadable`` names the rows that were not."""

    rows: tuple[PageRow, ...]
    unreadable: tuple[str, ...]
    as_of: date | None
    updated_on: date | None


def read_page(
    raw: bytes | str, *, funders: Collection[str] = (), countries: Collection[str] = ()
) -> Page:
    """Read a page: HTML where it holds a table, else text as people copy it.

    ``funders`` and ``countries`` are names that are known. In text, where nothing else ends a row,
    a line that begins with one and has no type of participation is named as unreadable; without
    it, it would be taken for more of the note above.

    :raises Unreadable: no encoding fits, it holds no table with the four headings, or more of
        anything than a list has
    """
    text = as_text(raw)
    if tables.HAS_TABLE.search(text):
        found = _in_table(text)
    else:
        found = _Lines(funders, countries).read(text)
    rows: list[PageRow] = []
    unreadable: list[str] = []
    letters = 0
    for one in found:
        if isinstance(one, str):
            unreadable.append(one)
            continue
        letters += len(one.note)
        if letters > MOST_OF_ALL_NOTES:
            raise Unreadable("TOO_MUCH")
        rows.append(replace(one, place=len(rows) + 1, addresses=addresses_in(one.note)))
    if not rows and not unreadable:
        raise Unreadable("NO_TABLE")
    return Page(tuple(rows), tuple(unreadable), *_dates(text))


def _row(country: str, name: str, participation: str, note: str) -> PageRow:
    lines = (one_line(line) for line in seen(note).splitlines())
    return PageRow(
        place=0,
        country=country[:MOST_OF_A_NAME],
        name=name[:MOST_OF_A_NAME],
        participation=participation[:MOST_OF_A_KIND],
        note="\n".join(line for line in lines if line),
        addresses=(),
    )


# -- HTML ----------------------------------------------------------------------------------
def _in_table(text: str) -> Iterator[PageRow | str]:
    country = ""
    for number, cells in enumerate(tables.rows_of_page(text), start=1):
        said = {name: plain(cells[name]) for name in ("country", "name", "participation")}
        country = said["country"] or country
        if not said["name"] and not said["participation"] and not plain(cells["note"]):
            continue
        if said["name"] and kind_of(said["participation"]):
            yield _row(country, said["name"], said["participation"], cells["note"])
        else:
            named = said["name"] or said["participation"] or plain(cells["note"])
            yield named[:MOST_OF_A_NAME] or f"row {number}"


# -- text ----------------------------------------------------------------------------------
class _Lines:
    """Reads a table out of lines: a row's mark is its type of participation."""

    def __init__(self, funders: Collection[str], countries: Collection[str]) -> None:
        # The longest first: "National Institutes of Health (NIH)/ …" before what it begins with.
        self.funders = sorted(((_key(one), plain(one)) for one in funders if one), reverse=True)
        self.countries = sorted((plain(one) for one in countries if one), key=len, reverse=True)
        self.country = self.funder = ""

    def read(self, text: str) -> Iterator[PageRow | str]:
        """Yield the rows and the names of what cannot be read.

        :raises Unreadable: the headings are not there, or more follows than a list may have
        """
        headings = _TEXT_HEADINGS.search(text)
        if not headings:
            raise Unreadable("NO_TABLE")
        open_row: tuple[str, str, str] | None = None
        notes: list[str] = []
        count = letters = 0
        for number, raw in enumerate(text[headings.end() :].splitlines()):
            if number > MOST_LINES:
                raise Unreadable("TOO_MUCH")
            line = plain(raw[:_BEGINNING])[:_BEGINNING]
            if not line or _TEXT_HEADINGS.match(line):
                continue
            if _AFTER_THE_TABLE.match(line):
                break
            begun = self._begins(line)
            if begun is None:
                # Of the page's own letters: a note is kept as it stands. Nothing belongs to a row
                # that could not be read, nor to the headings.
                if open_row and letters < MOST_LETTERS:
                    notes.append(one_line(seen(raw)))
                    letters += len(notes[-1])
                continue
            if open_row:
                yield _row(*open_row, "\n".join(notes))
            count += 1
            if count > MOST_ROWS:
                raise Unreadable("TOO_MANY_ROWS")
            open_row, notes, self.funder = None, [], ""
            if isinstance(begun, str):
                yield begun
                continue
            open_row, notes, self.funder = begun, [_after_kind(raw)], _key(begun[1])
            letters = len(notes[0])
        if open_row:
            yield _row(*open_row, "\n".join(notes))

    def _begins(self, line: str) -> tuple[str, str, str] | str | None:
        """Return the row that begins here, the name of one that cannot be read, or None."""
        mark = _TEXT_KIND.search(line)
        if mark and mark.start() and len(line[: mark.start()]) <= MOST_OF_A_NAME:
            name = self._without_country(line[: mark.start()].strip())
            if name:
                return self.country, name, mark[0]
        return self._unreadable(line) or None

    def _unreadable(self, line: str) -> str:
        """Return the name of the row that a line without a readable type begins; "" where it is none."""
        country = self._country_of(line)
        for rest in (line, line[len(country) :].strip()):
            known = self._starts_with_funder(rest)
            if not known:
                continue
            if _key(rest)[len(_key(known)) :].startswith(("(", "/")):  # its name goes on
                return rest[:MOST_OF_A_NAME]
            # A sentence of the note may speak of the row's own funder, not of the next.
            return "" if self.funder.startswith(_key(known)) else known
        if country and country != self.country:
            self.country = country
            return line[len(country) :].strip()[:MOST_OF_A_NAME] or country
        return ""

    def _without_country(self, name: str) -> str:
        """Return the name alone and remember the country before it, if there is one."""
        if self._starts_with_funder(name):
            return name
        country = self._country_of(name)
        if not country:
            return name
        self.country = country
        return name[len(country) :].strip()

    def _country_of(self, line: str) -> str:
        begins = (one for one in self.countries if line.startswith(f"{one} ") or line == one)
        return next(begins, "")

    def _starts_with_funder(self, line: str) -> str:
        begins = _key(line[: 2 * MOST_OF_A_NAME])
        return next((name for key, name in self.funders if begins.startswith(key)), "")


def _key(name: str) -> str:
    """A name for comparing: without spaces, which a page has or lacks before a bracket."""
    return plain(name).casefold().replace(" ", "")


def _after_kind(raw: str) -> str:
    """Return what follows the type of participation, in the page's own letters."""
    line = one_line(seen(raw))
    mark = _TEXT_KIND.search(line)
    if mark is None:  # written in full-width letters
        line = plain(raw)
        mark = _TEXT_KIND.search(line)
    return line[mark.end() :].strip() if mark else ""


# -- dates ---------------------------------------------------------------------------------
def _dates(text: str) -> tuple[date | None, date | None]:
    """Return the days that a page gives of itself: as of, last updated (month first, as AMED writes)."""
    as_of, updated = _AS_OF.search(text), _UPDATED.search(text)
    month = as_of[1][:3].lower() if as_of else ""
    first = (
        _day(int(as_of[3]), _MONTHS.index(month) + 1, int(as_of[2]))
        if as_of and month in _MONTHS
        else None
    )
    if not updated:
        return first, None
    year = int(updated[3])
    return first, _day(year + 2000 if year < 100 else year, int(updated[1]), int(updated[2]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
