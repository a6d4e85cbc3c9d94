"""What judgement can find: outcomes, verdicts, and every finding the rules can give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from applications.rules.cautions import Caution

# Conditions with a sentence of their own; any other is shown by its code.
WORDED_CONDITIONS = ("ERC_SCOPE", "WELLCOME_OUTCOMES")


class Outcome(StrEnum):
    """What came out of one rule."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"  # a fact is missing: ask for it, never guess


class Verdict(StrEnum):
    """What came out of all rules together."""

    FITS = "FITS"
    FITS_IF = "FITS_IF"
    CANNOT_TELL = "CANNOT_TELL"
    DOES_NOT_FIT = "DOES_NOT_FIT"


MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN

AGENCY = "agency_takes_part"
PROGRAMME = "programme_is_targeted"
RUNNING = "grant_is_running"
ABROAD = "holder_works_outside_japan"
REFERENCE = "reference_agrees"
CONDITION = "condition_attested"

# In the order in which findings are given.
RULES = (AGENCY, PROGRAMME, RUNNING, ABROAD, REFERENCE, CONDITION)
# Left out of the findings when the agency has no row.
RULES_ABOUT_THE_ROW = frozenset({PROGRAMME, CONDITION})

Key = tuple[str, Outcome, str]


def _gaps(*names: str) -> frozenset[str]:
    return frozenset(names)


# Every finding the rules can give -> the gaps its sentence may use.
REASONS: Mapping[Key, frozenset[str]] = MappingProxyType(
    {
        (AGENCY, MET, "LISTED"): _gaps("agency"),
        (AGENCY, NOT_MET, "NOT_LISTED"): _gaps("agency"),
        (AGENCY, NOT_MET, "OTHER_FUNDER"): _gaps(),
        (AGENCY, NOT_MET, "INSTITUTE_NOT_LISTED"): _gaps("institute", "code"),
        (AGENCY, UNKNOWN, "NO_AGENCY"): _gaps(),
        (AGENCY, UNKNOWN, "NOT_RECOGNISED"): _gaps("text"),
        (AGENCY, UNKNOWN, "NOT_RECOGNISED_SUGGESTED"): _gaps("text", "suggestions"),
        (AGENCY, UNKNOWN, "NIH_WITHOUT_INSTITUTE"): _gaps(),
        (AGENCY, UNKNOWN, "INSTITUTE_CODE_NOT_KNOWN"): _gaps("code"),
        (PROGRAMME, MET, "ANY"): _gaps(),
        (PROGRAMME, MET, "TARGETED"): _gaps("programme"),
        (PROGRAMME, NOT_MET, "ANOTHER"): _gaps("agency", "programme", "targeted"),
        (PROGRAMME, UNKNOWN, "NOT_GIVEN"): _gaps("agency", "targeted"),
        (RUNNING, MET, "RUNNING"): _gaps("on"),
        (RUNNING, NOT_MET, "ENDED"): _gaps("ends_on", "on"),
        (RUNNING, UNKNOWN, "NO_DATES"): _gaps("on"),
        (RUNNING, UNKNOWN, "NO_START"): _gaps("on"),
        (RUNNING, UNKNOWN, "NO_END"): _gaps("on"),
        (RUNNING, UNKNOWN, "STARTS_LATER"): _gaps("starts_on", "on"),
        (ABROAD, MET, "ABROAD"): _gaps(),
        (ABROAD, NOT_MET, "IN_JAPAN"): _gaps(),
        (ABROAD, UNKNOWN, "NO_COUNTRY"): _gaps(),
        (REFERENCE, MET, "FITS_FORMAT"): _gaps(),
        (REFERENCE, MET, "NAMES_NO_OTHER"): _gaps(),
        (REFERENCE, MET, "NO_FORMAT_KNOWN"): _gaps(),
        (REFERENCE, MET, "NO_NUMBER"): _gaps(),
        (REFERENCE, NOT_MET, "NAMES_ANOTHER"): _gaps("reference", "other", "agency"),
        (CONDITION, MET, "NO_CONDITION"): _gaps(),
        (CONDITION, MET, "GIVEN"): _gaps(),
        (CONDITION, NOT_MET, "DECLINED"): _gaps("condition"),
        (CONDITION, UNKNOWN, "NOT_YET"): _gaps("condition"),
        **{
            (CONDITION, outcome, f"{start}_{condition}"): _gaps("condition")
            for outcome, start in ((NOT_MET, "DECLINED"), (UNKNOWN, "NOT_YET"))
            for condition in WORDED_CONDITIONS
        },
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found: its name, outcome, variant, and the facts that decided."""

    rule: str
    outcome: Outcome
    reason: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict with its reasons, its warnings and the edition it rests on."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    cautions: tuple[Caution, ...]
    edition: str
    as_of: date
    source: str
    on: date

    @property
    def reasons(self) -> str:
        """Every finding as ``rule=OUTCOME``, joined by ``;`` (product.md 9)."""
        return ";".join([f.rule + "=" + f.outcome for f in self.findings])

    @property
    def decisive(self) -> tuple[Finding, ...]:
        """The findings that stand between the grant and ``FITS``."""
        return tuple(f for f in self.findings if f.outcome is not MET)
