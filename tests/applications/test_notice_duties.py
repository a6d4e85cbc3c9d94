"""Whom each holder is asked to tell: one duty per body, or per grant's own officer."""

import pytest

from applications.rules.facts import ListedRow, Recipient, Strength, Trigger
from applications.rules.notices import Relied, duties, notice_to

S, T, R = Strength, Trigger, Recipient
ANN, BO = 1, 2


def row(agency, strength, trigger, recipient, address="", body="", body_acronym=""):
    return ListedRow(
        agency,
        agency.upper(),
        "XX",
        frozenset(),
        (),
        strength,
        trigger,
        recipient,
        body or agency,
        body_acronym or agency.upper(),
        address,
    )


STINT = row("stint", S.REQUESTED, T.UPON_APPLICATION, R.BODY_WITHOUT_ADDRESS)
SSF = row("ssf", S.REQUESTED, T.UPON_APPLICATION, R.BODY_WITHOUT_ADDRESS,
          body="stint", body_acronym="STINT")  # fmt: skip
NIHR = row("nihr", S.REQUESTED, T.UPON_APPLICATION, R.ADDRESS, "international@nihr.ac.uk")
BHF = row("bhf", S.REQUESTED, T.ON_COLLABORATION, R.ADDRESS, "InternationalResearch@bhf.org.uk")
RCN = row("rcn", S.REQUESTED, T.UPON_APPLICATION, R.GRANT_CONTACT)
NCI = row("nih-nci", S.ENCOURAGED, T.UPON_APPLICATION, R.GRANT_CONTACT)
NSF = row("nsf", S.ENCOURAGED, T.UPON_APPLICATION, R.GRANT_CONTACT)
DFG = row("dfg", S.ENQUIRY, T.ANY_TIME, R.ADDRESS, "raoul.wagner@dfg.de")
CIHR = row("cihr", S.ENQUIRY, T.ANY_TIME, R.BODY_WITHOUT_ADDRESS)
UKRI = row("ukri", S.NOT_NEEDED, T.ANY_TIME, R.ADDRESS, "international@mrc.ukri.org")
ERC = row("erc", S.NOT_NEEDED, T.NONE, R.NONE)
ANR = row("anr", S.NONE_STATED, T.NONE, R.NONE)


def test_grants_of_ssf_and_stint_owe_one_notice_to_stint():
    # Given a holder with a grant of each
    # When the duties are derived
    (duty,) = duties([Relied(ANN, 11, SSF), Relied(ANN, 12, STINT)])

    # Then STINT is told once, for both
    assert duty.key == (ANN, "stint", None)
    assert (duty.agencies, duty.grants) == (("ssf", "stint"), (11, 12))
    assert (duty.strength, duty.trigger) == (S.REQUESTED, T.UPON_APPLICATION)
    assert (duty.recipient, duty.nothing_owed) == (R.BODY_WITHOUT_ADDRESS, False)


def test_two_holders_owe_two_notices():
    found = duties([Relied(ANN, 11, NIHR), Relied(BO, 12, NIHR)])
    assert [duty.key for duty in found] == [(ANN, "nihr", None), (BO, "nihr", None)]


def test_two_grants_with_one_mailbox_owe_one_notice():
    (duty,) = duties([Relied(ANN, 11, NIHR), Relied(ANN, 12, NIHR)])
    assert (duty.grants, duty.address) == ((11, 12), "international@nihr.ac.uk")


@pytest.mark.parametrize("listed", [RCN, NCI, NSF])
def test_two_grants_with_their_own_officers_owe_two_notices(listed):
    found = duties([Relied(ANN, 11, listed), Relied(ANN, 12, listed)])
    assert [duty.grant for duty in found] == [11, 12]
    assert [duty.nothing_owed for duty in found] == [False, False]


@pytest.mark.parametrize(
    ("listed", "address"),
    [
        (DFG, "raoul.wagner@dfg.de"),
        (CIHR, ""),
        (UKRI, "international@mrc.ukri.org"),
        (ERC, ""),
        (ANR, ""),
    ],
)
def test_enquiry_not_needed_and_silence_owe_nothing_and_are_still_shown(listed, address):
    (duty,) = duties([Relied(ANN, 11, listed)])
    assert (duty.nothing_owed, duty.strength) == (True, listed.strength)
    assert (duty.body, duty.address) == (listed.agency, address)


def test_bhf_is_told_when_the_collaboration_stands():
    (duty,) = duties([Relied(ANN, 11, BHF)])
    assert (duty.trigger, duty.nothing_owed) == (T.ON_COLLABORATION, False)


def test_address_for_enquiries_is_never_used_for_a_notice():
    # Given two rows that name the same body, one only for questions
    asks = row("x", S.ENCOURAGED, T.UPON_APPLICATION, R.BODY_WITHOUT_ADDRESS, body="dfg")
    # When both grants are relied on
    (duty,) = duties([Relied(ANN, 11, DFG), Relied(ANN, 12, asks)])
    # Then the one that asks decides, and the address for questions stays out
    assert (duty.strength, duty.trigger) == (S.ENCOURAGED, T.UPON_APPLICATION)
    assert (duty.address, duty.recipient) == ("", R.BODY_WITHOUT_ADDRESS)
    assert duty.agencies == ("dfg", "x")


def test_strongest_wins_and_the_earliest_occasion_where_rows_merge():
    weak = row("y", S.ENCOURAGED, T.UPON_APPLICATION, R.BODY_WITHOUT_ADDRESS, body="bhf")
    (duty,) = duties([Relied(ANN, 11, weak), Relied(ANN, 12, BHF)])
    assert (duty.strength, duty.trigger) == (S.REQUESTED, T.UPON_APPLICATION)
    assert (duty.recipient, duty.address) == (R.ADDRESS, "InternationalResearch@bhf.org.uk")


def test_grant_of_an_agency_not_on_the_list_brings_no_duty():
    assert duties([Relied(ANN, 11, None)]) == ()


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (NIHR, "international@nihr.ac.uk"),
        (BHF, "InternationalResearch@bhf.org.uk"),
        (DFG, "raoul.wagner@dfg.de"),
        (UKRI, "international@mrc.ukri.org"),
        (RCN, "contact at RCN"),
        (NCI, "programme officer at NIH-NCI"),
        (NSF, "programme officer at NSF"),
        (STINT, "STINT"),
        (SSF, "STINT"),
        (CIHR, "CIHR"),
        (ERC, ""),
        (ANR, ""),
    ],
)
def test_notice_to(listed, expected):
    assert notice_to(listed) == expected
