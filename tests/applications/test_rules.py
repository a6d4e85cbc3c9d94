"""Every rule for one grant: what it finds, for which reason, and what they amount to."""

import csv
import timeit
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from applications.rules import eligibility as rules
from applications.rules.eligibility import Finding, Outcome, Verdict, judge
from applications.rules.facts import (
    Attestation,
    EditionFacts,
    GrantFacts,
    ListedRow,
    Recipient,
    Strength,
    Trigger,
)
from applications.rules.findings import REASONS, RULES, RULES_ABOUT_THE_ROW, WORDED_CONDITIONS

CLOSING_DAY = date(2024, 5, 28)
GOLDEN = Path(rules.__file__).parents[1] / "golden_cases.csv"


def row(agency: str, acronym: str, country: str, **more) -> ListedRow:
    facts = {"programmes": frozenset(), "conditions": ()} | more
    silence = {
        "strength": Strength.NONE_STATED,
        "trigger": Trigger.NONE,
        "recipient": Recipient.NONE,
    }
    return ListedRow(agency, acronym, country, **(silence | facts))


LIST = EditionFacts(
    code="amed-2024-07-01",
    as_of=date(2024, 7, 1),
    source="https://www.amed.go.jp/en/program/list/20/01/009.html",
    rows={
        one.agency: one
        for one in (
            row("arc", "ARC", "AU"),
            row("tips", "TIPS", "CA", programmes=frozenset({"CFREF", "CERC"})),
            row("erc", "ERC", "EU", conditions=("ERC_SCOPE",)),
            row("wellcome", "Wellcome", "GB", conditions=("WELLCOME_OUTCOMES",)),
            row("both", "Both", "GB", conditions=("ERC_SCOPE", "NEW_CONDITION")),
            row("nih-nci", "NIH-NCI", "US"),
            row("nih-nhgri", "NIH-NHGRI", "US"),
        )
    },
    added_on={"nih-nhgri": date(2024, 7, 3)},
)

ARC = GrantFacts(
    agency="arc",
    agency_name="ARC",
    reference="DP200101613",
    reference_fits_own=True,
    starts_on=date(2022, 4, 1),
    ends_on=date(2026, 3, 31),
    country="AU",
)
NCI = replace(ARC, agency="nih-nci", agency_name="NIH-NCI", reference="R01CA253329", country="US")
NOWHERE = replace(ARC, agency="", agency_name="", reference="", reference_fits_own=None)


def found(grant: GrantFacts, rule: str, on: date = CLOSING_DAY) -> tuple[str, str, dict]:
    (finding,) = [f for f in judge(grant, LIST, on).findings if f.rule == rule]
    return finding.outcome, finding.reason, finding.params


def test_grant_that_meets_every_rule_fits_and_cites_its_source():
    # Given a running grant of a listed agency, held abroad
    # When it is judged on the closing day
    assessment = judge(ARC, LIST, CLOSING_DAY)

    # Then it fits, with all six reasons and what they rest on
    assert assessment.verdict is Verdict.FITS
    assert assessment.reasons == ";".join(f"{rule}=MET" for rule in RULES)
    assert assessment.decisive == ()
    assert assessment.cautions == ()
    assert (assessment.edition, assessment.as_of) == ("amed-2024-07-01", date(2024, 7, 1))
    assert (assessment.source, assessment.on) == (LIST.source, CLOSING_DAY)


AGENCIES = [
    (ARC, ("MET", "LISTED", {"agency": "ARC"})),
    (replace(NOWHERE, agency="crick", agency_name="CRICK"),
     ("NOT_MET", "NOT_LISTED", {"agency": "CRICK"})),
    (replace(NOWHERE, agency="other"), ("NOT_MET", "OTHER_FUNDER", {})),
    (replace(NOWHERE, agency="nih-nhlbi", institute="NHLBI", institute_code="HL"),
     ("NOT_MET", "INSTITUTE_NOT_LISTED", {"institute": "NHLBI", "code": "HL"})),
    (replace(NOWHERE, institute="NIGMS", institute_code="GM"),
     ("NOT_MET", "INSTITUTE_NOT_LISTED", {"institute": "NIGMS", "code": "GM"})),
    (replace(NOWHERE, agency="nih", nih_without_institute=True),
     ("UNKNOWN", "NIH_WITHOUT_INSTITUTE", {})),
    (replace(NOWHERE, nih_without_institute=True), ("UNKNOWN", "NIH_WITHOUT_INSTITUTE", {})),
    (replace(NOWHERE, agency="nih", institute_code="QQ"),
     ("UNKNOWN", "INSTITUTE_CODE_NOT_KNOWN", {"code": "QQ"})),
    (NOWHERE, ("UNKNOWN", "NO_AGENCY", {})),
    (replace(NOWHERE, agency_text="Foo"), ("UNKNOWN", "NOT_RECOGNISED", {"text": "Foo"})),
    (replace(NOWHERE, agency_text="ARK", agency_suggestions=("ARC", "ANR")),
     ("UNKNOWN", "NOT_RECOGNISED_SUGGESTED", {"text": "ARK", "suggestions": "ARC, ANR"})),
]  # fmt: skip


@pytest.mark.parametrize(("grant", "expected"), AGENCIES)
def test_agency_takes_part(grant, expected):
    assert found(grant, "agency_takes_part") == expected


PROGRAMMES = [
    ("CFREF", ("MET", "TARGETED", {"programme": "CFREF"})),
    ("CERC", ("MET", "TARGETED", {"programme": "CERC"})),
    ("CRC", ("NOT_MET", "ANOTHER",
             {"agency": "TIPS", "programme": "CRC", "targeted": "CERC, CFREF"})),
    ("", ("UNKNOWN", "NOT_GIVEN", {"agency": "TIPS", "targeted": "CERC, CFREF"})),
]  # fmt: skip


@pytest.mark.parametrize(("programme", "expected"), PROGRAMMES)
def test_programme_is_targeted(programme, expected):
    grant = replace(ARC, agency="tips", programme=programme)
    assert found(grant, "programme_is_targeted") == expected


def test_any_programme_counts_where_the_row_targets_none():
    grant = replace(ARC, programme="Discovery Projects")
    assert found(grant, "programme_is_targeted") == ("MET", "ANY", {})


DAYS = [
    ((2024, 5, 28), (2024, 5, 28), ("MET", "RUNNING")),
    ((2022, 1, 1), (2024, 5, 28), ("MET", "RUNNING")),
    ((2022, 1, 1), (2024, 5, 27), ("NOT_MET", "ENDED")),
    ((2024, 5, 28), (2027, 1, 1), ("MET", "RUNNING")),
    ((2024, 5, 29), (2027, 1, 1), ("UNKNOWN", "STARTS_LATER")),
    ((2024, 5, 29), None, ("UNKNOWN", "STARTS_LATER")),
    (None, (2024, 5, 27), ("NOT_MET", "ENDED")),
    (None, (2024, 5, 28), ("UNKNOWN", "NO_START")),
    ((2022, 1, 1), None, ("UNKNOWN", "NO_END")),
    (None, None, ("UNKNOWN", "NO_DATES")),
]


@pytest.mark.parametrize(("start", "end", "expected"), DAYS)
def test_grant_is_running_counts_both_days(start, end, expected):
    grant = replace(ARC, starts_on=start and date(*start), ends_on=end and date(*end))
    assert found(grant, "grant_is_running")[:2] == expected


def test_dates_that_decided_are_given_with_the_finding():
    ended = replace(ARC, ends_on=date(2024, 5, 27))
    days = {"ends_on": "2024-05-27", "on": "2024-05-28"}
    assert found(ended, "grant_is_running") == ("NOT_MET", "ENDED", days)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("AU", ("MET", "ABROAD", {})),
        ("JP", ("NOT_MET", "IN_JAPAN", {})),
        ("", ("UNKNOWN", "NO_COUNTRY", {})),
    ],
)
def test_holder_works_outside_japan(country, expected):
    assert found(replace(ARC, country=country), "holder_works_outside_japan") == expected


AI = {"reference": "R01AI127236", "reference_fits_own": False}
ONE = {"reference_names": ("nih-niaid",), "reference_names_acronyms": ("NIH-NIAID",)}
TWO = {"reference_names": ("nihr", "ukri"), "reference_names_acronyms": ("NIHR", "UKRI")}
NIAID = {"reference": "R01AI127236", "other": "NIH-NIAID", "agency": "NIH-NCI"}
NUMBERS = [
    (NCI, ("MET", "FITS_FORMAT", {})),
    # Its own formats come first: what they fit speaks against nothing.
    (replace(NCI, **AI | ONE | {"reference_fits_own": True}), ("MET", "FITS_FORMAT", {})),
    (replace(NCI, **AI | ONE), ("NOT_MET", "NAMES_ANOTHER", NIAID)),
    (replace(NCI, **AI | TWO), ("MET", "NAMES_NO_OTHER", {})),
    (replace(NCI, **AI), ("MET", "NAMES_NO_OTHER", {})),
    (replace(NCI, **AI, institute="NHLBI"),
     ("NOT_MET", "NAMES_ANOTHER", NIAID | {"other": "NHLBI"})),
    (replace(NCI, **AI, institute="NCI"), ("MET", "NAMES_NO_OTHER", {})),
    (replace(NCI, **AI | ONE | {"reference_fits_own": None}), ("MET", "NO_FORMAT_KNOWN", {})),
    (replace(NCI, reference="", reference_fits_own=None), ("MET", "NO_NUMBER", {})),
]  # fmt: skip


@pytest.mark.parametrize(("grant", "expected"), NUMBERS)
def test_reference_agrees(grant, expected):
    assert found(grant, "reference_agrees") == expected


GIVEN, DECLINED = Attestation.GIVEN, Attestation.DECLINED
CONDITIONS = [
    ("arc", {}, "MET", "NO_CONDITION", "FITS"),
    ("erc", {}, "UNKNOWN", "NOT_YET_ERC_SCOPE", "FITS_IF"),
    ("erc", {"ERC_SCOPE": GIVEN}, "MET", "GIVEN", "FITS"),
    ("erc", {"ERC_SCOPE": DECLINED}, "NOT_MET", "DECLINED_ERC_SCOPE", "DOES_NOT_FIT"),
    ("erc", {"WELLCOME_OUTCOMES": GIVEN}, "UNKNOWN", "NOT_YET_ERC_SCOPE", "FITS_IF"),
    ("wellcome", {}, "UNKNOWN", "NOT_YET_WELLCOME_OUTCOMES", "FITS_IF"),
    ("wellcome", {"WELLCOME_OUTCOMES": DECLINED}, "NOT_MET", "DECLINED_WELLCOME_OUTCOMES",
     "DOES_NOT_FIT"),
    ("both", {"ERC_SCOPE": GIVEN}, "UNKNOWN", "NOT_YET", "FITS_IF"),
    ("both", {"NEW_CONDITION": DECLINED}, "NOT_MET", "DECLINED", "DOES_NOT_FIT"),
]  # fmt: skip


@pytest.mark.parametrize(("agency", "answers", "outcome", "reason", "verdict"), CONDITIONS)
def test_condition_attested(agency, answers, outcome, reason, verdict):
    grant = replace(ARC, agency=agency, attestations=answers)
    assert found(grant, "condition_attested")[:2] == (outcome, reason)
    assert judge(grant, LIST, CLOSING_DAY).verdict == verdict


def test_not_met_outweighs_unknown_and_all_obstacles_are_named():
    # Given a grant with two obstacles and one open question
    grant = replace(ARC, agency="erc", country="JP", ends_on=date(2023, 3, 31))
    # When it is judged, then all three are named
    assessment = judge(grant, LIST, CLOSING_DAY)
    assert assessment.verdict is Verdict.DOES_NOT_FIT
    assert [(f.rule, f.outcome) for f in assessment.decisive] == [
        ("grant_is_running", "NOT_MET"),
        ("holder_works_outside_japan", "NOT_MET"),
        ("condition_attested", "UNKNOWN"),
    ]


def test_unanswered_question_beside_a_condition_is_no_fit_if():
    grant = replace(ARC, agency="erc", country="")
    assert judge(grant, LIST, CLOSING_DAY).verdict is Verdict.CANNOT_TELL


def test_rules_about_the_row_are_left_out_where_there_is_no_row():
    rules_found = [f.rule for f in judge(NOWHERE, LIST, CLOSING_DAY).findings]
    assert rules_found == [rule for rule in RULES if rule not in RULES_ABOUT_THE_ROW]


def test_empty_facts_never_fit():
    assessment = judge(GrantFacts(), LIST, CLOSING_DAY)
    assert assessment.verdict is Verdict.CANNOT_TELL
    assert assessment.reasons == (
        "agency_takes_part=UNKNOWN;grant_is_running=UNKNOWN;"
        "holder_works_outside_japan=UNKNOWN;reference_agrees=MET"
    )


def test_reasons_declared_are_those_of_the_six_rules():
    assert {rule for rule, _, _ in REASONS} == set(RULES)
    for condition in WORDED_CONDITIONS:
        assert ("condition_attested", "UNKNOWN", f"NOT_YET_{condition}") in REASONS


def test_every_finding_in_these_tables_is_declared_with_its_gaps():
    grants = [g for g, _ in AGENCIES + NUMBERS]
    grants += [replace(ARC, agency="tips", programme=p) for p, _ in PROGRAMMES]
    grants += [replace(ARC, agency=a, attestations=answers) for a, answers, *_ in CONDITIONS]
    grants += [replace(ARC, country=country) for country in ("AU", "JP", "")]
    grants += [replace(ARC, starts_on=s and date(*s), ends_on=e and date(*e)) for s, e, _ in DAYS]
    seen = {
        (f.rule, f.outcome, f.reason): frozenset(f.params)
        for grant in grants
        for f in judge(grant, LIST, CLOSING_DAY).findings
    }
    assert seen == dict(REASONS)


def golden() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_golden_cases_can_be_read_and_agree_with_themselves():
    cases = golden()
    assert ",".join(cases[0]) == (
        "row_id,agency,reference,programme,starts_on,ends_on,country,"
        "expected_verdict,expected_reasons,note"
    )
    assert len({case["row_id"] for case in cases}) == len(cases)
    for case in cases:
        reasons = [part.split("=") for part in case["expected_reasons"].split(";") if part]
        findings = tuple(Finding(rule, Outcome(outcome)) for rule, outcome in reasons)
        assert {f.rule for f in findings} <= set(RULES), case["row_id"]
        assert rules.verdict_of(findings) == case["expected_verdict"], case["row_id"]


def test_judging_is_quick_enough_for_bulk_checks():
    # 20,000 rows a second leave 50 microseconds for all of a row; judging may take a third.
    seconds = min(timeit.repeat(lambda: judge(NCI, LIST, CLOSING_DAY), number=2_000, repeat=5))
    assert seconds / 2_000 < 17e-6
