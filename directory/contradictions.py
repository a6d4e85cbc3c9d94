"""What speaks against itself in an edition: two rows, or a row and its agency, that cannot both hold."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from directory.addresses import canonical
from directory.changes import RowSaid
from directory.references import Format, fold_name, normalise

ASKS = frozenset({"REQUESTED", "ENCOURAGED"})
NOT_NEEDED = "NOT_NEEDED"
# An address beside these takes questions; nobody has to write there.
FOR_QUESTIONS = frozenset({"ENQUIRY", NOT_NEEDED})
# What a holder attests is worded for the one funder that asks it.
CONDITION_OF = {"ERC_SCOPE": "erc", "WELLCOME_OUTCOMES": "wellcome"}


@dataclass(frozen=True, slots=True)
class AgencyNamed:
    """How an agency is known: its names, acronym and aliases, its parent, its number formats.

    ``programmes`` are its own: the code of each, and its names.
    """

    names: tuple[str, ...] = ()
    parent: str = ""
    formats: tuple[Format, ...] = ()
    programmes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two rows that cannot both hold, by the slugs of their agencies; one row at fault stands twice.

    The second agency of a shared name or format may have no row: its name alone stands in the way.
    """

    code: str
    first: str
    second: str
    params: Mapping[str, str] = field(default_factory=dict)


Rows = Sequence[RowSaid]
Agencies = Mapping[str, AgencyNamed]


def contradictions(
    rows: Iterable[RowSaid], agencies: Mapping[str, AgencyNamed]
) -> tuple[Contradiction, ...]:
    """Return what speaks against itself, in the order of the rows; ``agencies`` are all by slug."""
    listed = sorted(rows, key=lambda row: (row.position, row.slug))
    return tuple(found for rule in RULES for found in rule(listed, agencies))


def _one_row_for_an_agency(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    for first, second in combinations(rows, 2):
        if first.slug == second.slug:
            yield Contradiction("SAME_AGENCY", first.slug, second.slug)


def _one_row_for_a_place(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    for first, second in combinations(rows, 2):
        if first.position == second.position:
            place = {"place": str(first.position)}
            yield Contradiction("SAME_PLACE", first.slug, second.slug, place)


def _an_agency_or_its_institutes(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    """NIH takes part institute by institute: a row for the whole would take the others in."""
    listed = {row.slug for row in rows}
    for row in rows:
        parent = agencies[row.slug].parent
        if parent in listed:
            yield Contradiction("PARENT_AND_INSTITUTE", parent, row.slug)


def _one_address_for_a_body(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    with_address = [row for row in rows if row.address]
    for body, first, second in _pairs(with_address, lambda row: row.body):
        if canonical(first.address) != canonical(second.address):
            params = {"body": body, "first": first.address, "second": second.address}
            yield Contradiction("TWO_ADDRESSES", first.slug, second.slug, params)


def _asked_or_not_needed(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    # A row that says "no need" names no body: it is the agency's own.
    for body, first, second in _pairs(rows, lambda row: row.body or row.slug):
        strengths = {first.strength, second.strength}
        if NOT_NEEDED in strengths and strengths & ASKS:
            yield Contradiction("ASKED_AND_NOT_NEEDED", first.slug, second.slug, {"body": body})


def _questions_or_notices(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    with_address = [row for row in rows if row.address]
    for address, first, second in _pairs(with_address, lambda row: canonical(row.address)):
        strengths = {first.strength, second.strength}
        if strengths & ASKS and strengths & FOR_QUESTIONS:
            params = {"address": address}
            yield Contradiction("QUESTIONS_AND_NOTICES", first.slug, second.slug, params)


def _a_name_tells_one_agency(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    for first, second in _listed_first(rows, agencies):
        others = {fold_name(name) for name in agencies[second].names}
        for name in agencies[first].names:
            if fold_name(name) in others:
                yield Contradiction("SHARED_NAME", first, second, {"name": name})
                break


def _a_distinctive_number_tells_one_agency(
    rows: Rows, agencies: Agencies
) -> Iterator[Contradiction]:
    distinctive = {
        slug: [(one.compiled(), one.examples) for one in agency.formats if one.suggests]
        for slug, agency in agencies.items()
    }
    for first, second in _listed_first(rows, agencies):
        taken = (
            example
            for one, other in ((first, second), (second, first))
            for pattern, _own in distinctive[one]
            for _pattern, examples in distinctive[other]
            for example in examples
            if pattern.fullmatch(normalise(example))
        )
        if example := next(taken, ""):
            yield Contradiction("SHARED_FORMAT", first, second, {"example": example})


def _conditions_are_their_funders(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    for row in rows:
        for code in row.conditions:
            if CONDITION_OF.get(code, row.slug) != row.slug:
                params = {"condition": code, "agency": CONDITION_OF[code]}
                yield Contradiction("CONDITION_OF_ANOTHER", row.slug, row.slug, params)


def _programmes_are_their_funders(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    for row in rows:
        for programme in row.programmes:
            if "/" in programme:
                params = {"programme": programme}
                yield Contradiction("PROGRAMME_OF_ANOTHER", row.slug, row.slug, params)


def _a_name_tells_one_programme(rows: Rows, agencies: Agencies) -> Iterator[Contradiction]:
    """A grant is entered under a programme by its code or any of its names."""
    for row in rows:
        for first, second in combinations(agencies[row.slug].programmes, 2):
            others = {fold_name(name) for name in second}
            if name := next((one for one in first if fold_name(one) in others), ""):
                params = {"name": name, "one": first[0], "other": second[0]}
                yield Contradiction("SHARED_PROGRAMME", row.slug, row.slug, params)


RULES: tuple[Callable[[Rows, Agencies], Iterator[Contradiction]], ...] = (
    _one_row_for_an_agency,
    _one_row_for_a_place,
    _an_agency_or_its_institutes,
    _one_address_for_a_body,
    _asked_or_not_needed,
    _questions_or_notices,
    _a_name_tells_one_agency,
    _a_distinctive_number_tells_one_agency,
    _conditions_are_their_funders,
    _programmes_are_their_funders,
    _a_name_tells_one_programme,
)


def _pairs(
    rows: Iterable[RowSaid], by: Callable[[RowSaid], str]
) -> Iterator[tuple[str, RowSaid, RowSaid]]:
    """Yield the pairs of rows that share what ``by`` reads of them."""
    alike: dict[str, list[RowSaid]] = defaultdict(list)
    for row in rows:
        alike[by(row)].append(row)
    for shared, group in alike.items():
        for first, second in combinations(group, 2):
            yield shared, first, second


def _listed_first(rows: Rows, agencies: Agencies) -> Iterator[tuple[str, str]]:
    """Yield each pair of agencies of which one has a row; that one first, and no pair twice."""
    listed = list(dict.fromkeys(row.slug for row in rows))
    yield from combinations(listed, 2)
    for slug in listed:
        for other in sorted(agencies.keys() - listed):
            yield slug, other
