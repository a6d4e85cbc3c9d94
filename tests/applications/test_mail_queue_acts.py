"""What staff do with one mail: what follows which state, what it leaves behind, and who may."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from applications import actions, outbox
from applications.actions import mail_queue
from applications.models import Event, Invitation, Message, MessageState, Notice
from tests.applications import mails, scenes

pytestmark = pytest.mark.django_db
AT = scenes.DAY
ACTS = {
    "hold": lambda one, by: actions.hold_message(
        message_id=one.pk, reason="looks wrong", by=by, at=AT
    ),
    "again": lambda one, by: actions.send_again(message_id=one.pk, by=by, at=AT),
    "discard": lambda one, by: actions.discard_message(
        message_id=one.pk, reason="not needed", by=by, at=AT
    ),
    "bounced": lambda one, by: actions.mark_bounced(message_id=one.pk, by=by, at=AT),
}
NOT = "refused: the state does not admit it"
TAKEN = "refused: a worker has it"
HOLDERS = "refused: its holder's"
NEVER_LEFT = "refused: never handed over"
REFUSALS = {
    actions.NotAllowed: NOT,
    actions.BeingHandedOver: TAKEN,
    actions.ForItsHolder: HOLDERS,
    actions.NotHandedOver: NEVER_LEFT,
}
# From each state: hold, let go again, discard, came back. Of an own mail; of a letter where it differs.
TABLE = {
    "WAITING": ("HELD", NOT, "DISCARDED", NEVER_LEFT),
    "SENDING": (TAKEN, TAKEN, TAKEN, TAKEN),
    "HANDED_OVER": (NOT, NOT, NOT, "BOUNCED"),
    "HELD": (NOT, "WAITING", "DISCARDED", NEVER_LEFT),
    "FAILED": (NOT, "WAITING", "DISCARDED", NEVER_LEFT),
    "BOUNCED": (NOT, NOT, NOT, "BOUNCED"),
    "DISCARDED": (NOT, NOT, NOT, NEVER_LEFT),
}
OF_LETTERS = {("HELD", "again"): HOLDERS, ("FAILED", "again"): HOLDERS}
EVENTS = {"hold": "MAIL_HELD", "again": "MAIL_RELEASED", "discard": "MAIL_DISCARDED", "bounced": "MAIL_BOUNCED"}  # fmt: skip


@pytest.fixture
def officer(db):
    return mails.staff()


def done(act, message, by):
    try:
        return ACTS[act](message, by).state
    except tuple(REFUSALS) as refusal:
        return REFUSALS[type(refusal)]


@pytest.mark.parametrize("make", [mails.own, mails.letter], ids=["own", "letter"])
def test_each_act_from_each_state(scene, officer, make):
    met, foreseen = {}, {}
    for state, outcomes in TABLE.items():
        for act, expected in zip(ACTS, outcomes, strict=True):
            with transaction.atomic():  # each from a fresh start
                if make is mails.letter:
                    expected = OF_LETTERS.get((state, act), expected)
                changes = expected in MessageState.values and expected != state
                message = make(scene, state)
                before = Message.objects.filter(pk=message.pk).values().get()

                met[state, act] = (
                    done(act, message, officer),
                    list(Event.objects.filter(user=officer).values_list("act", flat=True)),
                    Message.objects.filter(pk=message.pk).values().get() == before,
                )

                foreseen[state, act] = expected, [EVENTS[act]] if changes else [], not changes
                transaction.set_rollback(True)
    assert met == foreseen


@pytest.mark.parametrize(
    ("state", "act", "notice", "happening"),
    [
        ("WAITING", "hold", "HELD", "NOTICE_HELD"),
        ("WAITING", "discard", "FAILED", "NOTICE_FAILED"),
        ("HELD", "discard", "HELD", None),  # nobody knows whether it left, as before
        ("FAILED", "discard", "FAILED", None),  # it is there already
        ("HANDED_OVER", "bounced", "BOUNCED", "NOTICE_BOUNCED"),
    ],
)
def test_the_notice_of_a_letter_goes_along(scene, officer, state, act, notice, happening):
    message = mails.letter(scene, state)

    done(act, message, officer)

    assert Notice.objects.get().state == notice
    moved = Event.objects.filter(by_system=True).values_list("act", flat=True)
    assert list(moved) == ([happening] if happening else [])


def test_what_staff_held_never_left_and_is_not_sent_once_discarded(scene, officer):
    message = mails.letter(scene)
    done("hold", message, officer)

    done("discard", message, officer)

    moved = Event.objects.filter(by_system=True).order_by("pk").values_list("act", flat=True)
    assert (Notice.objects.get().state, list(moved)) == ("FAILED", ["NOTICE_HELD", "NOTICE_FAILED"])


@pytest.mark.parametrize("meanwhile", ["RECORDED", "NOT_SENT_BY_CHOICE", "ACKNOWLEDGED"])
def test_what_the_holder_or_the_funder_did_meanwhile_stands(scene, officer, meanwhile):
    message = mails.letter(scene, "HELD")
    mails.notice(
        scene, meanwhile, channel="EMAIL", done_on=AT.date(), reason="told by telephone",
        acknowledged_at=AT,
    )  # fmt: skip

    done("discard", message, officer)

    assert (Message.objects.get().state, Notice.objects.get().state) == ("DISCARDED", meanwhile)


def test_let_go_a_failed_mail_leaves_once_under_the_same_message_id(scene, officer):
    message = mails.own(scene, "FAILED", attempts=5, error="550 no such user", reply_code=550)
    before = outbox.envelope(message).message_id

    done("again", message, officer)
    stored = Message.objects.get()
    assert (stored.attempts, stored.error, stored.reply_code, stored.available_at) == (0, "", None, AT)  # fmt: skip
    outbox.deliver_due(now=lambda: AT)
    outbox.deliver_due(now=lambda: AT + timedelta(days=1))

    (sent,) = mail.outbox
    assert sent.extra_headers["Message-ID"] == before
    assert sent.body == "There is news: https://portal.example/secret/"


@pytest.mark.parametrize("act", ["hold", "discard"])
def test_what_was_held_or_discarded_while_it_waited_never_leaves(scene, officer, act):
    done(act, mails.own(scene), officer)

    outbox.deliver_due(now=lambda: AT + timedelta(days=1))

    assert mail.outbox == []
    assert Message.objects.get().secret == ("" if act == "discard" else "https://portal.example/secret/")  # fmt: skip


def test_control_a_mail_that_nobody_held_leaves(scene):
    mails.own(scene)

    outbox.deliver_due(now=lambda: AT + timedelta(days=1))

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("act", ["hold", "discard"])
@pytest.mark.parametrize("reason", ["", " \n "])
def test_a_reason_is_needed(scene, officer, act, reason):
    message = mails.own(scene)
    run = actions.hold_message if act == "hold" else actions.discard_message

    with pytest.raises(actions.ReasonNeeded):
        run(message_id=message.pk, reason=reason, by=officer, at=AT)

    assert Message.objects.get().state == "WAITING"


@pytest.mark.parametrize(
    ("spoil", "days"),
    [
        (lambda: Message.objects.update(expires_at=AT), 0),
        (lambda: Message.objects.update(recipient=""), 0),
        (lambda: Invitation.objects.update(ended_how="REPLACED", ended_at=AT), 0),
        (lambda: None, 14),
    ],
    ids=["out of date", "forgotten", "replaced", "expired"],
)
def test_a_mail_that_helps_nobody_any_more_is_not_sent_again(scene, officer, spoil, days):
    message = invited(scene)
    spoil()

    with pytest.raises(actions.NoLongerOfUse):
        actions.send_again(message_id=message.pk, by=officer, at=AT + timedelta(days=days))

    assert Message.objects.get().state == "FAILED"


def test_control_an_invitation_that_waits_for_an_answer_is(scene, officer):
    message = invited(scene)
    last = AT + timedelta(days=14, seconds=-1)

    assert actions.send_again(message_id=message.pk, by=officer, at=last).state == "WAITING"


def invited(scene):
    """The mail of an invitation that could not be sent."""
    scenes.unconfirmed(scene.partner)
    invitation = actions.invite(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        agency_id=None,
        by=scene.lead,
        at=AT,
    )
    return mails.into(invitation.message, "FAILED")


@pytest.mark.parametrize("act", ACTS)
def test_nobody_else_may(scene, act):
    state = {"hold": "WAITING", "bounced": "HANDED_OVER"}.get(act, "HELD")
    message = mails.own(scene, state)

    for by in (scene.lead, mails.staff("VIEWER"), mails.staff("APPROVER", "JST")):
        with pytest.raises(actions.NotPermitted):
            ACTS[act](message, by)

    assert Message.objects.get().state == state


@pytest.mark.parametrize("act", ACTS)
def test_sign_in_mail_is_nobodys_to_hold(officer, act):
    message = outbox.record_account_mail(recipient="a@example.org", subject="Code", text="1", at=AT)

    with pytest.raises(Message.DoesNotExist):
        ACTS[act](message, officer)


def test_when_the_event_cannot_be_written_nothing_has_happened(scene, officer, monkeypatch):
    """The act, its notice and its event are one transaction."""
    message = mails.letter(scene)

    def broken(*args, **kwargs):
        raise IntegrityError("the disk is full")

    monkeypatch.setattr(mail_queue, "record", broken)
    with pytest.raises(IntegrityError):
        ACTS["discard"](message, officer)

    assert (Message.objects.get().state, Notice.objects.get().state) == ("WAITING", "RELEASED")


# -- the switch of all mail ------------------------------------------------------------------
def test_all_mail_is_held_with_a_reason_and_opened_with_another(scene, caplog):
    mails.own(scene)
    approver = mails.staff("APPROVER")

    gate = actions.hold_all_mail(reason="wrong template", by=approver, at=AT)
    assert (gate.held_at, gate.reason, gate.changed_by) == (AT, "wrong template", approver)
    assert outbox.deliver_due(now=lambda: AT) == {}
    assert outbox.shut_gate() == gate

    later = AT + timedelta(hours=1)
    gate = actions.open_mail(reason="mended", by=approver, at=later)
    assert (gate.held_at, gate.reason, gate.changed_at) == (None, "mended", later)
    assert outbox.shut_gate() is None
    assert outbox.deliver_due(now=lambda: later) == {"handed over": 1}
    told = [one.getMessage() for one in caplog.records if one.name == "applications.mail"]
    assert told == [
        f"Mail held by {approver.pk}: wrong template",
        f"Mail opened by {approver.pk}: mended",
    ]


def test_a_switch_that_stands_so_already_is_not_moved(db):
    approver = mails.staff("APPROVER")
    with pytest.raises(actions.SwitchUnchanged):
        actions.open_mail(reason="r", by=approver, at=AT)
    actions.hold_all_mail(reason="first", by=approver, at=AT)
    with pytest.raises(actions.SwitchUnchanged):
        actions.hold_all_mail(reason="second", by=approver, at=AT)
    assert outbox.mail_gate().reason == "first"


@pytest.mark.parametrize("who", [("OFFICER", "AMED"), ("VIEWER", "JST"), None])
@pytest.mark.parametrize("act", [actions.hold_all_mail, actions.open_mail])
def test_only_approvers_and_superusers_move_it(db, act, who):
    by = mails.staff(*who) if who else scenes.user("somebody")

    with pytest.raises(actions.NotPermitted):
        act(reason="r", by=by, at=AT)

    assert outbox.shut_gate() is None
    with pytest.raises(actions.ReasonNeeded):
        act(reason="  ", by=mails.staff("APPROVER", "JST"), at=AT)


def test_a_database_that_the_switch_does_not_know_is_held_until_somebody_opens(scene, db):
    # Given a switch that came here with a backup
    gate = outbox.mail_gate()
    gate.identity = "another cluster"
    gate.save()
    mails.own(scene)

    assert outbox.deliver_due(now=lambda: AT) == {}
    assert outbox.is_copy(outbox.shut_gate())

    actions.open_mail(reason="looked through", by=None, at=AT)
    assert outbox.deliver_due(now=lambda: AT) == {"handed over": 1}
