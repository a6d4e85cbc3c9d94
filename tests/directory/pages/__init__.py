"""Published pages made for tests: the structure of the agency's own, with notes of our own words."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path

from directory.management.commands.load_directory import SEED
from directory.published_list import (
    Comparison,
    Listed,
    Named,
    Page,
    compare,
    fingerprint,
    names_of,
    read_page,
)

KINDS = {
    "EXISTING": "Existing grant",
    "EXISTING_OR_ADDITIONAL": "Existing grant + chance of additional grant",
}
HEADINGS = ("Country※2", "Partner funding agency", "Type of participation", "Notes")
QUOTES = ("”AT”", "“AT”", '"AT"', "「AT」", "〝AT〞", "＂ＡＴ＂", "«AT»", "‘at’")
BEFORE = (
    "Advanced Research Program\n\nE-mail: office“AT”agency.example\n\nFunders (For Alignment)\n"
)
AFTER = (
    "(As of July 1, 2024)\n※2 Country: in some order\n※3 Replace what stands for the sign\n\n"
    "Last updated 07/03/24\n"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One funder as a page is to show it."""

    slug: str
    country: str
    name: str
    kind: str
    note: str


def seed(name: str, folder: Path = SEED) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def shipped() -> tuple[Entry, ...]:
    """The 29 funders; every second has a note, some over two lines, some with an address."""
    agencies = {one["slug"]: one for one in seed("agencies")}
    countries = {one["code"]: one["name_en"] for one in seed("countries")}
    entries = []
    for at, row in enumerate(seed("participations")):
        agency = agencies[row["agency"]]
        note = ""
        if at % 2:
            note = f"Write to desk{at}{QUOTES[at // 2 % len(QUOTES)]}funder.example※3 before you apply."
        if at % 4 == 1:
            note = f"{note}\nThe desk of {agency['acronym']} holds an existing grant in mind."
        entries.append(
            Entry(
                agency["slug"],
                countries[agency["country"]],
                agency["name_published"],
                KINDS[row["kind"]],
                note,
            )
        )
    return tuple(entries)


def as_lines(entries: Iterable[Entry], *, between: str = " ", end: str = "\n") -> str:
    """The page as its text is copied: a country stands before its first funder only."""
    lines, country = [between.join(HEADINGS)], ""
    for one in entries:
        first = one.country if one.country != country else ""
        country = one.country
        cells = [*([first] if first or between == "\t" else []), one.name, one.kind, one.note]
        lines += between.join(cells).split("\n")
    return (BEFORE + "\n" + "\n".join(lines) + "\n\n" + AFTER).replace("\n", end)


def as_html(
    entries: Iterable[Entry],
    *,
    order: tuple[int, ...] = (0, 1, 2, 3),
    spans: bool = True,
    charset: str = "utf-8",
    around: str = "{}",
) -> str:
    """The page's source; ``order`` of its columns, ``around`` what its table stands in."""
    head = "".join(f"<th scope=col>{HEADINGS[at]}</th>" for at in order)
    body = []
    for country, group in groupby(entries, lambda one: one.country):
        of_country = list(group)
        for place, one in enumerate(of_country):
            note = escape(one.note).replace("\n", "<br>")
            span = f' rowspan="{len(of_country)}"' if spans and len(of_country) > 1 else ""
            cells = [
                f"<td{span}>{country}</td>" if not place else "" if spans else "<td>&nbsp;</td>",
                f"<td>\n  <p>{escape(one.name)}</p></td>",
                f"<td data-a='1>0'>{one.kind}</td>",
                f'<td title="a > b">{note}<script>document.write("<td>x</td>")</script></td>',
            ]
            body.append("<tr>" + "".join(cells[at] for at in order) + "</tr>\n")
    table = f"<TABLE class='list'><thead><tr>{head}</tr></thead>\n<tbody>{''.join(body)}</tbody></TABLE>"
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><style>td{{color:red}}</style></head>'
        f"<body><!-- <table><tr><td>old</td></tr></table> --><p>{BEFORE}</p>"
        f"{around.format(table)}<p>{AFTER}</p></body></html>"
    )


@cache
def names() -> dict[str, str]:
    agencies = {one["slug"]: one for one in seed("agencies")}
    return names_of(
        Named(
            slug=one["slug"],
            names=(one["name_published"], one["name_en"], one["name_own"]),
            shorts=(
                one["acronym"],
                one["acronym"].removeprefix("NIH-"),
                *filter(None, map(str.strip, one["aliases"].split("|"))),
            ),
            parent_name=agencies[one["parent"]]["name_en"] if one["parent"] else "",
            parent_short=agencies[one["parent"]]["acronym"] if one["parent"] else "",
        )
        for one in agencies.values()
    )


def listed(entries: Iterable[Entry]) -> dict[str, Listed]:
    codes = {words: code for code, words in KINDS.items()}
    return {
        one.slug: Listed(one.slug, one.name, codes[one.kind], fingerprint(one.note), "")
        for one in entries
    }


def read(raw: bytes | str) -> Page:
    return read_page(
        raw,
        funders=[one[name] for one in seed("agencies") for name in ("name_published", "name_en")],
        countries=[one["name_en"] for one in seed("countries")],
    )


def against_shipped(raw: bytes | str) -> Comparison:
    return compare(read(raw), listed(shipped()), names())


def changed(at: int, **values: str) -> tuple[Entry, ...]:
    entries = list(shipped())
    entries[at] = replace(entries[at], **values)
    return tuple(entries)
