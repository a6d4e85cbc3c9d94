"""The published page held against a stored edition, and its wording kept and quoted."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, Subquery

from directory.models import (
    Agency,
    Country,
    Edition,
    Participation,
    PublishedNote,
    PublishedPage,
    User,
)
from directory.published_list import (
    Comparison,
    Listed,
    Named,
    Page,
    PageRow,
    addresses_in,
    compare,
    fingerprint,
    names_of,
    read_page,
)


def read_against(raw: bytes | str, edition: Edition) -> tuple[Page, Comparison]:
    """Read a page and hold it against an edition.

    :raises Unreadable: it cannot be read as a published list
    """
    agencies = list(Agency.objects.select_related("parent").order_by("slug"))
    page = read_page(
        raw,
        funders=[name for one in agencies for name in (one.name_published, one.name_en) if name],
        countries=Country.objects.values_list("name_en", flat=True),
    )
    return page, _compared(page, edition, agencies)


def kept_against(kept: PublishedPage, edition: Edition) -> Comparison:
    """Hold a page that was kept against an edition, as it stands now."""
    rows = tuple(
        PageRow(one.position, "", one.name, one.participation, one.note, addresses_in(one.note))
        for one in kept.notes.order_by("position")
    )
    agencies = Agency.objects.select_related("parent").order_by("slug")
    return _compared(Page(rows, (), None, None), edition, agencies)


def _compared(page: Page, edition: Edition, agencies: Iterable[Agency]) -> Comparison:
    return compare(page, _listed(edition), names_of(map(_named, agencies)))


def _named(agency: Agency) -> Named:
    parent = agency.parent
    short = agency.acronym.removeprefix(f"{parent.acronym}-") if parent else agency.acronym
    return Named(
        slug=agency.slug,
        names=(agency.name_published, agency.name_en, agency.name_own),
        shorts=(agency.acronym, short, *agency.aliases),
        parent_name=parent.name_en if parent else "",
        parent_short=parent.acronym if parent else "",
    )


def _listed(edition: Edition) -> dict[str, Listed]:
    rows = Participation.objects.filter(edition=edition).order_by("position").values_list(
        "agency__slug",
        "agency__name_published",
        "kind",
        "note_fingerprint",
        "notice_rule__address",
    )  # fmt: skip
    return {slug: Listed(slug, *said, address or "") for slug, *said, address in rows}


@transaction.atomic
def keep_page(
    edition: Edition,
    raw: bytes,
    page: Page,
    matched: Mapping[int, str],
    *,
    seen_on: date,
    by: User | None,
    at: datetime,
) -> PublishedPage:
    """Keep a page's wording with an edition: the page and every note of it, or nothing.

    :raises IntegrityError: this very page is kept already as seen on that day
    """
    kept = PublishedPage.objects.create(
        edition=edition,
        seen_on=seen_on,
        sha256=hashlib.sha256(raw).hexdigest(),
        rows=len(page.rows),
        loaded_by=by,
        loaded_at=at,
    )
    keys = dict(Agency.objects.filter(slug__in=matched.values()).values_list("slug", "pk"))
    PublishedNote.objects.bulk_create(
        PublishedNote(
            page=kept,
            position=row.place,
            agency_id=keys.get(matched.get(row.place, "")),
            name=row.name,
            participation=row.participation,
            note=row.note,
            fingerprint=fingerprint(row.note),
        )
        for row in page.rows
    )
    return kept


@dataclass(frozen=True, slots=True)
class Wording:
    """What a funder's page may say of the published words: the note it quotes, if any, and whether
    the page that was seen last says something else."""

    quoted: PublishedNote | None
    has_changed: bool


def wording_of(row: Participation) -> Wording | None:
    """Return what the page said of a row's funder word for word, as last seen; one statement.

    One officer alone keeps a page, for ever, so a note is quoted only where a second person stood by
    it: its fingerprint is the row's, which an approver published, or, for a row without one, it was
    kept before the edition was published. Of any other note nothing is quoted but that it differs.

    None where there is nothing to quote and nothing to hold it against.
    """
    notes = PublishedNote.objects.filter(page__edition=row.edition, agency=row.agency)
    latest = ("-page__seen_on", "-page_id")
    vouched = (
        Q(fingerprint=row.note_fingerprint)
        if row.note_fingerprint
        else Q(page__loaded_at__lt=row.edition.published_at)
    )
    first = (
        notes.annotate(
            is_vouched=ExpressionWrapper(vouched, BooleanField()),
            last_seen=Subquery(notes.order_by(*latest).values("fingerprint")[:1]),
        )
        .select_related("page")
        .order_by("-is_vouched", *latest)
        .first()
    )
    if first is None or not (first.is_vouched or row.note_fingerprint):
        return None
    stands = row.note_fingerprint or first.fingerprint
    return Wording(first if first.is_vouched else None, first.last_seen != stands)
