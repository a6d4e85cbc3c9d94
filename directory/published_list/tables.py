"""Find the list's table in HTML, walking through the page once whatever it holds.

The standard library's parser takes its time to the square for tags that never end, and nesting a
page ten thousand deep must cost what its length costs: so this is a scanner of our own, without
recursion. Scripts, styles and comments are passed over unread; nothing is ever run or fetched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from directory.published_list.rows import MOST_LETTERS, MOST_ROWS, Unreadable, plain

# The four headings, by what each begins with, footnote marks aside.
HEADINGS = {
    "country": ("country",),
    "name": ("partner funding agency", "partner", "funding agency", "funder"),
    "participation": ("type of participation", "participation"),
    "note": ("note",),
}
MOST_OF_A_HEADING = 200
MOST_COLUMNS = 40
MOST_SPAN = 1_000
MOST_TAGS = 100_000  # the longest list that is read has half as many
HAS_TABLE = re.compile(r"<table[\s>/]", re.IGNORECASE)
_NAME = re.compile(r"/?[a-z][a-z0-9]{0,20}", re.IGNORECASE)
# To the end of a tag, over quoted values; possessive, so that what never ends is read once.
_REST = re.compile(r"(?:[^>=]++|=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|=)*+>")
_SPAN = re.compile(r"\b(row|col)span\s{0,9}=\s{0,9}[\"']?\s{0,9}(\d{1,6})", re.IGNORECASE)
# Longer than any character's number; Python refuses to read one of thousands of digits.
_OVERLONG = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}+;?")
_UNREAD = frozenset({"script", "style", "template", "noscript", "textarea", "title", "iframe"})
_LINE_END = re.compile(r"[\r\n]")
_BREAKS = frozenset({"br", "p", "/p", "div", "/div", "li", "/li"})

Row = dict[str, str]


@dataclass(slots=True)
class Cell:
    rows: int = 1
    columns: int = 1
    pieces: list[str] = field(default_factory=list)
    letters: int = 0

    def add(self, text: str) -> None:
        if self.letters < MOST_LETTERS:
            self.pieces.append(text[: MOST_LETTERS - self.letters])
            self.letters += len(self.pieces[-1])

    def raw(self) -> str:
        return "".join(self.pieces)

    def text(self, most: int = MOST_LETTERS) -> str:
        return unescape(_OVERLONG.sub("\ufffd", self.raw()[:most]))


@dataclass(slots=True)
class Table:
    """An open table: the cells of its open row, and from its headings on its rows."""

    cells: list[Cell] | None = None
    cell: Cell | None = None
    headings: dict[int, str] | None = None
    rows: list[Row] = field(default_factory=list)
    # Column -> how many rows a cell from above still reaches down, and its text.
    reaching: dict[int, tuple[int, str]] = field(default_factory=dict)
    # What a table without the headings says, for the cell around it.
    flat: Cell = field(default_factory=Cell)

    def end_row(self) -> None:
        """Close the open row.

        :raises Unreadable: the table has more rows than a list may have
        """
        cells, self.cells, self.cell = self.cells, None, None
        if not cells:
            return
        if self.headings is None:
            self.headings = _headings(_spread(cells, {}, most=MOST_OF_A_HEADING))
            if self.headings is None:
                for cell in cells:
                    self.flat.add(cell.raw() + "\n")
            return
        columns = _spread(cells, self.reaching)
        if _headings(columns) is not None:  # the headings again, where a page ends on paper
            return
        self.rows.append({name: columns.get(at, "") for at, name in self.headings.items()})
        if len(self.rows) > MOST_ROWS:
            raise Unreadable("TOO_MANY_ROWS")


def _spread(
    cells: list[Cell], reaching: dict[int, tuple[int, str]], most: int = MOST_LETTERS
) -> dict[int, str]:
    """Lay the cells of a row out over its columns, between those that reach down from above."""
    columns: dict[int, str] = {}
    for at, (left, text) in list(reaching.items()):
        columns[at] = text
        if left > 1:
            reaching[at] = (left - 1, text)
        else:
            del reaching[at]
    at = 0
    for cell in cells:
        text = cell.text(most)
        for _copy in range(cell.columns):
            while at in columns:
                at += 1
            if at >= MOST_COLUMNS:
                return columns
            columns[at] = text
            if cell.rows > 1:
                reaching[at] = (cell.rows - 1, text)
    return columns


def _headings(columns: dict[int, str]) -> dict[int, str] | None:
    """Return which column is which, where the row holds all four headings."""
    found: dict[int, str] = {}
    for at, text in columns.items():
        heading = plain(text[:MOST_OF_A_HEADING]).casefold()
        name = next((one for one, begins in HEADINGS.items() if heading.startswith(begins)), "")
        if name and name not in found.values():
            found[at] = name
    return found if len(found) == len(HEADINGS) else None


def rows_of_page(text: str) -> list[Row]:
    """Return the rows of the longest table that has the four headings, each by heading.

    :raises Unreadable: there is none, it has too many rows, or the page too many tags
    """
    best: list[Row] | None = None
    for table in _tables(text):
        if table.headings and (best is None or len(table.rows) > len(best)):
            best = table.rows
    if best is None:
        raise Unreadable("NO_TABLE")
    return best


def _tables(text: str) -> Iterator[Table]:
    """Yield each table when it ends, inner ones first."""
    within: list[Table] = []
    for name, content in _events(text):
        table = within[-1] if within else None
        if name == "table":
            within.append(Table())
        elif table is None:
            continue
        elif name == "":
            if table.cell:  # where a source breaks its lines means nothing
                table.cell.add(_LINE_END.sub(" ", content[:MOST_LETTERS]))
        elif name in _BREAKS:
            if table.cell:
                table.cell.add("\n")
        elif name in ("td", "th"):
            spans = {side.lower(): int(size) for side, size in _SPAN.findall(content[:2_000])}
            table.cell = Cell(_span(spans.get("row")), _span(spans.get("col")))
            if table.cells is None:
                table.cells = []
            if len(table.cells) < MOST_COLUMNS:
                table.cells.append(table.cell)
        elif name in ("/td", "/th"):
            table.cell = None
        elif name in ("tr", "/tr", "/table"):
            table.end_row()
            if name == "/table":
                yield _ended(within)
    while within:
        within[-1].end_row()
        yield _ended(within)


def _span(size: int | None) -> int:
    return min(max(size or 1, 1), MOST_SPAN)


def _ended(within: list[Table]) -> Table:
    """Take the innermost table away; one without the headings is part of the cell around it."""
    table = within.pop()
    around = within[-1].cell if within else None
    if table.headings is None and around:
        around.add(table.flat.raw())
    return table


def _events(text: str) -> Iterator[tuple[str, str]]:
    """Yield tags by their names with what stands in them, and between them text, with no name.

    :raises Unreadable: there are more tags than any list has
    """
    place, end, tags = 0, len(text), 0
    while place < end:
        opens = text.find("<", place)
        if opens < 0:
            opens = end
        if opens > place:
            yield "", text[place:opens]
        if opens == end:
            return
        tags += 1
        if tags > MOST_TAGS:
            raise Unreadable("TOO_MUCH")
        if text.startswith("<!--", opens):
            closes = text.find("-->", opens + 4)
            if closes < 0:
                return
            place = closes + 3
            continue
        named = _NAME.match(text, opens + 1)
        if not named and text[opens + 1 : opens + 2] not in ("!", "?"):
            yield "", "<"
            place = opens + 1
            continue
        rest = _REST.match(text, named.end() if named else opens + 1)
        if not rest:  # a tag that never ends takes the rest of the page with it
            return
        place = rest.end()
        if not named:
            continue
        name = named[0].lower()
        yield name, rest[0]
        if name in _UNREAD:
            closes = _end_of(name, text, place)
            if closes < 0:
                return
            place = closes


def _end_of(name: str, text: str, place: int) -> int:
    """Return where the unread element ends; below 0 where it takes the rest of the page with it."""
    found = re.compile(f"</{name}", re.IGNORECASE).search(text, place)
    return found.start() if found else -1
