"""Read the rows of an edition in the order in which people of one language look for them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import fields
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.translation import get_language

from directory.changes import Difference, RowSaid, differences, fingerprint_of
from directory.contradictions import AgencyNamed, Contradiction, contradictions
from directory.formatting import is_japanese
from directory.models import (
    Agency,
    Condition,
    Country,
    Edition,
    GrantFormat,
    Participation,
    Programme,
)
from directory.references import Format

# Chinese characters and long vowels do not sort by themselves; these are how the names are read.
READINGS = {
    "AU": "オオストラリア",
    "EU": "オウシュウレンゴウ",
    "GB": "エイコク",
    "US": "ベイコク",
}
MONTHS_UNTIL_STALE = 12
# What a row says by its notice rule, and by the same name.
OF_A_RULE = ("strength", "trigger", "recipient", "address", "contact_name", "language")


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


def said_by(*editions: Edition) -> dict[int, dict[str, RowSaid]]:
    """Return what each row of these editions says, by the edition's key and the agency's slug.

    Three statements, however many editions; programmes and conditions would multiply the rows.
    """
    of_these = {"participation__edition__in": editions}
    programmes: dict[int, list[str]] = {}
    links = Participation.programmes.through.objects.filter(**of_these).values_list(
        "participation_id",
        "participation__agency__slug",
        "programme__agency__slug",
        "programme__code",
    )
    for row, agency, owner, code in links:
        own = agency == owner
        programmes.setdefault(row, []).append(code if own else f"{owner}/{code}")
    conditions: dict[int, list[str]] = {}
    for row, code in Condition.objects.filter(**of_these).values_list("participation_id", "code"):
        conditions.setdefault(row, []).append(code)
    said: dict[int, dict[str, RowSaid]] = {one.pk: {} for one in editions}
    paths = {
        "slug": "agency__slug",
        "acronym": "agency__acronym",
        "body": "notice_rule__body__slug",
    }
    paths |= {name: f"notice_rule__{name}" for name in OF_A_RULE}
    names = [one.name for one in fields(RowSaid) if one.name not in ("programmes", "conditions")]
    rows = Participation.objects.filter(edition__in=editions).order_by("position")
    for pk, edition, *cells in rows.values_list(
        "pk", "edition_id", *(paths.get(name, name) for name in names)
    ):
        values = dict(zip(names, cells, strict=True))
        added_on = values.pop("added_on")
        row = RowSaid(
            programmes=tuple(sorted(programmes.get(pk, ()))),
            conditions=tuple(sorted(conditions.get(pk, ()))),
            added_on=added_on,
            **{name: "" if value is None else value for name, value in values.items()},
        )
        said[edition][row.slug] = row
    return said


def fingerprint_of_edition(edition: Edition) -> str:
    """Return what tells whether an edition still says what was read: its head and all its rows."""
    head = {
        name: str(getattr(edition, name))
        for name in ("code", "owner", "as_of", "updated_on", "source", "based_on_id", "reason")
    }
    return fingerprint_of(head, said_by(edition)[edition.pk])


def history_of(agency: Agency, owner: str) -> list[tuple[Edition, Difference]]:
    """Return how one agency's list came to say what it says of ``agency``: newest first.

    Each published edition that differs from the one before it, with the difference.
    """
    editions = list(Edition.objects.of(owner).published().newest_first())
    said = said_by(*editions)
    earlier = [said[one.pk] for one in editions[1:]] + [{}]
    return [
        (edition, difference)
        for edition, before in zip(editions, earlier, strict=True)
        for difference in differences(_only(agency, before), _only(agency, said[edition.pk]))
    ]


def _only(agency: Agency, rows: dict[str, RowSaid]) -> dict[str, RowSaid]:
    return {slug: row for slug, row in rows.items() if slug == agency.slug}


def of_edition(edition: Edition) -> tuple[Contradiction, ...]:
    """Return what speaks against itself in an edition."""
    formats: dict[int, list[Format]] = {}
    for one in GrantFormat.objects.select_related("agency").order_by("agency_id", "position"):
        shape = Format(one.agency.slug, one.pattern, one.key, one.suggests, tuple(one.examples))
        formats.setdefault(one.agency_id, []).append(shape)
    programmes: dict[int, list[tuple[str, ...]]] = {}
    for agency, *called in Programme.objects.order_by("agency_id", "code").values_list(
        "agency_id", "code", "name_en", "name_ja", "name_own"
    ):
        programmes.setdefault(agency, []).append(tuple(filter(None, called)))
    agencies = {
        one.slug: AgencyNamed(
            names=(*filter(None, (one.acronym, one.name_en, one.name_own)), *one.aliases),
            parent=one.parent.slug if one.parent else "",
            formats=tuple(formats.get(one.pk, ())),
            programmes=tuple(programmes.get(one.pk, ())),
        )
        for one in Agency.objects.select_related("parent")
    }
    return contradictions(said_by(edition)[edition.pk].values(), agencies)


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
