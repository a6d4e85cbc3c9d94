"""Read the rows of an edition in the order in which people of one language look for them."""

import unicodedata
from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.translation import get_language

from directory.formatting import is_japanese
from directory.models import Condition, Country, Edition, Participation, Programme

# Chinese characters and long vowels do not sort by themselves; these are how the names are read.
READINGS = {
    "AU": "オオストラリア",
    "EU": "オウシュウレンゴウ",
    "GB": "エイコク",
    "US": "ベイコク",
}
MONTHS_UNTIL_STALE = 12


def rows_of(edition: Edition | None) -> QuerySet[Participation]:
    """Return the rows with all that lists and exports read: one query and two prefetches."""
    return (
        Participation.objects.filter(edition=edition)
        .select_related("edition", "agency__country", "notice_rule__body")
        .prefetch_related(
            Prefetch("programmes", Programme.objects.order_by("code")),
            Prefetch("conditions", Condition.objects.order_by("code")),
        )
        .order_by("position")
    )


def in_reading_order(rows: Iterable[Participation]) -> list[Participation]:
    """Return the rows by country, then funder, in the active language.

    English: both by name. Japanese: countries by their reading, funders by acronym, since their
    names have no reading on record.
    """
    return sorted(rows, key=_place)


def is_stale(as_of: date, today: date) -> bool:
    """Whether a fact of ``as_of`` is older than twelve months."""
    months = (today.year - as_of.year) * 12 + today.month - as_of.month
    return (months, today.day) > (MONTHS_UNTIL_STALE, as_of.day)


def folded(text: str) -> str:
    """Return ``text`` for searching: half width, without case and without accents."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    # Only Latin accents go: a kana's voicing mark makes it another letter.
    bare = "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")
    return " ".join(unicodedata.normalize("NFKC", bare).replace("ø", "o").split())


def country_place(country: Country) -> str:
    """Return what a country is sorted by in the active language."""
    if is_japanese(get_language()):
        return READINGS.get(country.code, country.name_ja)
    return folded(country.name_en).removeprefix("the ")


def _place(row: Participation) -> tuple[str, str]:
    agency = row.agency
    if is_japanese(get_language()):
        return country_place(agency.country), folded(agency.acronym)
    return country_place(agency.country), folded(agency.name_en).removeprefix("the ")
