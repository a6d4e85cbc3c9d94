"""Hazards 22, 26, 27, 33, 34: poison, a day without a worker, a restored database, a server that is down."""

from collections import Counter
from datetime import timedelta

import pytest

from applications.actions import claiming as locking
from applications.models import MailGate, Message, Notice
from applications.outbox import claiming, delivering
from applications.outbox.outcomes import SERVER_PAUSE
from tests.applications import scenes
from tests.smtp.posting import AT, deliver, many, minutes
from tests.smtp.sink import CONTENT, Step

pytestmark = pytest.mark.django_db


def drain(at, connection):
    """Let workers pass at one moment until nothing is due."""
    total = Counter()
    while tally := deliver(at, connection):
        total.update(tally)
        if "given back" in tally:
            break
    return total


# -- hazard 22: poison -------------------------------------------------------------------------


def test_one_poisoned_mail_of_a_thousand_needs_a_person_and_the_rest_flow(sink, connection, post):
    # Given a thousand mails, one of which cannot be made into a mail
    many(post, 1_000)
    Message.objects.filter(dedupe_key="many:417").update(recipient="a@example.org, b@example.org")
    # When workers pass until nothing is due, and again whenever the poisoned one is
    assert drain(AT, connection) == {"handed over": 999, "retried quickly": 1}
    for minute in (1, 3, 7):
        assert drain(AT + minutes(minute), connection) == {"retried quickly": 1}
    assert drain(AT + minutes(15), connection) == {"failed": 1}
    # Then it says why, and all others were taken once
    poisoned = Message.objects.get(dedupe_key="many:417")
    assert (poisoned.state, poisoned.attempts) == ("FAILED", 5)
    assert (
        poisoned.error
        == 'ValueError: Invalid address; only a@example.org could be parsed from "a@example.org, b@example.org"'
    )
    assert len(set(sink.message_ids())) == len(sink.taken) == 999
    assert sink.connections == 1


def test_a_mail_that_kills_its_worker_takes_no_other_with_it(sink, post, monkeypatch):
    # Given ten mails, and a worker that dies over the third whenever it comes to it
    many(post, 10)
    make = delivering._mail

    def deadly(message, server):
        if message.dedupe_key == "many:2":
            raise SystemExit
        return make(message, server)

    monkeypatch.setattr(delivering, "_mail", deadly)
    at = AT
    for _worker in range(30):
        try:
            if not deliver(at):
                at += claiming.LEASE
        except SystemExit:
            at += minutes(1)
    # Then it needs a person, and the nine others left once
    states = dict(Message.objects.values_list("dedupe_key", "state"))
    assert {key for key, state in states.items() if state != "HANDED_OVER"} == {"many:2"}
    assert states["many:2"] == "FAILED"
    assert len(sink.taken) == len(set(sink.message_ids())) == 9


def test_what_cannot_follow_stops_no_other_mail(sink, post, caplog):
    # Given a letter whose notice cannot move on, and another
    odd, even = post.letter(), post.letter()
    Notice.objects.filter(pk=odd.notice_id).update(state="DUE")
    assert [deliver() for _pass in range(2)] == [{"handed over": 1}] * 2
    # Then both mails tell the truth, and the first says what is wrong
    odd.refresh_from_db()
    assert (odd.state, odd.error) == (
        "HANDED_OVER",
        "(then: NotAllowed: HAND_OVER does not follow DUE)",
    )
    assert "could not be done" in caplog.text
    assert Notice.objects.get(pk=even.notice_id).state == "HANDED_OVER"


# -- hazard 26: a day without a worker ---------------------------------------------------------


def test_after_a_day_without_a_worker_the_oldest_leave_first(sink, connection, post):
    hours = [5, 1, 23, 3, 12, 0, 8]
    mails = {hour: post.letter(AT + hour * timedelta(hours=1)) for hour in hours[::2]}
    mails |= {hour: post.own(AT + hour * timedelta(hours=1)) for hour in hours[1::2]}
    codes = scenes.DAY + timedelta(hours=2)
    stale = post.own(codes, expires_at=codes + timedelta(hours=1))
    total = drain(AT + timedelta(days=1), connection)
    assert total == {"handed over": len(hours), "discarded": 1}
    assert [one.recipients for one in sink.taken] == [
        (mails[hour].recipient,) for hour in sorted(hours)
    ]
    stale.refresh_from_db()
    assert (stale.state, stale.reason) == ("DISCARDED", "out of date")


# -- hazard 27: one recipient for each mail, and nothing that tells on its reader ----------------


def test_every_envelope_has_one_recipient_and_every_mail_is_plain(sink, connection, post):
    letter, own = post.letter(), post.own()
    drain(AT, connection)
    assert [one.recipients for one in sink.taken] == [(letter.recipient,), (own.recipient,)]
    assert {one.sender for one in sink.taken} == {"portal@portal.test"}
    to_funder, ours = (one.mail for one in sink.taken)
    for mail in (to_funder, ours):
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail.get_content_type() == "text/plain"  # no picture, no script, nothing to fetch
        assert not mail.is_multipart()
        assert (mail["Cc"], mail["Bcc"]) == (None, None)
        for tracking in ("Disposition-Notification-To", "Return-Receipt-To", "List-Unsubscribe"):
            assert mail[tracking] is None
    assert to_funder["From"] == "Kari Nordmann via ASPIRE <portal@portal.test>"
    assert to_funder["Reply-To"] == "kari@example.no"
    assert ours["From"] == '"ASPIRE portal (AMED)" <portal@portal.test>'
    assert ours["Reply-To"] is None


def test_with_a_guest_list_no_other_address_is_ever_named_to_the_server(
    sink, connection, post, settings
):
    letter, own, guest = post.letter(), post.own(), post.own(recipient="Guest@example.org")
    settings.RECIPIENT_GUEST_LIST = ["guest@example.org"]
    assert drain(AT, connection) == {"handed over": 1, "failed": 2}
    assert [one.recipients for one in sink.taken] == [("Guest@example.org",)]
    assert sink.conversations == 1
    letter.refresh_from_db()
    own.refresh_from_db()
    assert {letter.error, own.error} == {"not on the guest list of this server"}
    assert letter.notice.state == "FAILED"
    assert guest.recipient == "Guest@example.org"


# -- hazard 33: no mail leaves a restored or held database --------------------------------------


def test_nothing_leaves_while_the_gate_is_held(sink, connection, post):
    messages = [post.letter(), post.own()]
    deliver(AT - minutes(1), connection)  # a worker opens the gate of a new database
    MailGate.objects.update(held_at=AT, reason="Restored this morning")
    for day in range(3):
        assert deliver(AT + timedelta(days=day), connection) == {}
    assert sink.connections == 0
    assert {one.state for one in Message.objects.all()} == {"WAITING"}
    # Nor is what a vanished worker left dealt with: a person looks first
    MailGate.objects.update(held_at=None, reason="")
    assert drain(AT + timedelta(days=3), connection) == {"handed over": len(messages)}


def test_nothing_leaves_a_copy_of_the_database(sink, connection, post):
    post.letter(), post.own()
    deliver(AT - minutes(1), connection)
    MailGate.objects.update(identity="another cluster:1:16384")
    assert deliver(connection=connection) == {}
    assert (sink.connections, Message.objects.unsent().count()) == (0, 2)


# -- hazard 34: the server is down ---------------------------------------------------------------


def test_with_the_mail_server_down_submitting_works_and_all_leaves_within_a_minute_after(
    sink, connection, monkeypatch
):
    # Given a server that is down
    monkeypatch.setattr(locking, "database_now", lambda: scenes.DAY)
    sink.refuse_connections()
    # When somebody submits, and workers pass for an hour
    scene = scenes.ready()
    assert scene.submit().receipt
    for minute in range(0, 60, 3):
        deliver(AT + minutes(minute), connection)
    # Then the receipt waits and no try is counted
    receipt = Message.objects.get()
    assert (receipt.state, receipt.attempts) == ("WAITING", 0)
    assert receipt.available_at <= AT + minutes(57) + SERVER_PAUSE
    # And within a minute of the server's return it is out
    sink.start()
    assert deliver(AT + minutes(58), connection) == {"handed over": 1}
    assert [one.recipients for one in sink.taken] == [("lead@example.org",)]


def test_after_an_outage_a_backlog_leaves_within_a_minute_of_worker_time(sink, connection, post):
    # Given six batches that workers tried in vain for an hour, and letters
    many(post, 300)
    for _letter in range(5):
        post.letter()
    sink.refuse_connections()
    for second in range(0, 3600, 150):
        deliver(AT + timedelta(seconds=second), connection)
    sink.start()
    back = AT + timedelta(hours=1)
    first = drain(back, connection)
    second = drain(back + SERVER_PAUSE, connection)
    assert first["handed over"] + second["handed over"] == 305
    assert set(Message.objects.values_list("state", "attempts")) == {("HANDED_OVER", 1)}
    assert len(set(sink.message_ids())) == len(sink.taken) == 305


# -- hazard 19 in one thread, for both databases -------------------------------------------------


@pytest.mark.parametrize("step", [Step(CONTENT, keeps=True), Step(CONTENT, silent=True)], ids=str)
def test_a_letter_in_doubt_is_held_and_stays_so(sink, connection, post, step):
    letter = post.letter()
    sink.script.append(step)
    deliver(connection=connection)
    for day in range(1, 30):
        deliver(AT + timedelta(days=day), connection)
    letter.refresh_from_db()
    assert (letter.state, letter.notice.state, len(sink.taken)) == ("HELD", "HELD", step.keeps)
    assert sink.conversations == 1
