"""Warnings about one grant: things worth knowing that change no verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from applications.rules.facts import EditionFacts, GrantFacts, ListedRow

# The list states no minimum; 90 days is our own threshold for a word of warning.
SHORT_TIME = timedelta(days=90)
EUROPEAN_UNION = "EU"  # an agency's area on the list, never an affiliation
CFREF = "CFREF"
NIH_INSTITUTE = "nih-"  # how the slugs of NIH institutes begin


class Code(StrEnum):
    """Every warning there is."""

    UNFAMILIAR_NUMBER = "UNFAMILIAR_NUMBER"
    SHORT_TIME_LEFT = "SHORT_TIME_LEFT"
    COUNTRY_DIFFERS = "COUNTRY_DIFFERS"
    CFREF_TO_INSTITUTIONS = "CFREF_TO_INSTITUTIONS"
    NIH_FOREIGN_COMPONENT = "NIH_FOREIGN_COMPONENT"
    ADDED_AFTER_CALL_CLOSED = "ADDED_AFTER_CALL_CLOSED"
    IN_ANOTHER_TEAM = "IN_ANOTHER_TEAM"


# The gaps each warning's sentence may use.
GAPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Code.UNFAMILIAR_NUMBER: frozenset({"reference", "agency"}),
        Code.SHORT_TIME_LEFT: frozenset({"ends_on", "days"}),
        Code.COUNTRY_DIFFERS: frozenset({"agency", "agency_country", "country"}),
        Code.CFREF_TO_INSTITUTIONS: frozenset(),
        Code.NIH_FOREIGN_COMPONENT: frozenset(),
        Code.ADDED_AFTER_CALL_CLOSED: frozenset({"agency", "added_on"}),
        Code.IN_ANOTHER_TEAM: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning and the facts its sentence needs."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


_CFREF = Caution(Code.CFREF_TO_INSTITUTIONS)
_FOREIGN_COMPONENT = Caution(Code.NIH_FOREIGN_COMPONENT)
_ANOTHER_TEAM = Caution(Code.IN_ANOTHER_TEAM)


def contradicted_by(grant: GrantFacts) -> str:
    """Name the one other agency whose number this is, or "" when none is certain."""
    if grant.reference_fits_own is not False:
        return ""
    if len(grant.reference_names) == 1:
        return (grant.reference_names_acronyms or grant.reference_names)[0]
    if grant.reference_names or grant.agency_name.endswith(grant.institute):
        return ""
    # NIH's own shape, with an institute for which we keep no formats.
    return grant.institute


def cautions(
    grant: GrantFacts, row: ListedRow | None, edition: EditionFacts, on: date
) -> tuple[Caution, ...]:
    """Collect the warnings for one grant, in the order of ``Code``."""
    found: list[Caution] = []
    if grant.reference_fits_own is False and not contradicted_by(grant):
        params = {"reference": grant.reference, "agency": grant.agency_name}
        found.append(Caution(Code.UNFAMILIAR_NUMBER, params))
    ends_on = grant.ends_on
    if ends_on is not None and ends_on >= on and ends_on - on <= SHORT_TIME:
        params = {"ends_on": ends_on.isoformat(), "days": str((ends_on - on).days)}
        found.append(Caution(Code.SHORT_TIME_LEFT, params))
    if row is not None:
        found.extend(_about_the_row(grant, row, edition, on))
    if grant.in_another_team:
        found.append(_ANOTHER_TEAM)
    return tuple(found)


def _about_the_row(
    grant: GrantFacts, row: ListedRow, edition: EditionFacts, on: date
) -> list[Caution]:
    found: list[Caution] = []
    if grant.country and grant.country != row.country != EUROPEAN_UNION:
        params = {
            "agency": row.acronym,
            "agency_country": row.country,
            "country": grant.country,
        }
        found.append(Caution(Code.COUNTRY_DIFFERS, params))
    if grant.programme == CFREF and CFREF in row.programmes:
        found.append(_CFREF)
    if row.agency.startswith(NIH_INSTITUTE):
        found.append(_FOREIGN_COMPONENT)
    added_on = edition.added_on.get(row.agency)
    if added_on is not None and added_on > on:
        params = {"agency": row.acronym, "added_on": added_on.isoformat()}
        found.append(Caution(Code.ADDED_AFTER_CALL_CLOSED, params))
    return found
