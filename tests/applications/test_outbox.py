"""The outbox: exactly what is recorded leaves, once, and one bad mail stops no other."""

import email
from datetime import timedelta
from email import policy

import pytest
from django.core import mail
from django.core.mail.backends import locmem

from applications import outbox
from applications.actions import claiming
from applications.models import Message
from applications.outbox import claiming as leases
from applications.outbox import delivering, recording
from tests.applications import scenes

pytestmark = pytest.mark.django_db
AT = scenes.DAY
CONTROLS = [
    "\r",
    "\n",
    "\r\n",
    "\v",
    "\f",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\0",
]


def owe(recipient="a@example.org", subject="Your code", text="Code 123456", at=AT):
    return outbox.record_account_mail(recipient=recipient, subject=subject, text=text, at=at)


@pytest.fixture
def server(monkeypatch):
    """A mail server that answers with the next of these: None takes the mail, an error refuses it."""
    answers = []

    def send(self, messages):
        answer = answers.pop(0) if answers else None
        if answer:
            raise answer
        return taken(self, messages)

    taken = locmem.EmailBackend.send_messages
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", send)
    return answers


@pytest.fixture
def receipt(monkeypatch):
    """A submitted application, whose receipt is owed."""
    monkeypatch.setattr(claiming, "database_now", lambda: AT)
    scene = scenes.ready()
    scene.submit()
    return Message.objects.get()


def test_exactly_what_is_recorded_leaves_once(receipt):
    assert outbox.deliver_due(now=lambda: AT) == {"handed over": 1}
    (sent,) = mail.outbox
    assert (sent.to, sent.cc, sent.bcc) == (["lead@example.org"], [], [])
    assert (sent.subject, sent.body) == (receipt.subject, receipt.text)
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    stored = Message.objects.get()
    assert (stored.state, stored.handed_over_at, stored.attempts) == ("HANDED_OVER", AT, 1)
    # A receipt is kept; and nothing leaves twice
    assert stored.text == receipt.text
    assert outbox.deliver_due(now=lambda: AT + timedelta(days=1)) == {}
    assert len(mail.outbox) == 1


def test_the_text_of_an_account_mail_is_erased_once_it_is_handed_over(server):
    owe()
    server.append(OSError("connection refused"))
    outbox.deliver_due(now=lambda: AT)
    assert Message.objects.get().text == "Code 123456"
    outbox.deliver_due(now=lambda: AT + timedelta(minutes=50))
    assert (Message.objects.get().state, Message.objects.get().text) == ("HANDED_OVER", "")
    assert [one.body for one in mail.outbox] == ["Code 123456"]


def test_a_code_that_no_page_asks_for_any_more_is_not_sent():
    owe()
    assert outbox.deliver_due(now=lambda: AT + timedelta(hours=1)) == {"discarded": 1}
    assert mail.outbox == []
    stored = Message.objects.get()
    assert (stored.state, stored.reason, stored.text) == ("DISCARDED", "out of date", "")


def test_a_mail_waits_for_its_time():
    owe(at=AT + timedelta(seconds=1))
    assert outbox.deliver_due(now=lambda: AT) == {}
    assert outbox.deliver_due(now=lambda: AT + timedelta(seconds=1)) == {"handed over": 1}


def test_a_refused_mail_is_tried_five_times_and_then_needs_a_person(server):
    owe()
    server += [OSError("refused")] * 9
    now, tries = AT, []
    for _try in range(9):
        tally = outbox.deliver_due(now=lambda moment=now: moment)
        if tally:
            tries.append((int((now - AT).total_seconds() // 60), *tally))
        now += timedelta(minutes=1)
        stored = Message.objects.get()
        now = max(now, stored.available_at)
    assert tries == [
        (0, "retried quickly"),
        (1, "retried quickly"),
        (3, "retried quickly"),
        (7, "retried quickly"),
        (15, "failed"),
    ]
    assert (stored.state, stored.attempts, stored.error) == ("FAILED", 5, "refused")
    assert mail.outbox == []


@pytest.mark.parametrize(
    "poison", [ValueError("bad header"), IndexError("parser"), UnicodeError("x"), TypeError("y")]
)
def test_a_poisoned_mail_does_not_stop_the_others(server, poison):
    for name in "abc":
        owe(f"{name}@example.org")
    server += [None, poison]
    assert outbox.deliver_due(now=lambda: AT) == {"handed over": 2, "retried quickly": 1}
    assert [one.to for one in mail.outbox] == [["a@example.org"], ["c@example.org"]]


def test_a_recipient_that_is_no_address_fails_alone(monkeypatch):
    real = locmem.EmailBackend.send_messages

    def as_smtp(self, messages):
        for one in messages:
            mail.message.sanitize_address(one.to[0], "utf-8")
        return real(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", as_smtp)
    owe("a@example.org, b@example.org")
    owe("c@example.org")
    assert outbox.deliver_due(now=lambda: AT) == {"retried quickly": 1, "handed over": 1}
    assert [one.to for one in mail.outbox] == [["c@example.org"]]


# -- hazards 23 and 24: nothing typed reaches a header as more than text -----------------------


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_control_characters_never_reach_a_header(control):
    owe(subject=f"Code{control}Bcc: victim@example.com")
    outbox.deliver_due(now=lambda: AT)
    (sent,) = mail.outbox
    parsed = email.message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert parsed["Subject"] == "Code Bcc: victim@example.com"
    assert (parsed["To"], parsed["Bcc"], sent.recipients()) == ("a@example.org", None, sent.to)


@pytest.mark.parametrize("control", ["\r", "\n", "\r\n"], ids=ascii)
def test_control_without_the_cleaning_a_break_reaches_the_header(control, monkeypatch):
    monkeypatch.setattr(recording, "one_line", lambda text: text)
    owe(subject=f"Code{control}Bcc: victim@example.com")
    # Django's own guard refuses it; the person would never get the code.
    assert outbox.deliver_due(now=lambda: AT) == {"retried quickly": 1}


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_a_title_with_control_characters_leaves_the_receipts_headers_whole(monkeypatch, control):
    monkeypatch.setattr(claiming, "database_now", lambda: AT)
    scene = scenes.ready()
    typed = f"Cells{control}To: victim@example.com https://evil.example"
    title = typed.replace("\0", " ")  # PostgreSQL keeps no NUL, and forms refuse it
    scene.change(title_en=title, title_ja=title)
    scene.submit()
    outbox.deliver_due(now=lambda: AT)
    (sent,) = mail.outbox
    parsed = email.message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert parsed["To"] == "lead@example.org"
    assert "\n" not in sent.subject
    assert sum(name == "To" for name, _value in parsed.items()) == 1


# -- workers and crashes ---------------------------------------------------------------------


def test_a_crash_between_handing_over_and_noting_repeats_with_the_same_message_id(monkeypatch):
    # Given a worker that is killed after the server took the mail
    owe()
    note = delivering.Notes.send
    monkeypatch.setattr(
        delivering.Notes, "send", lambda *_a, **_k: (_ for _ in ()).throw(SystemExit)
    )
    with pytest.raises(SystemExit):
        outbox.deliver_due(now=lambda: AT)
    monkeypatch.setattr(delivering.Notes, "send", note)
    # Then nothing happens while its lease lasts, and afterwards it goes out once more
    assert outbox.deliver_due(now=lambda: AT + outbox.LEASE - timedelta(seconds=1)) == {}
    assert outbox.deliver_due(now=lambda: AT + outbox.LEASE) == {"handed over": 1}
    first, second = (one.extra_headers["Message-ID"] for one in mail.outbox)
    assert first == second
    assert Message.objects.get().attempts == 2


def test_a_mail_is_only_begun_where_its_slowest_conversation_ends_within_the_lease(settings):
    # connecting is over; sender, recipient, DATA, content and one answer more may each be awaited
    assert timedelta(seconds=5 * settings.EMAIL_TIMEOUT) < leases.SLOWEST < outbox.LEASE
    late = AT + outbox.LEASE - leases.SLOWEST
    moments = iter([AT, AT, AT, AT, late, late, AT + timedelta(minutes=50)])
    for name in "abc":
        owe(f"{name}@example.org")
    # Given a server that took six minutes over the first mail
    assert outbox.deliver_due(now=lambda: next(moments)) == {"handed over": 1, "given back": 2}
    # Then the other two wait for whoever comes next, as if nobody had touched them
    waiting = Message.objects.filter(state="WAITING")
    assert [(one.attempts, one.available_at) for one in waiting] == [
        (0, AT + timedelta(minutes=50))
    ] * 2


def test_a_backlog_leaves_oldest_first():
    owe("late@example.org", at=AT + timedelta(minutes=1))
    for count in range(outbox.BATCH + 1):
        owe(f"p{count:02}@example.org")
    later = AT + timedelta(minutes=50)
    assert outbox.deliver_due(now=lambda: later) == {"handed over": outbox.BATCH}
    assert outbox.deliver_due(now=lambda: later) == {"handed over": 2}
    assert [one.to[0] for one in mail.outbox[-2:]] == [
        f"p{outbox.BATCH:02}@example.org",
        "late@example.org",
    ]


# -- the guest list --------------------------------------------------------------------------


def test_with_a_guest_list_only_guests_get_mail(settings):
    settings.RECIPIENT_GUEST_LIST = ["Guest@example.org "]
    owe("guest@example.org")
    owe("partner@example.no")
    assert outbox.deliver_due(now=lambda: AT) == {"handed over": 1, "failed": 1}
    assert [one.to for one in mail.outbox] == [["guest@example.org"]]
    stored = Message.objects.get(recipient="partner@example.no")
    assert (stored.state, stored.error) == ("FAILED", "not on the guest list of this server")
    assert stored.text == ""  # a code that nobody sends again


@pytest.mark.parametrize(
    ("guests", "may"), [([], True), (["", " "], True), (["b@x.org"], False), (["A@X.org"], True)]
)
def test_may_leave(guests, may):
    assert outbox.may_leave("a@x.org", guests) == may
