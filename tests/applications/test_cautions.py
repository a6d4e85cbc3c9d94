"""Warnings: worth knowing, and without any weight in the verdict."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from applications.rules.eligibility import Verdict, judge
from applications.rules.facts import GrantFacts
from tests.applications.test_rules import ARC, CLOSING_DAY, LIST, NCI


def warnings(grant: GrantFacts, on: date = CLOSING_DAY) -> dict[str, dict[str, str]]:
    return {c.code: c.params for c in judge(grant, LIST, on).cautions}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, None), (0, "0"), (1, "1"), (90, "90"), (91, None)],
)
def test_short_time_left_counts_ninety_days(days, expected):
    # Given a grant that ends so many days after the reference date
    ends_on = CLOSING_DAY + timedelta(days=days)
    # When it is judged, then the warning gives the days, or is absent
    found = warnings(replace(ARC, ends_on=ends_on)).get("SHORT_TIME_LEFT")
    assert found == (expected and {"ends_on": ends_on.isoformat(), "days": expected})


def test_short_time_left_changes_no_verdict():
    assessment = judge(replace(ARC, ends_on=CLOSING_DAY), LIST, CLOSING_DAY)
    assert assessment.verdict is Verdict.FITS


def test_country_that_differs_is_a_warning_but_never_for_the_erc():
    abroad = {"agency": "ARC", "agency_country": "AU", "country": "KE"}
    assert warnings(replace(ARC, country="KE")) == {"COUNTRY_DIFFERS": abroad}
    assert warnings(replace(ARC, agency="erc", country="KE")) == {}
    assert warnings(ARC) == {}
    assert warnings(replace(ARC, country="")) == {}


def test_unfamiliar_number_is_a_warning_unless_it_names_another_agency():
    # Given a number of no form that its agency uses
    odd = replace(ARC, reference="LP-2024", reference_fits_own=False)
    # Then it is a warning; where it is plainly another's, the finding says so instead
    assert warnings(odd) == {"UNFAMILIAR_NUMBER": {"reference": "LP-2024", "agency": "ARC"}}
    named = replace(odd, reference_names=("ukri",), reference_names_acronyms=("UKRI",))
    assert warnings(named) == {}


def test_cfref_is_awarded_to_institutions():
    chair = replace(ARC, agency="tips", country="CA", programme="CERC")
    assert warnings(chair) == {}
    assert warnings(replace(chair, programme="CFREF")) == {"CFREF_TO_INSTITUTIONS": {}}


def test_nih_grants_are_reminded_of_the_foreign_component():
    assert warnings(NCI) == {"NIH_FOREIGN_COMPONENT": {}}


@pytest.mark.parametrize(
    ("on", "warned"),
    [(date(2024, 5, 28), True), (date(2024, 7, 2), True), (date(2024, 7, 3), False)],
)
def test_agency_added_after_the_call_had_closed_bears_a_warning(on, warned):
    # Given NHGRI, added on 3 July 2024
    grant = replace(NCI, agency="nih-nhgri", agency_name="NIH-NHGRI")
    # When its grant is judged on a day, then it fits, with a warning before that day only
    params = {"agency": "NIH-NHGRI", "added_on": "2024-07-03"}
    assert judge(grant, LIST, on).verdict is Verdict.FITS
    assert warnings(grant, on).get("ADDED_AFTER_CALL_CLOSED") == (params if warned else None)


def test_same_grant_in_another_team_is_shown_as_a_warning():
    assert warnings(replace(ARC, in_another_team=True)) == {"IN_ANOTHER_TEAM": {}}
