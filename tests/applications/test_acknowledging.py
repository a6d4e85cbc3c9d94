"""The funder's link: only its button acknowledges, once, and the page tells no more than the letter did."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.models import Event, Message, Notice, ReleasedLetter
from tests.applications import scenes
from tests.applications.exporting import csv_rows, whole_file
from tests.applications.invited import heading, words
from tests.applications.letter_box import deliver
from tests.applications.releasing import OFFICER, at, ready, release, secret

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(scene):
    return ready(scene)


@pytest.fixture
def token(scene):
    """The secret of a letter that was handed over."""
    release(scene, at=timezone.now())
    found = secret()
    deliver()
    return found


def kept():
    return [list(one.objects.values()) for one in (Notice, Message, ReleasedLetter, Event)]


def state():
    return Notice.objects.get().state


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_mail_scanner_that_opens_the_link_acknowledges_nothing(client, token, method):
    before = kept()

    for _again in range(3):
        assert getattr(client, method)(at(token)).status_code == 200

    assert kept() == before
    assert state() == "HANDED_OVER"


@pytest.mark.parametrize("method", ["put", "delete", "options", "patch"])
def test_no_other_method_does_anything(client, token, method):
    before = kept()

    assert getattr(client, method)(at(token)).status_code == 405
    assert kept() == before


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_says_what_the_letter_was_about_and_no_more(client, scene, token, language):
    page = client.get(at(token).replace("/en/", f"/{language}/"))

    shown = words(page)
    subject = Message.objects.get(kind="NOTICE").subject
    assert [one in shown for one in ("Kari Nordmann", "RCN", subject)] == [True, True, True]
    hidden = (
        OFFICER,
        "kari@example.no",
        "lead@example.org",
        "山田",
        scene.application.team.ref,
        "Memory of cells",
    )
    assert [one for one in hidden if one in page.content.decode()] == []
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "strict-origin"


def test_the_button_acknowledges_once_and_the_first_answer_stands(client, scene, token):
    pressed = client.post(at(token), {"note": "Thank you.\r\n<b>Good luck</b>"}, follow=True)
    first = kept()
    again = client.post(at(token), {"note": "Another note"}, follow=True)

    assert kept() == first
    assert [heading(one) for one in (pressed, again)] == ["Receipt confirmed"] * 2
    assert "Another note" not in words(again)
    assert "&lt;b&gt;Good luck&lt;/b&gt;" in again.content.decode()
    letter, notice = ReleasedLetter.objects.get(), Notice.objects.get()
    assert (notice.state, notice.acknowledged_at) == ("ACKNOWLEDGED", letter.acknowledged_at)
    assert letter.note == "Thank you.\n<b>Good luck</b>"
    event = Event.objects.latest("pk")
    assert (event.act, event.by_system) == ("NOTICE_ACKNOWLEDGED", True)


def test_the_team_the_ledger_and_the_file_say_so(client, scene, token):
    Client().post(at(token), {"note": "Received, thank you."})
    client.force_login(scene.lead)
    ref = scene.application.team.ref
    page = client.get(reverse("applications:notice", args=[ref, Notice.objects.get().pk]))
    officer = scenes.user("officer", staff_agency="AMED", staff_role="OFFICER")
    client.force_login(officer)
    file = whole_file(client, "notices")

    shown = words(page)
    assert "Acknowledged by the funder" in shown
    assert "Received, thank you." in shown
    assert "The grant holder, by a mailed link" in shown
    header, row = csv_rows(file)
    found = dict(zip(header, row, strict=True))
    told = ("state", "channel", "by_whom", "recipient", "proof")
    assert [found[one] for one in told] == [
        "ACKNOWLEDGED",
        "PORTAL",
        "Kari Nordmann",
        OFFICER,
        "",
    ]
    assert found["done_on"] != ""
    assert found["acknowledged_at"] != ""


def test_a_note_is_plain_and_of_limited_length(client, token):
    answers = [client.post(at(token), {"note": note}) for note in ("x" * 2001, "a\u202eb", "a\0b")]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert [list(one.context["form"].errors) for one in answers] == [["note"]] * 3
    assert state() == "HANDED_OVER"


# -- links that act no longer, and those that still do ---------------------------------------------


def test_an_expired_link_says_until_when_it_worked_and_what_to_do(client, token):
    ReleasedLetter.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    before = kept()

    page = client.post(at(token))

    assert (page.status_code, heading(page)) == (410, "This link no longer works")
    assert "reply to the letter" in words(page)
    assert kept() == before


def test_an_answered_link_shows_its_answer_for_ever(client, token):
    client.post(at(token))
    ReleasedLetter.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert heading(client.get(at(token))) == "Receipt confirmed"


def test_an_unknown_link_says_so_and_whom_to_ask(client, token):
    page = client.post(at("never-mailed"))

    assert (page.status_code, heading(page)) == (404, "This link is not known")
    assert "reply to the letter" in words(page)
    assert state() == "HANDED_OVER"


@pytest.mark.parametrize("stands", ["RELEASED", "HELD", "FAILED", "BOUNCED", "NOT_SENT_BY_CHOICE"])
def test_a_letter_released_again_meanwhile_is_acknowledged_all_the_same(
    client, scene, token, stands
):
    Notice.objects.update(state="FAILED")
    release(scene)
    Notice.objects.update(state=stands, reason="Why")

    client.post(at(token))

    first, second = ReleasedLetter.objects.order_by("pk")
    assert (first.acknowledged_at is None, second.acknowledged_at) == (False, None)
    notice = Notice.objects.get()
    assert (notice.state, notice.channel, notice.done_to) == ("ACKNOWLEDGED", "PORTAL", OFFICER)
    assert notice.done_on is not None


def test_a_quick_funder_keeps_the_last_word_over_the_worker(client, scene):
    release(scene, at=timezone.now())
    client.post(at(secret()))
    deliver()

    notice = Notice.objects.get()
    assert (notice.state, notice.channel, notice.done_to) == ("ACKNOWLEDGED", "PORTAL", OFFICER)


def test_what_was_recorded_as_told_stays_as_recorded(client, scene, token):
    Notice.objects.update(state="RECORDED", channel="TELEPHONE", done_to="Ola", done_on=scenes.DAY)

    client.post(at(token))

    notice = Notice.objects.get()
    assert (notice.state, notice.channel, notice.done_to) == ("ACKNOWLEDGED", "TELEPHONE", "Ola")


# -- secrets ------------------------------------------------------------------------------------


def test_no_window_of_the_admin_shows_a_digest_or_a_secret():
    shown = {
        (model.__name__, name)
        for model, window in admin.site._registry.items()
        if model._meta.app_label == "applications"
        for name in (window.fields or [one.name for one in model._meta.fields if one.editable])
    }

    assert {one for one in shown if one[1] in ("token_digest", "secret", "digest")} == set()
    assert ("Notice", "state") in shown


def test_the_secret_is_kept_with_the_waiting_mail_alone(token):
    everything = "".join(
        str(list(one.objects.values())) for one in (Message, ReleasedLetter, Event)
    )

    assert token not in everything
