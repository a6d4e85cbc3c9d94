"""What would change a finding: for every one the change is made, and the grant judged again."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications import wording
from applications.rules import flips
from applications.rules.eligibility import Outcome, Verdict, judge
from applications.rules.facts import Attestation, GrantFacts
from applications.rules.findings import AGENCY, REASONS, Finding
from applications.rules.flips import Flip, flip, flipped, only_another_grant
from tests.applications.test_rules import ARC, CLOSING_DAY, LIST, NOWHERE
from tests.directory.factories import UserFactory

LATER, BEFORE = date(2024, 6, 1), date(2024, 5, 1)
NOT_MET = [key for key in REASONS if key[1] is not Outcome.MET]
TIPS = replace(ARC, agency="tips", agency_name="TIPS", country="CA")
DECLINED = Attestation.DECLINED
# Reason -> a grant of which it is found, and of which more may be found.
GRANTS = {
    "NOT_LISTED": replace(NOWHERE, agency="crick", agency_name="CRICK", ends_on=BEFORE),
    "OTHER_FUNDER": replace(NOWHERE, agency="other"),
    "INSTITUTE_NOT_LISTED": replace(NOWHERE, institute="NIGMS", institute_code="GM"),
    "NO_AGENCY": NOWHERE,
    "NOT_RECOGNISED": replace(NOWHERE, agency_text="Foo"),
    "NOT_RECOGNISED_SUGGESTED": replace(
        NOWHERE, agency_text="ARK", agency_suggestions=("ANR", "ARC")
    ),
    "NIH_WITHOUT_INSTITUTE": replace(NOWHERE, agency="nih", nih_without_institute=True),
    "INSTITUTE_CODE_NOT_KNOWN": replace(NOWHERE, agency="nih", institute_code="QQ"),
    "ANOTHER": replace(TIPS, programme="CRC", country="JP", starts_on=None, ends_on=None),
    "NOT_GIVEN": replace(TIPS, country=""),
    "ENDED": replace(ARC, ends_on=BEFORE),
    "NO_DATES": replace(ARC, starts_on=None, ends_on=None),
    "NO_START": replace(ARC, starts_on=None),
    "NO_END": replace(ARC, ends_on=None),
    "STARTS_LATER": replace(ARC, starts_on=LATER, ends_on=LATER),
    "IN_JAPAN": replace(ARC, country="JP"),
    "NO_COUNTRY": replace(ARC, agency="erc", agency_name="ERC", country=""),
    "NAMES_ANOTHER": replace(
        ARC, reference_fits_own=False, reference_names=("rcn",), reference_names_acronyms=("RCN",)
    ),
    "DECLINED": replace(
        ARC,
        agency="both",
        attestations={"ERC_SCOPE": Attestation.GIVEN, "NEW_CONDITION": DECLINED},
    ),
    "NOT_YET": replace(ARC, agency="both", attestations={"ERC_SCOPE": Attestation.GIVEN}),
    "DECLINED_ERC_SCOPE": replace(ARC, agency="both", attestations={"ERC_SCOPE": DECLINED}),
    "NOT_YET_ERC_SCOPE": replace(ARC, agency="erc", agency_name="ERC"),
    "DECLINED_WELLCOME_OUTCOMES": replace(
        ARC, agency="wellcome", attestations={"WELLCOME_OUTCOMES": DECLINED}
    ),
    "NOT_YET_WELLCOME_OUTCOMES": replace(ARC, agency="wellcome"),
}
# What the sentence of each asks for, as fields of the grant.
SAID = {
    "programme_is_targeted": {"programme"},
    "grant_is_running": {"starts_on", "ends_on"},
    "holder_works_outside_japan": {"country"},
    "reference_agrees": {"reference_fits_own", "reference_names", "reference_names_acronyms"},
    "condition_attested": {"attestations"},
    "agency_takes_part": {
        *("agency", "agency_name", "agency_text", "agency_suggestions", "nih_without_institute")
    },
}


def outcome_of(rule: str, grant: GrantFacts) -> Outcome:
    return next(one.outcome for one in judge(grant, LIST, CLOSING_DAY).findings if one.rule == rule)


def kept_promises(key) -> tuple[Outcome, Verdict]:
    """What the rule finds after its own change, and the verdict after every change."""
    grant = GRANTS[key[2]]
    decisive = judge(grant, LIST, CLOSING_DAY).decisive
    found = next(one for one in decisive if (one.rule, one.outcome, one.reason) == key)
    changes = [flip(one, grant, LIST, CLOSING_DAY) for one in decisive]
    own = flip(found, grant, LIST, CLOSING_DAY)
    return (
        outcome_of(found.rule, flipped(grant, [own])),
        judge(flipped(grant, changes), LIST, CLOSING_DAY).verdict,
    )


def test_every_finding_that_is_not_met_has_its_grant():
    assert set(GRANTS) == {reason for _rule, _outcome, reason in NOT_MET}


@pytest.mark.parametrize("key", NOT_MET, ids=lambda key: key[2])
def test_what_would_change_a_finding_changes_it(key):
    rule, outcome, _reason = key
    if rule == AGENCY and outcome is Outcome.NOT_MET:
        # Nothing about this grant helps, and the words speak of another one.
        assert flip(Finding(*key), GRANTS[key[2]], LIST, CLOSING_DAY) == Flip(rule, {})
        assert kept_promises(key)[1] is Verdict.DOES_NOT_FIT
        with translation.override("en"):
            words = str(wording.WOULD_CHANGE[key])
        assert words.startswith(("Another grant", "A grant from"))
    else:
        assert kept_promises(key) == (Outcome.MET, Verdict.FITS)


@pytest.mark.parametrize("key", NOT_MET, ids=lambda key: key[2])
def test_a_change_touches_only_what_its_rule_asks_about(key):
    facts = flip(Finding(*key), GRANTS[key[2]], LIST, CLOSING_DAY).facts
    assert set(facts) <= SAID[key[0]]


def test_a_change_that_changes_nothing_is_caught(monkeypatch):
    """Negative control: a flip that gives the last day again as it was."""
    monkeypatch.setattr(flips, "_running", lambda grant, on: {"ends_on": grant.ends_on})
    key = next(key for key in NOT_MET if key[2] == "ENDED")
    assert kept_promises(key) == (Outcome.NOT_MET, Verdict.DOES_NOT_FIT)


def test_only_as_much_changes_as_has_to():
    grant = replace(ARC, ends_on=BEFORE)
    (ended,) = judge(grant, LIST, CLOSING_DAY).decisive
    assert flip(ended, grant, LIST, CLOSING_DAY).facts == {"ends_on": CLOSING_DAY}
    similar = GRANTS["NOT_RECOGNISED_SUGGESTED"]
    (unknown,) = judge(similar, LIST, CLOSING_DAY).decisive
    assert flip(unknown, similar, LIST, CLOSING_DAY).facts["agency"] == "arc"


@pytest.mark.parametrize("slugs", [["erc"], []], ids=["of the Union alone", "of nobody"])
def test_a_list_that_names_no_country_still_says_what_would_change(slugs):
    areas = replace(LIST, rows={slug: LIST.rows[slug] for slug in slugs})
    grant = replace(ARC, agency="erc", agency_name="ERC", country="JP")
    (in_japan,) = [
        one for one in judge(grant, areas, CLOSING_DAY).findings if one.reason == "IN_JAPAN"
    ]

    abroad = flipped(grant, [flip(in_japan, grant, areas, CLOSING_DAY)])

    assert (in_japan.outcome, abroad.country) == (Outcome.NOT_MET, "BE")
    outcomes = {one.rule: one.outcome for one in judge(abroad, areas, CLOSING_DAY).findings}
    assert outcomes[in_japan.rule] is Outcome.MET


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        (ARC, ""),
        (replace(ARC, ends_on=BEFORE), ""),
        (GRANTS["OTHER_FUNDER"], ""),
        (
            replace(ARC, ends_on=BEFORE, country="JP"),
            "All of these would have to change before the grant fits.",
        ),
        (
            GRANTS["NOT_LISTED"],
            "No change to this grant is enough, as its funder is not on the list: "
            "only another grant would change the verdict.",
        ),
    ],
)
def test_several_obstacles_are_said_together(grant, words):
    with translation.override("en"):
        assert wording.all_together(judge(grant, LIST, CLOSING_DAY).findings) == words


def test_an_unlisted_funder_is_the_only_obstacle_that_no_change_mends():
    alone = {key[2] for key in NOT_MET if only_another_grant(Finding(*key))}
    assert alone == {"NOT_LISTED", "OTHER_FUNDER", "INSTITUTE_NOT_LISTED"}


EXTENSION = "An extension with a last day on or after 28 May 2024"
TOGETHER = "All of these would have to change before the grant fits."


def pages_of(scene, reader, names) -> dict[str, str]:
    found = scene.stored()
    gaps = {
        "match": [found.team.ref],
        "check_answers": [found.team.ref],
        "receipt": [found.receipt],
        "receipt_text": [found.receipt],
        "evidence": [found.receipt, 1],
        "staff_application": [found.pk],
    }
    return {
        name: reader.get(reverse(f"applications:{name}", args=gaps[name])).content.decode()
        for name in names
    }


@pytest.mark.parametrize("ended", [True, False])
def test_every_page_with_a_verdict_that_is_not_fits_says_what_would_change_it(lead, scene, ended):
    # Given a grant that has ended, under a number of another funder; the control has neither
    if ended:
        scene.grant.ends_on, scene.grant.reference = date(2024, 5, 1), "R01CA253329"
        scene.grant.save()
        scene.change(explanation="The grant is being extended.")
    officer = Client()
    officer.force_login(UserFactory(staff_agency="AMED", staff_role="OFFICER"))

    said = pages_of(scene, lead, ["match", "check_answers"])
    said["draft"] = pages_of(scene, officer, ["staff_application"])["staff_application"]
    scene.submit()
    said |= pages_of(scene, lead, ["receipt", "receipt_text", "evidence"])
    said |= pages_of(scene, officer, ["staff_application"])

    expected = (ended, ended)
    assert {name: (EXTENSION in text, TOGETHER in text) for name, text in said.items()} == (
        dict.fromkeys(said, expected)
    )
