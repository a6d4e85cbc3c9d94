"""What all exports share: how rows are read in chunks, and the words for their codes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from applications.models import Application
from applications.wording import verdict_label
from directory.spreadsheets import Column

ROWS_PER_CHUNK = 2000
BETWEEN = "; "
OTHER = "other"  # the code of a funder or programme that is none of ours
ANOTHER_FUNDER = _("Another funder")
SYSTEM = "SYSTEM"  # the code of the portal itself as an actor
THE_PORTAL = _("The portal")

Row = tuple[Any, ...]


class Countries:
    """Names of countries by code, in the reader's language."""

    def __getitem__(self, code: str) -> str:
        return countries.name(code) or code or ""


class Each:
    """Words for texts that hold several codes joined by ``;``; ``part`` words one of them."""

    def __init__(self, part: Callable[[str], str]) -> None:
        self.part = part

    def __getitem__(self, codes: str) -> str:
        return BETWEEN.join(self.part(code) for code in codes.split(";") if code)


class Verdicts:
    """Words for verdicts; none before the first submission."""

    def __getitem__(self, code: str) -> str:
        return verdict_label(code) if code else ""


class Counted:
    """Rows on their way into a file, counted as they go."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.number += 1
            yield row


@dataclass(frozen=True, slots=True)
class Export:
    """One export: what for, its columns, its rows among given applications, and how they are read.

    ``rows`` yields plain tuples in constant memory; ``of_funder`` yields them for one funder's
    report, where a row speaks of several funders. ``link`` says where a row holds the team's
    reference and the key of its application, which pages link to and files leave out.
    """

    name: str
    title: Any
    purpose: Any
    columns: tuple[Column, ...]
    among: Callable[[QuerySet[Application]], QuerySet]
    rows: Callable[[QuerySet], Iterator[Row]]
    link: tuple[int, int] = (-2, -1)
    of_funder: Callable[[QuerySet, str], Iterator[Row]] | None = None

    def column(self, code: str) -> Column:
        return next(column for column in self.columns if column.code == code)

    def chosen(self, *, personal: bool) -> tuple[Column, ...]:
        """The columns of a file, in the contract's order: all of them, or those that name nobody."""
        if personal:
            return self.columns
        return tuple(one.nameless or one for one in self.columns if not one.personal)

    def rows_for(self, queryset: QuerySet, funder: str) -> Iterator[Row]:
        """Read the rows of a file, for the one funder that the list was asked for, if any."""
        if funder and self.of_funder:
            return self.of_funder(queryset, funder)
        return self.rows(queryset)


def streamed(queryset: QuerySet, fields: Iterable[Any]) -> Iterator[Row]:
    """Read rows as tuples: a whole export through a cursor, one page of a list in one go."""
    rows = queryset.values_list(*fields)
    if queryset.query.is_sliced:
        return iter(rows)
    return rows.iterator(chunk_size=ROWS_PER_CHUNK)


def chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, ROWS_PER_CHUNK)):
        yield chunk
