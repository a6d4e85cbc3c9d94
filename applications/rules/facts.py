"""The facts that judgement rests on: frozen, plain, already read from rows or files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Strength(StrEnum):
    """How strongly the list asks for a notice, in the funder's own gradation."""

    REQUESTED = "REQUESTED"
    ENCOURAGED = "ENCOURAGED"
    ENQUIRY = "ENQUIRY"
    NOT_NEEDED = "NOT_NEEDED"
    NONE_STATED = "NONE_STATED"


class Trigger(StrEnum):
    """The occasion on which a notice falls due."""

    UPON_APPLICATION = "UPON_APPLICATION"
    ON_COLLABORATION = "ON_COLLABORATION"
    ANY_TIME = "ANY_TIME"
    NONE = ""


class Recipient(StrEnum):
    """What the list says of the one to be told."""

    ADDRESS = "ADDRESS"
    GRANT_CONTACT = "GRANT_CONTACT"
    BODY_WITHOUT_ADDRESS = "BODY_WITHOUT_ADDRESS"
    NONE = ""


class Attestation(StrEnum):
    """What the holder answered about one condition."""

    GIVEN = "GIVEN"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One agency's row of an edition, as far as judgement needs it."""

    agency: str  # slug
    acronym: str
    country: str  # the agency's area on the list; "EU" for the ERC
    programmes: frozenset[str]  # codes; empty: any programme
    conditions: tuple[str, ...]  # condition codes to attest
    strength: Strength
    trigger: Trigger
    recipient: Recipient
    body: str = ""  # slug of the body to be told
    body_acronym: str = ""
    address: str = ""  # published address, "" where the list gives none


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """One edition: its rows by slug, and what must be cited with every verdict."""

    code: str
    as_of: date
    source: str
    rows: Mapping[str, ListedRow]
    # Agencies that joined after a call had closed: slug -> day added.
    added_on: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """One grant as known. None or "" always means: not given."""

    agency: str = ""  # slug of a known agency; "other" for "another funder"; "" when unknown
    agency_name: str = ""  # acronym (or text as typed) for the reasons
    agency_text: str = ""  # text we did not recognise as an agency
    agency_suggestions: tuple[str, ...] = ()  # acronyms close to agency_text
    institute: str = ""  # acronym of the NIH institute in the number (NHLBI), when it tells
    institute_code: str = ""  # HL
    nih_without_institute: bool = False  # "NIH" named, number does not tell the institute
    programme: str = ""  # code, or text as typed when not a known programme
    reference: str = ""  # as typed
    reference_fits_own: bool | None = (
        None  # fits a format of its own agency; None: no number or no format known
    )
    reference_names: tuple[
        str, ...
    ] = ()  # slugs of other agencies whose distinctive format it fits
    reference_names_acronyms: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    country: str = ""  # ISO alpha-2 of the holder's affiliation
    attestations: Mapping[str, Attestation] = field(default_factory=dict)  # by condition code
    in_another_team: bool = False  # for staff of that agency only
