"""Hold a page against the rows of an edition: what is added, gone, changed, one line each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from directory.published_list.notes import fingerprint
from directory.published_list.reading import Page
from directory.published_list.rows import PageRow, kind_of
from directory.references import fold_name

ADDED, GONE, CHANGED = "+", "-", "~"


@dataclass(frozen=True, slots=True)
class Listed:
    """What an edition's row holds of the page: nothing is compared with what is empty here."""

    slug: str
    name_published: str
    kind: str
    note_fingerprint: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One difference. ``name`` is the slug of a funder that the directory knows, else its name."""

    sign: str
    name: str
    what: tuple[str, ...] = ()
    row: PageRow | None = None

    def __str__(self) -> str:
        return f"{self.sign} {self.name}" + (f": {', '.join(self.what)}" if self.what else "")


@dataclass(frozen=True, slots=True)
class Comparison:
    """``matched`` tells by a row's place on the page which funder of the directory it is."""

    read: int
    lines: tuple[Line, ...]
    unreadable: tuple[str, ...]
    matched: Mapping[int, str]

    def counted(self, sign: str) -> int:
        return sum(line.sign == sign for line in self.lines)

    def __str__(self) -> str:
        added, gone, changed = map(self.counted, (ADDED, GONE, CHANGED))
        return f"{self.read} rows read: {added} added, {gone} gone, {changed} changed"


@dataclass(frozen=True, slots=True)
class Named:
    """How an agency may be called on a page: its names, and its short forms."""

    slug: str
    names: tuple[str, ...]
    shorts: tuple[str, ...]
    parent_name: str = ""
    parent_short: str = ""


def names_of(agencies: Iterable[Named]) -> dict[str, str]:
    """Return the agencies' slugs by every name that a page may give them; "" where several share it.

    Names stand alone or with a short form in brackets, institutes also behind their parent's. A
    short form within another name tells nothing: a new funder would pass for one that is known.
    """
    named: dict[str, str] = {}
    for agency in agencies:
        own = [one for one in agency.names if one]
        with_short = [f"{name} ({short})" for name in own for short in agency.shorts if short]
        called = [*own, *agency.shorts, *with_short]
        if agency.parent_name:
            whole = f"{agency.parent_name} ({agency.parent_short})"
            called += [f"{whole}/ {name}" for name in [*own, *with_short]]
        for name in filter(None, called):
            key = fold_name(name)
            named[key] = agency.slug if named.get(key, agency.slug) == agency.slug else ""
    return named


def compare(page: Page, rows: Mapping[str, Listed], names: Mapping[str, str]) -> Comparison:
    """Hold the page against the rows, given by slug; ``names`` is what ``names_of`` returns.

    A funder whose row is on the page but cannot be read is not told as gone, too. One that stands
    on the page twice counts once; its second row is added.
    """
    matched: dict[int, str] = {}
    found: set[str] = set()
    lines: list[Line] = []
    for row in page.rows:
        slug = names.get(fold_name(row.name), "")
        if not slug or slug in found:
            lines.append(Line(ADDED, row.name, row=row))
            continue
        found.add(slug)
        matched[row.place] = slug
        if slug not in rows:
            lines.append(Line(ADDED, slug, row=row))
        elif what := _changed(row, rows[slug]):
            lines.append(Line(CHANGED, slug, what, row))
    found.update(names.get(fold_name(one), "") for one in page.unreadable)
    lines += [Line(GONE, slug) for slug in rows if slug not in found]
    return Comparison(len(page.rows), tuple(lines), page.unreadable, MappingProxyType(matched))


def _changed(row: PageRow, listed: Listed) -> tuple[str, ...]:
    # An address is part of its note: it is told by itself only where no fingerprint was ever kept.
    known = bool(listed.note_fingerprint)
    address = listed.address.casefold()
    differs = {
        "name": bool(listed.name_published)
        and fold_name(row.name) != fold_name(listed.name_published),
        "participation": kind_of(row.participation) != listed.kind,
        "note": known and fingerprint(row.note) != listed.note_fingerprint,
        "address": not known and bool(address) and address not in map(str.casefold, row.addresses),
    }
    return tuple(what for what, differing in differs.items() if differing)
