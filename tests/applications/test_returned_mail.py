"""What comes back is read, whatever it is; only a failed delivery is noted, and nobody is answered."""

import io
import random
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from applications import outbox
from applications.management.commands import read_returned_mail
from applications.models import Event, Message, Notice
from applications.returned_mail import Kind, Returned, read_returned
from tests.applications import mails
from tests.applications.returned_mails import ID, MAILS, TO, report

AT = mails.AT
FAILED = {one.name: one for one in MAILS if one.kind == Kind.FAILED}
ADDRESS = "read_returned_mail"


@pytest.mark.parametrize("back", MAILS, ids=lambda one: one.name)
def test_each_style_is_read(back):
    assert read_returned(back.content) == Returned(back.kind, back.ids, back.recipients)


def test_five_hundred_broken_ones_are_read_without_an_exception():
    chance = random.Random(4)
    started = time.monotonic()
    for number in range(500):
        content = bytearray(chance.choice(MAILS[:-3]).content)
        for _cut in range(chance.randint(1, 12)):
            place = chance.randrange(len(content))
            match chance.randrange(4):
                case 0:
                    content[place] = chance.randrange(256)
                case 1:
                    del content[place : place + chance.randint(1, 60)]
                case 2:
                    content[place:place] = bytes(chance.randrange(256) for _byte in range(9))
                case _:
                    content[place:place] = chance.choice([b"\n", b"=?", b"\x1b$B", b"--=b\n", b"\0", b'"', b"<", b": "])  # fmt: skip
            content = content or bytearray(b"x")
        assert isinstance(read_returned(bytes(content)), Returned), number
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "content",
    [
        b"\n" * 2_000_000,
        b"Subject: " + b"=?" * 500_000,
        b"\n" + b"> " * 1_000_000,
        b"\n" + b"<" * 1_000_000,
        b"\n" + b"a@" * 1_000_000,
        b"From: postmaster@x\nSubject: x\n\n" + b"Message-ID: <" * 100_000,
    ],
    ids=["blank", "encoded", "quoted", "brackets", "at", "ids"],
)
def test_a_long_one_is_read_in_seconds(content):
    started = time.monotonic()

    read_returned(content)

    assert time.monotonic() - started < 10


# -- the command -----------------------------------------------------------------------------
@pytest.fixture
def domain(settings):
    settings.DEFAULT_FROM_EMAIL = "ASPIRE <portal@portal.example>"


@pytest.fixture
def sent(scene, domain):
    """A mail of the portal that a mail server took."""
    message = mails.own(scene, "HANDED_OVER", recipient=TO)
    Message.objects.filter(pk=message.pk).update(dedupe_key="news:7")
    message.refresh_from_db()
    assert outbox.envelope(message).message_id == f"<{ID}>"
    return message


def fed(content, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    said = io.StringIO()
    call_command(ADDRESS, "-", stdout=said)
    return said.getvalue().strip()


@pytest.mark.django_db
def test_only_failed_deliveries_are_noted_and_nobody_is_answered(sent, monkeypatch):
    noted = {}
    for back in MAILS:
        Message.objects.filter(pk=sent.pk).update(state="HANDED_OVER")
        fed(back.content, monkeypatch)
        noted[back.name] = Message.objects.get(pk=sent.pk).state == "BOUNCED"

    assert noted == {one.name: one.kind == Kind.FAILED for one in MAILS}
    assert Event.objects.filter(act="MAIL_BOUNCED", by_system=True).count() == len(FAILED) == 13
    # No mail to robots: only the person who caused the mail hears of it, and once
    outbox.deliver_due(now=lambda: timezone.now() + timedelta(days=1))
    assert [one.to for one in mail.outbox] == [["lead@example.org"]]


@pytest.mark.django_db
def test_the_notice_of_a_returned_letter_is_noted_too_and_once(scene, domain, monkeypatch):
    letter = mails.letter(scene, "HANDED_OVER")
    Message.objects.update(dedupe_key="news:7", recipient=TO)

    said = [fed(FAILED["Postfix"].content, monkeypatch) for _twice in range(2)]

    assert said == [f"FAILED: mail {letter.pk} is marked as come back."] * 2
    assert Notice.objects.get().state == "BOUNCED"
    assert list(Event.objects.values_list("act", flat=True)) == ["NOTICE_BOUNCED", "MAIL_BOUNCED"]


@pytest.mark.django_db
def test_a_sign_in_mail_that_came_back_has_its_own_row_alone(domain, monkeypatch):
    message = outbox.record_account_mail(recipient=TO, subject="Code", text="1", at=AT)
    Message.objects.update(dedupe_key="news:7")
    mails.into(message, "HANDED_OVER", text="")

    fed(FAILED["Postfix"].content, monkeypatch)

    assert (Message.objects.get().state, Event.objects.count()) == ("BOUNCED", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        FAILED["Postfix"].content.replace(b"news.7@portal", b"news.8@portal"),
        FAILED["Postfix"].content.replace(b"news.7@portal.example", b"news.7@other.example"),
        # A report that somebody made up: it names another recipient than the mail's own.
        FAILED["Postfix"].content.replace(TO.encode(), b"guess@example.no"),
        report(subject="x", returned="", fields="Action: failed"),
    ],
    ids=["unknown", "not ours", "another recipient", "no Message-ID"],
)
def test_what_is_not_about_our_mail_is_left_aside(sent, monkeypatch, content):
    assert fed(content, monkeypatch) == "FAILED: no mail of this portal, nothing to note."
    assert Message.objects.get(pk=sent.pk).state == "HANDED_OVER"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["WAITING", "HELD", "FAILED", "DISCARDED"])
def test_what_never_left_cannot_have_come_back(sent, monkeypatch, state):
    Message.objects.update(handed_over_at=None, state=state, reason="r")

    assert "was never handed over" in fed(FAILED["Postfix"].content, monkeypatch)
    assert Message.objects.get(pk=sent.pk).state == state


@pytest.mark.django_db
def test_a_report_that_is_quicker_than_our_own_note_is_offered_again(sent, monkeypatch):
    Message.objects.update(handed_over_at=None, state="SENDING")

    with pytest.raises(CommandError) as refusal:
        fed(FAILED["Postfix"].content, monkeypatch)

    assert refusal.value.returncode == read_returned_mail.TRY_LATER == 75


@pytest.mark.django_db
def test_other_exit_codes(domain, monkeypatch, tmp_path):
    with pytest.raises(CommandError) as missing:
        call_command(ADDRESS, str(tmp_path / "none"))
    assert missing.value.returncode == 66

    def away(execute, sql, params, many, context):
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(away), pytest.raises(CommandError) as refusal:
        fed(FAILED["Postfix"].content, monkeypatch)
    assert refusal.value.returncode == 75
    assert "server closed" not in str(refusal.value)

    kept = tmp_path / "junk.eml"
    kept.write_bytes(b"\xff\x00" * 100)
    said = io.StringIO()
    call_command(ADDRESS, str(kept), stdout=said)
    assert said.getvalue() == "OTHER: nothing to note.\n"
