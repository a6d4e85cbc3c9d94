"""The bulk check: one row per grant in, the same row with its verdict out, never more than one in memory."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import BinaryIO

from django.utils.translation import gettext as _
from django_countries import countries

from applications.queries.catalogue import Catalogue
from applications.rules.eligibility import judge
from applications.rules.facts import EditionFacts
from applications.rules.notices import notice_to
from directory.spreadsheets import STARTS_FORMULA, safe_cell

READ = ("row_id", "agency", "reference", "programme", "starts_on", "ends_on", "country")
ADDED = (
    "agency_slug",
    "verdict",
    "reasons",
    "warnings",
    "notice_strength",
    "notice_trigger",
    "notice_to",
    "conditions",
    "edition",
)
REQUIRED = ("agency", "reference")
ERROR = "ERROR"
ENCODINGS = ("utf-8-sig", "cp932")
CHUNK = 1 << 20
ANSWERS_KEPT = 1 << 12  # of rows that differ: a long file takes no more memory than a short one
AREA = "EU"  # an agency's area; accepted where a country is asked, never taken for Japan


class Unreadable(ValueError):
    """The file cannot be read as a table of grants; the text says why and how to mend it."""


class BadCell(ValueError):
    """One cell cannot be understood; the text names the column and what was found."""


def encoding_of(file: BinaryIO) -> str:
    """Return how the file is written: UTF-16 by its mark, else UTF-8, else CP932. Rewinds the file.

    :raises Unreadable: it is none of these
    """
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = ENCODINGS
    for encoding in candidates:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        finally:
            file.seek(0)
        return encoding
    raise Unreadable(
        _(
            "The file is neither UTF-8, UTF-16 nor Shift_JIS (CP932). Save it as “CSV UTF-8” and try again."
        )
    )


def delimiter_of(header: str) -> str:
    """Return the separator that the heading uses most: comma, semicolon or tab."""
    return max(",;\t", key=header.count)


def rows_of(file: BinaryIO) -> Iterator[list[str]]:
    """Return the heading, folded, and then every row that is not empty.

    :raises Unreadable: there is no heading, or a needed column is missing or named twice
    """
    text = io.TextIOWrapper(file, encoding=encoding_of(file), newline="")
    try:
        first = text.readline()
        if "\0" in first:
            raise Unreadable(_("The file holds NUL characters: it is not a CSV file."))
        header = next(csv.reader([first], delimiter=(mark := delimiter_of(first))), [])
        names = [_folded_name(name) for name in header]
        _check_header(names)
        yield names
        yield from filter(any, csv.reader(text, delimiter=mark))
    except csv.Error as error:
        raise Unreadable(
            _("The file breaks off as a CSV file: %(problem)s") % {"problem": error}
        ) from error
    finally:
        with suppress(ValueError):  # the caller closed the file already
            text.detach()


def _folded_name(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().strip("\ufeff").lower().replace(" ", "_")


def _check_header(names: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise Unreadable(
            _("The heading lacks the column %(column)s. The columns are: %(columns)s.")
            % {"column": missing[0], "columns": ", ".join(READ)}
        )
    twice = [name for name in READ if names.count(name) > 1]
    if twice:
        raise Unreadable(
            _("The heading names the column %(column)s twice. Leave one of them.")
            % {"column": twice[0]}
        )


@lru_cache(maxsize=8192)
def read_date(text: str) -> date | None:
    """Return the day written as 2024-05-28 or 2024/5/28, half or full width; None where empty.

    :raises ValueError: it is no day
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    parts = plain.replace("/", "-").replace(".", "-").split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts) or len(parts[0]) != 4:
        raise ValueError(text)
    return date(*map(int, parts))


@lru_cache(maxsize=512)
def read_country(text: str) -> str:
    """Return the ISO code in capitals; "" where empty.

    :raises ValueError: it is no country's code
    """
    code = unicodedata.normalize("NFKC", text).strip().upper()
    if code and code != AREA and code not in countries:
        raise ValueError(text)
    return code


class BulkCheck:
    """Judges rows of one file against one edition on one day."""

    def __init__(
        self, catalogue: Catalogue, edition: EditionFacts, on: date, names: Sequence[str]
    ) -> None:
        self.catalogue, self.edition, self.on = catalogue, edition, on
        places = {name: place for place, name in enumerate(names)}
        # A column that the file lacks is read from the empty cell behind the last one.
        self.asked = itemgetter(*(places.get(name, len(names)) for name in READ[1:]))
        self.told = {
            slug: (
                row.strength.value,
                row.trigger.value,
                safe_cell(notice_to(row)),
                ";".join(row.conditions),
                edition.code,
            )
            for slug, row in edition.rows.items()
        }
        self.unlisted = ("", "", "", "", edition.code)
        self.answers: dict[Hashable, tuple[str, ...]] = {}

    def judged(self, cells: list[str]) -> tuple[str, ...]:
        """Return the nine added cells of one row, which has a cell for every name of the heading.

        Rows alike in all that decides are judged once, as ``queries.effects`` does it: of a number
        nothing decides but what the catalogue reads in it, and no added cell quotes it.
        """
        agency, reference, *others = self.asked([*cells, ""])
        agency = agency.strip()
        slug = self.catalogue.find(agency)[0] if agency else ""
        told = self.catalogue.read(slug, reference) if slug or not agency else None
        alike = (agency, bool(reference), told, *others)
        found = self.answers.get(alike)
        if found is None:
            if len(self.answers) == ANSWERS_KEPT:
                self.answers.clear()
            found = self.answers[alike] = self._judged(agency, reference, *others)
        return found

    def _judged(
        self, agency: str, reference: str, programme: str, starts: str, ends: str, country: str
    ) -> tuple[str, ...]:
        """Judge one row; one that cannot be read gets ERROR and words."""
        try:
            starts_on = self._date("starts_on", starts)
            ends_on = self._date("ends_on", ends)
            if starts_on and ends_on and ends_on < starts_on:
                raise BadCell(
                    _("ends_on (%(end)s) is before starts_on (%(start)s).")
                    % {"end": ends, "start": starts}
                )
            code = self._country(country)
        except BadCell as error:
            named = self.catalogue.find(agency)[0] if agency else ""
            return (named, ERROR, safe_cell(str(error)), "", *self.unlisted)
        facts = self.catalogue.typed_grant(
            agency=agency,
            reference=reference,
            programme=programme.strip(),
            starts_on=starts_on,
            ends_on=ends_on,
            country=code,
        )
        found = judge(facts, self.edition, self.on)
        return (
            facts.agency,
            found.verdict.value,
            found.reasons,
            ";".join([caution.code for caution in found.cautions]),
            *self.told.get(facts.agency, self.unlisted),
        )

    def _date(self, column: str, text: str) -> date | None:
        try:
            return read_date(text)
        except (ValueError, OverflowError) as error:
            raise BadCell(
                _("%(column)s is not a date: “%(text)s”. Write it as 2024-05-28.")
                % {"column": column, "text": text[:40]}
            ) from error

    def _country(self, text: str) -> str:
        try:
            return read_country(text)
        except ValueError as error:
            raise BadCell(
                _(
                    "country is not a two-letter ISO code: “%(text)s”. Write GB for the United Kingdom."
                )
                % {"text": text[:40]}
            ) from error


def _unguarded(cell: str) -> str:
    """Take back the apostrophe that a guarded file of ours put before the cell."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in STARTS_FORMULA else cell


def checked_rows(
    file: BinaryIO, catalogue: Catalogue, edition: EditionFacts, on: date
) -> Iterator[list[str]]:
    """Return heading and rows of the answer; columns we do not know are kept as they are.

    :raises Unreadable: see ``rows_of``
    """
    rows = rows_of(file)
    names = next(rows)
    check = BulkCheck(catalogue, edition, on, names)
    yield [*map(safe_cell, names), *ADDED]
    width = len(names)
    for row in rows:
        cells = row
        if len(cells) != width:
            cells = [*row[:width], *[""] * (width - len(row))]
        # Of a million cells hardly one begins with a sign that matters: no call for each.
        signs = {cell[:1] for cell in cells}
        kept = cells if STARTS_FORMULA.isdisjoint(signs) else map(safe_cell, cells)
        given = [*map(_unguarded, cells)] if "'" in signs else cells
        yield [*kept, *check.judged(given)]


def write_rows(rows: Iterable[Sequence[str]], file: io.TextIOBase) -> int:
    """Write RFC 4180 lines and return how many, the heading not counted."""
    writer = csv.writer(file)
    count = -1
    for count, row in enumerate(rows):  # noqa: B007 -- the last number is the answer
        writer.writerow(row)
    return count
