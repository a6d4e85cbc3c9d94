"""The tables of acts and states, walked from end to end."""

from itertools import product

import pytest

from applications.workflow import (
    DONE,
    EDITABLE,
    FINAL,
    NEEDS_A_PERSON,
    NOTICE_TRANSITIONS,
    SETTLED,
    TRANSITIONS,
    UNTOUCHED,
    Act,
    NotAllowed,
    NoticeAct,
    NoticeState,
    Status,
    acts_from,
    next_notice_state,
    next_status,
    planned_state,
)

# product.md section 7 and the two of README's decisions, written out once more by hand.
ALLOWED = {
    ("DRAFT", "SUBMIT"): "SUBMITTED",
    ("SUBMITTED", "SUBMIT"): "SUBMITTED",
    ("RETURNED", "SUBMIT"): "SUBMITTED",
    ("SUBMITTED", "TAKE_INTO_SCREENING"): "SCREENING",
    ("RETURNED", "TAKE_INTO_SCREENING"): "SCREENING",
    ("RETURNED", "RETURN"): "RETURNED",
    ("SCREENING", "RETURN"): "RETURNED",
    ("SCREENING", "ACCEPT"): "ACCEPTED",
    ("SCREENING", "NOT_ACCEPT"): "NOT_ACCEPTED",
    ("ACCEPTED", "ADOPT"): "ADOPTED",
    ("ACCEPTED", "NOT_ADOPT"): "NOT_ADOPTED",
    ("DRAFT", "WITHDRAW"): "WITHDRAWN",
    ("SUBMITTED", "WITHDRAW"): "WITHDRAWN",
    ("SCREENING", "WITHDRAW"): "WITHDRAWN",
    ("RETURNED", "WITHDRAW"): "WITHDRAWN",
    ("ACCEPTED", "WITHDRAW"): "WITHDRAWN",
    ("ACCEPTED", "REOPEN_SCREENING"): "SCREENING",
    ("NOT_ACCEPTED", "REOPEN_SCREENING"): "SCREENING",
    ("ADOPTED", "REOPEN_DECISION"): "ACCEPTED",
    ("NOT_ADOPTED", "REOPEN_DECISION"): "ACCEPTED",
}


@pytest.mark.parametrize(("status", "act"), [*product(Status.values, Act.values)])
def test_every_act_from_every_status(status, act):
    if (status, act) in ALLOWED:
        assert next_status(act, status) == ALLOWED[status, act]
        assert act in acts_from(status)
    else:
        with pytest.raises(NotAllowed) as refusal:
            next_status(act, status)
        assert (refusal.value.act, refusal.value.status) == (act, status)
        assert act not in acts_from(status)


def test_every_act_has_its_line_in_the_table():
    assert set(TRANSITIONS) == set(Act)
    assert set(NOTICE_TRANSITIONS) == set(NoticeAct)


REOPENS = {"REOPEN_SCREENING", "REOPEN_DECISION"}


def test_nothing_follows_a_final_status_and_something_every_other():
    after = {status: set(acts_from(status)) - REOPENS for status in Status}
    assert {status for status, acts in after.items() if not acts} == FINAL
    assert not acts_from(Status.WITHDRAWN)  # what a team took back, nobody reopens
    assert not EDITABLE & FINAL


def test_unknown_act_is_no_act():
    with pytest.raises(ValueError, match="REOPEN"):
        next_status("REOPEN", "WITHDRAWN")


@pytest.mark.parametrize(
    ("state", "act", "expected"),
    [
        ("NOT_YET_DUE", "FALL_DUE", "DUE"),
        ("DUE", "RELEASE", "RELEASED"),
        ("NOT_YET_DUE", "RELEASE", "RELEASED"),
        ("RELEASED", "HAND_OVER", "HANDED_OVER"),
        ("HANDED_OVER", "ACKNOWLEDGE", "ACKNOWLEDGED"),
        ("HANDED_OVER", "BOUNCE", "BOUNCED"),
        ("BOUNCED", "RELEASE", "RELEASED"),
        ("RELEASED", "HOLD", "HELD"),
        ("HELD", "RECORD", "RECORDED"),
        ("NOTHING_OWED", "RECORD", "RECORDED"),
        ("DUE", "CHOOSE_NOT_TO_SEND", "NOT_SENT_BY_CHOICE"),
        ("NOT_SENT_BY_CHOICE", "RECORD", "RECORDED"),
    ],
)
def test_notice_moves(state, act, expected):
    assert next_notice_state(act, state) == expected


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("NOTHING_OWED", "RELEASE"),  # nothing is sent that nobody asked for
        ("RELEASED", "RELEASE"),
        ("HANDED_OVER", "RELEASE"),
        ("ACKNOWLEDGED", "RECORD"),
        ("DUE", "ACKNOWLEDGE"),
    ],
)
def test_notice_refuses(state, act):
    with pytest.raises(NotAllowed):
        next_notice_state(act, state)


def test_states_of_notices_fall_into_groups_that_leave_out_none():
    groups = [UNTOUCHED, NEEDS_A_PERSON, DONE, {NoticeState.NOT_SENT_BY_CHOICE, "RELEASED"}]
    assert set().union(*groups) == set(NoticeState)
    assert sum(map(len, groups)) == len(NoticeState)
    assert not SETTLED & NEEDS_A_PERSON


@pytest.mark.parametrize(
    ("trigger", "occasions", "expected"),
    [
        ("UPON_APPLICATION", (), "NOT_YET_DUE"),
        ("UPON_APPLICATION", ("UPON_APPLICATION",), "DUE"),
        ("ON_COLLABORATION", ("UPON_APPLICATION",), "NOT_YET_DUE"),
        ("ON_COLLABORATION", ("UPON_APPLICATION", "ON_COLLABORATION"), "DUE"),
    ],
)
def test_notice_falls_due_on_its_occasion(trigger, occasions, expected):
    assert planned_state(nothing_owed=False, trigger=trigger, occasions=occasions) == expected


def test_nothing_owed_never_falls_due():
    state = planned_state(nothing_owed=True, trigger="ANY_TIME", occasions=("UPON_APPLICATION",))
    assert state == NoticeState.NOTHING_OWED
