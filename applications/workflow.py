"""Which act may follow which status, for applications and for notices: tables to read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from applications.rules.facts import Trigger


class NotAllowed(Exception):
    """The act does not follow from the status; ``act`` and ``status`` say which."""

    def __init__(self, act: str, status: str) -> None:
        super().__init__(f"{act} does not follow {status}")
        self.act = act
        self.status = status


class Status(TextChoices):
    """Where an application stands."""

    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("Submitted")
    SCREENING = "SCREENING", _("In screening")
    RETURNED = "RETURNED", _("Returned for correction")
    ACCEPTED = "ACCEPTED", _("Accepted for review")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("Not accepted for review")
    ADOPTED = "ADOPTED", _("Adopted")
    NOT_ADOPTED = "NOT_ADOPTED", _("Not adopted")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Act(TextChoices):
    """What may be done to an application as a whole."""

    SUBMIT = "SUBMIT", _("Submit to AMED")
    TAKE_INTO_SCREENING = "TAKE_INTO_SCREENING", _("Take into screening")
    RETURN = "RETURN", _("Return for correction")
    ACCEPT = "ACCEPT", _("Accept for review")
    NOT_ACCEPT = "NOT_ACCEPT", _("Do not accept for review")
    ADOPT = "ADOPT", _("Record as adopted")
    NOT_ADOPT = "NOT_ADOPT", _("Record as not adopted")
    WITHDRAW = "WITHDRAW", _("Withdraw the application")
    REOPEN_SCREENING = "REOPEN_SCREENING", _("Reopen the screening")
    REOPEN_DECISION = "REOPEN_DECISION", _("Reopen the decision on adoption")


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: from where it may be done, and where it leads."""

    sources: frozenset[Status]
    target: Status


def _from(target: Status, *sources: Status) -> Transition:
    return Transition(frozenset(sources), target)


# product.md section 7. Submitting again before the deadline makes a new version.
TRANSITIONS: Mapping[Act, Transition] = MappingProxyType(
    {
        Act.SUBMIT: _from(Status.SUBMITTED, Status.DRAFT, Status.SUBMITTED, Status.RETURNED),
        # A return's date can be mended, and its time run out: the last submitted version stands.
        Act.TAKE_INTO_SCREENING: _from(Status.SCREENING, Status.SUBMITTED, Status.RETURNED),
        Act.RETURN: _from(Status.RETURNED, Status.SCREENING, Status.RETURNED),
        Act.ACCEPT: _from(Status.ACCEPTED, Status.SCREENING),
        Act.NOT_ACCEPT: _from(Status.NOT_ACCEPTED, Status.SCREENING),
        Act.ADOPT: _from(Status.ADOPTED, Status.ACCEPTED),
        Act.NOT_ADOPT: _from(Status.NOT_ADOPTED, Status.ACCEPTED),
        Act.WITHDRAW: _from(
            Status.WITHDRAWN,
            Status.DRAFT,
            Status.SUBMITTED,
            Status.SCREENING,
            Status.RETURNED,
            Status.ACCEPTED,
        ),
        # A slip is mended in the open: with a reason, one step back.
        Act.REOPEN_SCREENING: _from(Status.SCREENING, Status.ACCEPTED, Status.NOT_ACCEPTED),
        Act.REOPEN_DECISION: _from(Status.ACCEPTED, Status.ADOPTED, Status.NOT_ADOPTED),
    }
)

# Where the team may still write; a submitted one only until the deadline.
EDITABLE = frozenset({Status.DRAFT, Status.SUBMITTED, Status.RETURNED})
FINAL = frozenset({Status.NOT_ACCEPTED, Status.ADOPTED, Status.NOT_ADOPTED, Status.WITHDRAWN})
NEEDS_REASON = frozenset({Act.RETURN, Act.NOT_ACCEPT, Act.REOPEN_SCREENING, Act.REOPEN_DECISION})
# The letter to the team quotes the reason, where one is given (templates/emails/decision_*.txt).
QUOTES_REASON = NEEDS_REASON | {Act.NOT_ADOPT}
NEEDS_DATE = frozenset({Act.RETURN})
# The directory's word for an occasion -> the act that brings it about.
OCCASIONS: Mapping[Act, Trigger] = MappingProxyType(
    {
        Act.SUBMIT: Trigger.UPON_APPLICATION,
        Act.ADOPT: Trigger.ON_COLLABORATION,
    }
)


def next_status(act: str, status: str) -> Status:
    """Say where ``act`` leads from ``status``.

    :raises NotAllowed: the act does not follow from the status
    :raises ValueError: there is no such act
    """
    transition = TRANSITIONS[Act(act)]
    if status not in transition.sources:
        raise NotAllowed(act, status)
    return transition.target


def acts_from(status: str) -> tuple[Act, ...]:
    """List the acts that may follow ``status``, in the order of the table."""
    return tuple(act for act, move in TRANSITIONS.items() if status in move.sources)


class NoticeState(TextChoices):
    """Where a notice stands. Nobody can know that a mail was delivered or read."""

    NOTHING_OWED = "NOTHING_OWED", _("Nothing owed")
    NOT_YET_DUE = "NOT_YET_DUE", _("Not yet due")
    DUE = "DUE", _("Due")
    RELEASED = "RELEASED", _("Released for sending")
    HANDED_OVER = "HANDED_OVER", _("Handed to the mail server")
    RECORDED = "RECORDED", _("Recorded as done")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged by the funder")
    NOT_SENT_BY_CHOICE = "NOT_SENT_BY_CHOICE", _("Not sent, by choice")
    FAILED = "FAILED", _("Could not be sent")
    BOUNCED = "BOUNCED", _("Came back undeliverable")
    HELD = "HELD", _("Held")


class NoticeAct(TextChoices):
    """What may happen to a notice."""

    FALL_DUE = "FALL_DUE", _("Fell due")
    RELEASE = "RELEASE", _("Release for sending")
    HAND_OVER = "HAND_OVER", _("Handed to the mail server")
    RECORD = "RECORD", _("Record as done")
    ACKNOWLEDGE = "ACKNOWLEDGE", _("Acknowledge")
    CHOOSE_NOT_TO_SEND = "CHOOSE_NOT_TO_SEND", _("Choose not to send")
    FAIL = "FAIL", _("Could not be sent")
    BOUNCE = "BOUNCE", _("Came back undeliverable")
    HOLD = "HOLD", _("Hold")


class FollowUpOccasion(TextChoices):
    """What ended an application of which a body had been told."""

    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    NOT_ADOPTED = "NOT_ADOPTED", _("Not adopted")


class LetterOccasion(TextChoices):
    """What a letter to a funder is about: each has words of its own."""

    ASKED = "ASKED", _("Upon application: the funder asks to be told")
    ENCOURAGED = "ENCOURAGED", _("Upon application: the funder encourages telling")
    EARLY_DECLARATION = "EARLY_DECLARATION", _("Collaboration declared ahead of time")
    DECLARATION = "DECLARATION", _("Collaboration declared")
    WITHDRAWN = "WITHDRAWN", _("Follow-up: the application was withdrawn")
    NOT_ADOPTED = "NOT_ADOPTED", _("Follow-up: the application was not adopted")


class Recorder(TextChoices):
    """Who stands towards a notice, as far as sending and recording go."""

    HOLDER = "HOLDER", _("Grant holder")
    LEAD = "LEAD", _("Lead researcher")
    STAFF = "STAFF", _("Agency staff")


# What staff do to an application, in the order of its life; a letter to the team follows some.
STAFF_ACTS = (
    Act.TAKE_INTO_SCREENING,
    Act.RETURN,
    Act.ACCEPT,
    Act.NOT_ACCEPT,
    Act.ADOPT,
    Act.NOT_ADOPT,
    Act.REOPEN_SCREENING,
    Act.REOPEN_DECISION,
)
TELLS_TEAM = frozenset(STAFF_ACTS) - {Act.TAKE_INTO_SCREENING}
# Holders who gave notice get a follow-up letter prepared after these.
FOLLOW_UPS: Mapping[Act, FollowUpOccasion] = MappingProxyType(
    {
        Act.WITHDRAW: FollowUpOccasion.WITHDRAWN,
        Act.NOT_ADOPT: FollowUpOccasion.NOT_ADOPTED,
    }
)

N = NoticeState
NEEDS_A_PERSON = frozenset({N.FAILED, N.BOUNCED, N.HELD})
DONE = frozenset({N.HANDED_OVER, N.RECORDED, N.ACKNOWLEDGED})
# Nothing more is expected of anybody.
SETTLED = DONE | {N.NOTHING_OWED, N.NOT_SENT_BY_CHOICE}
# Never touched: such a row goes when its grant goes.
UNTOUCHED = frozenset({N.NOTHING_OWED, N.NOT_YET_DUE, N.DUE})
# Only the holder sends; these may record what was done, with a reason.
RECORDS_ON_BEHALF = frozenset({Recorder.LEAD, Recorder.STAFF})

_OPEN = frozenset({N.NOT_YET_DUE, N.DUE})
NOTICE_TRANSITIONS: Mapping[NoticeAct, tuple[frozenset[N], N]] = MappingProxyType(
    {
        NoticeAct.FALL_DUE: (frozenset({N.NOT_YET_DUE}), N.DUE),
        # Held may already have gone out: only its holder, who is told so, may send it again.
        NoticeAct.RELEASE: (
            _OPEN | NEEDS_A_PERSON | {N.NOT_SENT_BY_CHOICE},
            N.RELEASED,
        ),
        NoticeAct.HAND_OVER: (frozenset({N.RELEASED, N.HELD}), N.HANDED_OVER),
        NoticeAct.RECORD: (
            _OPEN | NEEDS_A_PERSON | {N.NOTHING_OWED, N.NOT_SENT_BY_CHOICE},
            N.RECORDED,
        ),
        # A quick funder may press the button before our worker has noted the hand-over, and an
        # earlier letter may arrive though a later one failed: whoever has the link has the letter.
        NoticeAct.ACKNOWLEDGE: (
            frozenset({N.RELEASED, N.HANDED_OVER, N.RECORDED, N.NOT_SENT_BY_CHOICE})
            | NEEDS_A_PERSON,
            N.ACKNOWLEDGED,
        ),
        NoticeAct.CHOOSE_NOT_TO_SEND: (_OPEN | NEEDS_A_PERSON, N.NOT_SENT_BY_CHOICE),
        NoticeAct.FAIL: (frozenset({N.RELEASED, N.HELD}), N.FAILED),
        NoticeAct.BOUNCE: (frozenset({N.RELEASED, N.HANDED_OVER, N.HELD}), N.BOUNCED),
        NoticeAct.HOLD: (frozenset({N.RELEASED}), N.HELD),
    }
)


def next_notice_state(act: str, state: str) -> NoticeState:
    """Say where ``act`` leads a notice from ``state``.

    :raises NotAllowed: the act does not follow from the state
    :raises ValueError: there is no such act
    """
    sources, target = NOTICE_TRANSITIONS[NoticeAct(act)]
    if state not in sources:
        raise NotAllowed(act, state)
    return target


def planned_state(*, nothing_owed: bool, trigger: str, occasions: Collection[str]) -> NoticeState:
    """Say where an untouched notice stands, given the occasions that have come."""
    if nothing_owed:
        return NoticeState.NOTHING_OWED
    if trigger in occasions or trigger == Trigger.ANY_TIME:
        return NoticeState.DUE
    return NoticeState.NOT_YET_DUE
