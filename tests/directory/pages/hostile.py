"""Pages that somebody broke, or built to break whoever reads them."""

import random
from collections.abc import Callable, Iterator

from directory.published_list import MOST_BYTES
from tests.directory.pages import HEADINGS, as_html, as_lines, changed, shipped

ROOM = MOST_BYTES - 2_000
HEAD = "<table><tr>" + "".join(f"<th>{one}</th>" for one in HEADINGS)
LINES = " ".join(HEADINGS) + "\nFund Existing grant "
CELL = HEAD + "<tr><td>Norway<td>Fund<td>Existing grant<td>"


def filled(start: str, piece: str, end: str = "") -> str:
    """As many pieces as a page may have room for."""
    return start + piece * ((ROOM - len(start)) // len(piece.encode())) + end


# What would take a careless reader hours: each nearly 5 MB.
HEAVY: dict[str, Callable[[], str]] = {
    "only <": lambda: filled("<table>", "<"),
    "tags that never end": lambda: filled("<table>", "<a"),
    "quotes that never end": lambda: filled("<table>", '<a b="'),
    "an attribute without end": lambda: filled('<table title="', "a b "),
    "an attribute of a cell": lambda: filled(HEAD + '<tr><td title="', "x", '">Norway'),
    "comments that never end": lambda: filled("<table>", "<!-"),
    "comments": lambda: filled("<table>", "<!---->"),
    "scripts that never end": lambda: filled("<table>", "<script>"),
    "scripts": lambda: filled("<table>", "<script></script>"),
    "spaces": lambda: filled(LINES, " "),
    "spaces in a cell": lambda: filled(CELL, " "),
    "quotes": lambda: filled(LINES, '"'),
    "quotes and AT": lambda: filled(CELL, '"at" '),
    "signs": lambda: filled(CELL, "a@"),
    "one word": lambda: filled(CELL, "a"),
    "the longest letter": lambda: filled(LINES, "\ufdfa"),
    "lines of the longest letter": lambda: filled(LINES, "\ufdfa" * 5_000 + "\n"),
    "rows of the longest letter": lambda: filled(
        HEAD, "<tr><td>N<td>F<td>Existing grant<td>" + "\ufdfa" * 5_000
    ),
    "marks on one letter": lambda: filled(CELL, "\u0301"),
    "ten thousand deep": lambda: "<table><tr><td>" * 10_000 + as_html(shipped()),
    "ten thousand deep, with words": lambda: "<table><tr><td>&amp;" * 10_000 + "&amp;" * 9_000,
    "tables": lambda: filled("", "<table><tr><td>"),
    "cells": lambda: filled(HEAD + "<tr>", "<td>"),
    "rows": lambda: filled(HEAD, "<tr><td>"),
    "spans": lambda: filled(HEAD, "<tr><td rowspan=99999 colspan=99999>a"),
    "a number without end": lambda: filled(CELL + "&#", "9"),
    "numbers": lambda: filled(CELL, "&#x0;&#xD800;&#1114112;"),
    "empty lines": lambda: filled(LINES, "\n"),
    "lines": lambda: filled(LINES, "a\n"),
    "headings": lambda: filled("", " ".join(HEADINGS) + "\n"),
    "beginnings of headings": lambda: filled("", "Country "),
    "types": lambda: filled(LINES, "Existing grant "),
    "types and pluses": lambda: filled(LINES, "Existing grant + "),
    "footnotes": lambda: filled(LINES, "※ "),
    "dates": lambda: filled("", "As of July "),
}
MARKS = [
    "\u202e",
    "\u200f",
    "\u2066",
    "\u200b",
    "\x00",
    "\x1b[2J",
    "\ufeff",
    "\ud7ff",
    "\U000e0001",
]
WORDS = [
    "=cmd|' /C calc'!A0",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;script&gt;",
    "{{ settings.SECRET_KEY }}",
    "%s %(a)s {0}",
    "'; DROP TABLE directory_edition; --",
    "a" * 400,
    "Existing grant",
    "※3",
    '"AT"',
    "<table>",
    "</table>",
]
TAGS = ["<td>", "</td>", "<tr>", "</tr>", "<th>", "</table>", "<br>", "rowspan", "<!--", ">", '"']
CODECS = ["utf-16", "utf-16-le", "cp932", "euc_jp", "cp1252", "utf-7", "iso2022_jp", "utf-32"]


def mutated(rng: random.Random, count: int) -> Iterator[bytes]:
    """Yield pages: the sound one in its forms, broken in one to four places."""
    sound = [as_lines(shipped()), as_html(shipped()), as_lines(shipped(), between="\t")]
    for _number in range(count):
        text = rng.choice(sound)
        if rng.random() < 0.2:
            text = rng.choice([as_lines, as_html])(
                changed(rng.randrange(29), note=rng.choice(WORDS), kind=rng.choice(WORDS[:4]))
            )
        for _place in range(rng.randint(1, 4)):
            text = rng.choice(BREAKS)(rng, text)
        codec = rng.choice(CODECS) if rng.random() < 0.15 else "utf-8"
        raw = text.encode(codec, "replace")
        yield _flipped(rng, raw) if rng.random() < 0.2 else raw


def _cut(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] if rng.random() < 0.5 else text[at:]


def _put(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(MARKS + WORDS + TAGS) + text[at:]


def _taken(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + rng.randint(1, 200) :]


def _swapped(rng: random.Random, text: str) -> str:
    one, other = rng.sample(TAGS, 2)
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def _doubled(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    return "\n".join([*lines[:to], lines[at], *lines[to:]])


def _every(rng: random.Random, text: str) -> str:
    word = rng.choice(["Existing", "grant", "Country", "AT", "<td", "National", "\n", " ", "class"])
    return text.replace(word, rng.choice(MARKS + WORDS), rng.choice([1, 2, -1]))


BREAKS = [_cut, _put, _put, _taken, _swapped, _doubled, _every]


def _flipped(rng: random.Random, raw: bytes) -> bytes:
    broken = bytearray(raw)
    for _place in range(rng.randint(1, 8)):
        if broken:
            broken[rng.randrange(len(broken))] = rng.randrange(256)
    return bytes(broken)
