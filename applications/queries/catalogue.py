"""Agencies, formats and one edition as plain facts: read once, asked many times."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from applications.rules.facts import (
    Attestation,
    EditionFacts,
    GrantFacts,
    ListedRow,
    Recipient,
    Strength,
    Trigger,
)
from directory.models import Agency, Edition, Grant, Programme
from directory.references import Format, FormatBook, decode_nih, fold_name, normalise, similar

OTHER = "other"
NIH = "nih"


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """What judgement and pages need of an agency, without its row."""

    pk: int
    slug: str
    acronym: str
    country: str
    institute_code: str
    name_en: str
    name_ja: str


class Catalogue:
    """Every agency we know, listed or not, by slug, name and institute code; and their formats."""

    def __init__(
        self,
        agencies: Mapping[str, AgencyEntry],
        names: Mapping[str, str],
        formats: list[Format],
        programmes: Mapping[tuple[str, str], str],
    ) -> None:
        self.agencies = agencies
        self.names = names  # folded name -> slug
        self.institutes = {
            one.institute_code: one for one in agencies.values() if one.institute_code
        }
        self.programmes = programmes  # funder's slug and folded name or code -> code
        self.book = FormatBook(formats, {code: one.slug for code, one in self.institutes.items()})
        # A file repeats its funders and often its numbers: each is read once.
        self.find = lru_cache(maxsize=4096)(self._find)
        self.read = lru_cache(maxsize=4096)(self._read)

    def _find(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Return the slug that ``text`` names, or "" and the acronyms of agencies close to it."""
        folded = fold_name(text)
        if not folded or folded == OTHER:
            return folded, ()
        if folded in self.names:
            return self.names[folded], ()
        return "", tuple(self.agencies[slug].acronym for slug in similar(text, self.names))

    def programme(self, agency: str, text: str) -> str:
        """Return the code of a programme of this funder, else the text as typed.

        Other funders may call programmes of theirs the same.
        """
        return self.programmes.get((agency, fold_name(text)), text) if text else ""

    def suggest(self, reference: str) -> str:
        """Return the one agency that a distinctive number tells, else ""."""
        found = self.book.suggested(normalise(reference)) if reference else ()
        return found[0] if len(found) == 1 else ""

    def key(self, agency: str, reference: str) -> str:
        """Return the canonical key of a number; its identity together with the agency."""
        number = normalise(reference)
        return self.book.key(agency, number) if number else ""

    def _read(
        self, agency: str, reference: str
    ) -> tuple[str, str, str, bool | None, tuple[str, ...]]:
        """Return slug, institute, its code, whether the number fits its own agency, whom else it names."""
        number = normalise(reference)
        if not agency and number:
            found = self.book.suggested(number)
            agency = found[0] if len(found) == 1 else ""
        institute, code = "", ""
        if agency in ("", NIH) or agency.startswith("nih-"):
            decoded = decode_nih(number) if number else None
            entry = self.institutes.get(decoded.institute) if decoded else None
            if decoded:
                code, institute = decoded.institute, entry.acronym if entry else ""
            if entry and agency in ("", NIH):
                agency = entry.slug
        known = agency in self.agencies and agency != NIH
        own = self.book.fits(agency, number) if known and number else None
        others = self.book.names_other(agency, number) if known and number and own is False else ()
        return agency, institute, code, own, others

    def typed_grant(
        self,
        *,
        agency: str = "",
        reference: str = "",
        programme: str = "",
        programme_code: str = "",
        starts_on: date | None = None,
        ends_on: date | None = None,
        country: str = "",
        attestations: Mapping[str, Attestation] | None = None,
        agency_other: str = "",
        in_another_team: bool = False,
    ) -> GrantFacts:
        """Read one grant as typed: the agency by any of its names, else by a distinctive number.

        ``programme`` is read as one of that agency; ``programme_code`` was chosen, and stands.
        """
        slug, suggestions = self.find(agency) if agency else ("", ())
        unrecognised = bool(agency) and not slug
        if unrecognised:
            institute, code, own, others = "", "", None, ()
        else:
            slug, institute, code, own, others = self.read(slug, reference)
        entry = self.agencies.get(slug)
        return GrantFacts(
            agency=slug,
            agency_name=entry.acronym if entry else agency_other or agency,
            agency_text=agency if unrecognised else "",
            agency_suggestions=suggestions,
            institute=institute,
            institute_code=code,
            nih_without_institute=slug == NIH,
            programme=programme_code or self.programme(slug, programme),
            reference=reference,
            reference_fits_own=own,
            reference_names=others,
            reference_names_acronyms=tuple(self.agencies[one].acronym for one in others),
            starts_on=starts_on,
            ends_on=ends_on,
            country=country,
            attestations=attestations or {},
            in_another_team=in_another_team,
        )

    def stored_grant(
        self, grant: Grant, country: str, attestations: Mapping[str, Attestation]
    ) -> GrantFacts:
        """Read one stored grant of a holder in ``country``; agency and programme are loaded with it."""
        agency, programme = grant.agency, grant.programme
        return self.kept_grant(
            agency=agency.slug if agency else "",
            agency_other=grant.agency_other,
            reference=grant.reference,
            programme=grant.programme_other,
            programme_code=programme.code if programme else "",
            starts_on=grant.starts_on,
            ends_on=grant.ends_on,
            country=country,
            attestations=attestations,
        )

    def kept_grant(self, *, agency: str, agency_other: str, **values: Any) -> GrantFacts:
        """Read one grant from the columns it is stored in; takes what ``typed_grant`` takes."""
        named = agency or (OTHER if agency_other else "")
        return self.typed_grant(agency=named, agency_other=agency_other, **values)

    def agency_of(self, agency: str, agency_other: str, reference: str) -> str:
        """Return whose grant ``kept_grant`` takes it for, without reading what else there is."""
        if agency_other and not agency:
            return OTHER
        slug = self.find(agency)[0] if agency else ""
        open_yet = slug == NIH or not agency  # what the number tells
        return self.read(slug, reference)[0] if open_yet else slug


def load_catalogue() -> Catalogue:
    """Read all agencies with their formats, and all programmes, in two statements."""
    agencies: dict[str, AgencyEntry] = {}
    names: dict[str, str] = {}
    formats: list[Format] = []
    fields = ("pk", "slug", "acronym", "country_id", "institute_code", "name_en", "name_ja")
    spoken = ("slug", "acronym", "name_en", "name_ja", "name_own", "name_published")
    shape = ("pattern", "key", "suggests", "examples")
    wanted = [
        *dict.fromkeys((*fields, *spoken, "aliases")),
        *(f"formats__{name}" for name in shape),
    ]
    for row in Agency.objects.order_by("pk", "formats__position").values(*wanted):
        slug = row["slug"]
        if slug not in agencies:
            agencies[slug] = AgencyEntry(*(row[name] for name in fields))
            for name in (*(row[name] for name in spoken), *row["aliases"]):
                if name:
                    names.setdefault(fold_name(name), slug)
        if row["formats__pattern"]:
            pattern, key, suggests, examples = (row[f"formats__{name}"] for name in shape)
            formats.append(Format(slug, pattern, key, suggests, tuple(examples)))
    codes: dict[tuple[str, str], str] = {}
    named: dict[tuple[str, str], str] = {}
    for owner, code, *names_of_it in Programme.objects.order_by("pk").values_list(
        "agency__slug", "code", "name_en", "name_ja", "name_own"
    ):
        codes.setdefault((owner, fold_name(code)), code)
        for name in filter(None, names_of_it):
            named.setdefault((owner, fold_name(name)), code)
    programmes = named | codes  # a code stands for itself, whatever another is called
    return Catalogue(agencies, names, formats, programmes)


LISTED = (
    *("agency__slug", "agency__acronym", "agency__country_id", "added_on"),
    *("notice_rule__strength", "notice_rule__trigger", "notice_rule__recipient"),
    *("notice_rule__body__slug", "notice_rule__body__acronym", "notice_rule__address"),
    *("programmes__code", "conditions__code"),
)


def edition_facts(edition: Edition) -> EditionFacts:
    """Read one edition's rows with what each asks, in one statement."""
    return facts_of_editions([edition.pk])[edition.pk]


def facts_of_editions(editions: Collection[int] | QuerySet[Edition]) -> dict[int, EditionFacts]:
    """Read the rows of these editions, by the edition's key; one statement, however many they are.

    A row whose notice rule is not yet written, which only a draft has, states nothing of notices.
    """
    # A row comes once for each of its programmes and conditions: a handful of rows more
    # cost less than two statements more on every page of a team.
    heads: dict[int, tuple[str, date, str]] = {}
    asked: dict[int, dict[tuple, tuple[set[str], set[str]]]] = {}
    for pk, code, as_of, source, *row, programme, condition in (
        Edition.objects.filter(pk__in=editions)
        .order_by("pk", "rows__position")
        .values_list("pk", "code", "as_of", "source", *(f"rows__{name}" for name in LISTED))
    ):
        heads[pk] = (code, as_of, source)
        rows = asked.setdefault(pk, {})
        if row[0] is not None:  # an edition without rows
            programmes, conditions = rows.setdefault(tuple(row), (set(), set()))
            programmes.add(programme)
            conditions.add(condition)
    return {pk: _facts(*head, asked[pk]) for pk, head in heads.items()}


def _facts(
    code: str, as_of: date, source: str, asked: dict[tuple, tuple[set[str], set[str]]]
) -> EditionFacts:
    rows: dict[str, ListedRow] = {}
    added: dict[str, date] = {}
    for row, (programmes, conditions) in asked.items():
        slug, acronym, country, added_on, strength, trigger, recipient, body, told, address = row
        rows[slug] = ListedRow(
            agency=slug,
            acronym=acronym,
            country=country,
            programmes=frozenset(programmes - {None}),
            conditions=tuple(sorted(conditions - {None})),
            strength=Strength(strength or Strength.NONE_STATED),
            trigger=Trigger(trigger or ""),
            recipient=Recipient(recipient or ""),
            body=body or "",
            body_acronym=told or "",
            address=address or "",
        )
        if added_on:
            added[slug] = added_on
    return EditionFacts(code, as_of, source, rows, added)
