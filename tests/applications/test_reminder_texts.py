"""Reminders and news of trouble, word for word: the files in ``mails/`` are what people read."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from applications import actions, outbox, reminder_mail, trouble_mail
from applications.actions import claiming
from applications.actions.ledger import sync_notices
from applications.models import Message, Notice
from applications.queries.application import workspace
from applications.queries.mailboxes import mailbox_of
from directory.models import Grant, Researcher, User
from tests.applications import invited, scenes
from tests.directory.test_plain_text import filled, links_in

pytestmark = pytest.mark.django_db
KARI = "kari@example.no"
LATER = scenes.DAY + timedelta(days=3)


@pytest.fixture
def scene(monkeypatch):
    """Submitted, with a notice that is asked (RCN) and one that is encouraged (NSF), both due."""
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    found = scenes.ready()
    scenes.grant(found.application, found.partner, "nsf", "2434229")
    found.submit()
    return found


def read(name, language):
    return (Path(__file__).parent / "mails" / f"{name}.{language}.txt").read_text("utf-8")


def written(scene, mail):
    """The text, without what chance or the database numbered."""
    text = mail.text.replace(scene.application.team.ref, "REF").rstrip("\n") + "\n"
    return re.sub(r"(#person-|notices/)\d+", r"\1NUMBER", text)


def speaking(language):
    Researcher.objects.update(language=language)
    User.objects.update(language=language)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_portals_own_reminder(scene, language):
    speaking(language)
    actions.owe_due_reminders(at=LATER)

    mail = Message.objects.get(kind="DUE")
    assert (
        mail.subject
        == {
            "en": "[ASPIRE] Reminder: notices about your grants",
            "ja": "[ASPIRE] 再通知：あなたの研究費に関する連絡について",
        }[language]
    )
    assert written(scene, mail) == read("due", language)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_colleagues_reminder_to_somebody_with_an_account(scene, language):
    account = scenes.user("kari", language=language)
    Researcher.objects.filter(email=KARI).update(user=account)

    mail = actions.remind_holder(
        application_id=scene.pk, membership_id=scene.partner.pk, by=scene.lead, at=LATER
    )

    assert written(scene, mail) == read("asked", language)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_invitation_that_was_refused(scene, language):
    speaking(language)
    invitation, _token = invited.ask(scene, at=scenes.DAY)
    sent = Message.objects.get(pk=invitation.message_id)
    sent.state, sent.reply_code, sent.error = "FAILED", 550, "550 5.1.1 no such user"

    actions.settle_message(sent, LATER)

    assert written(scene, Message.objects.get(kind="TROUBLE")) == read("invitation", language)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_letter_that_may_have_left(scene, language):
    speaking(language)
    notice = Notice.objects.select_related("application", "body").get(body__slug="rcn")
    notice.recipient_email, notice.state = "ola@rcn.example", "RELEASED"
    notice.save()
    letter = outbox.record_letter(
        notice, dedupe_key="letter:1", subject="About my grant", text="Dear Ola,",
        sender_name="Kari", reply_to=KARI, secret="", by=scene.partner, at=scenes.DAY,
    )  # fmt: skip
    letter.state = "HELD"

    actions.settle_message(letter, LATER)

    assert written(scene, Message.objects.get(kind="TROUBLE")) == read("held", language)


# -- hazard 24 -----------------------------------------------------------------------------------


def foreign_links(scene, text):
    """Links in these mails that are none of ours, with ``text`` in all that people write."""
    Researcher.objects.update(name=text[:200])
    Grant.objects.update(reference=text[:100])
    scene.change(title_en=text[:200])
    sync_notices(workspace(scene.stored()), scenes.DAY)
    application, member = scene.stored(), type(scene.partner).objects.get(pk=scene.partner.pk)
    about = {"application": application, "mailbox": mailbox_of(member)}
    notices = Notice.objects.select_related("body", "agency", "grant")
    failed = Message(kind="INVITATION", state="FAILED", recipient=KARI, created_at=scenes.DAY)
    mails = (
        reminder_mail.due_mail(member=member, notices=notices, by=scene.lead, **about),
        trouble_mail.trouble_mail(message=failed, meant=member, **about),
    )
    rest = "\n".join(f"{one.subject}\n{one.text}" for one in mails)
    for ours in (
        "amed-aspire@amed.go.jp",
        KARI,
        scene.lead.email,
        "http://localhost:8000",
        "［link］",
    ):
        rest = rest.replace(ours, "")
    return links_in(rest)


@pytest.mark.parametrize(
    "payload", ["https://evil.example/login", "www.evil.example", "a@evil.example"]
)
def test_what_people_wrote_becomes_no_link(scene, payload):
    assert foreign_links(scene, filled(payload)) == []


def test_control_quoted_as_typed_it_does(scene, monkeypatch):
    monkeypatch.setattr(reminder_mail, "unlinked", lambda text, most=120: text[:most])
    assert foreign_links(scene, "https://evil.example/login") != []
