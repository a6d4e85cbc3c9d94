"""The last look at a letter: what it shows, what its button does, and what it says when it does nothing."""

import pytest
from django.core import mail as mails
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.models import Event, Message, Notice, PersonalLink
from applications.models.invitation import new_token, token_digest
from tests.applications import scenes
from tests.applications.invited import heading, me, words
from tests.applications.letter_box import deliver
from tests.applications.pages import FAR
from tests.applications.releasing import OFFICER, mail_of, ready, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(scene):
    return ready(scene)


@pytest.fixture
def own(scene):
    """The secret of the holder's link to their own page."""
    token = new_token()
    PersonalLink.objects.create(
        membership=scene.partner,
        token_digest=token_digest(token),
        created_at=scenes.DAY,
        expires_at=FAR,
    )
    return token


def holder_with_account(scene):
    person = scene.partner.researcher
    person.user = scenes.user("kari")
    person.save()
    client = Client()
    client.force_login(person.user)
    return client


def ways(scene, own):
    """The three ways of a holder to the page: team, own page signed in, mailed link."""
    notice, ref = Notice.objects.get(), scene.application.team.ref
    signed_in = holder_with_account(scene)
    return {
        "team": (signed_in, reverse("applications:notice_release", args=[ref, notice.pk])),
        "mine": (signed_in, reverse("applications:mine_notice_release", args=[ref, notice.pk])),
        "link": (Client(), me(own, "notice_release", notice.pk)),
    }


def seen(page):
    return {"seen": page.context["form"]["seen"].value()}


@pytest.mark.parametrize("way", ["team", "mine", "link"])
def test_on_every_way_the_holder_sees_the_exact_message_and_sends_it(scene, own, way):
    client, address = ways(scene, own)[way]
    page = client.get(address)
    mail, shown = mail_of(), words(page)

    parts = (OFFICER, "Kari Nordmann via ASPIRE portal", "portal@localhost", "kari@example.no")
    assert [one in shown for one in (*parts, mail.subject)] == [True] * 5
    assert f">{mail.text.split(chr(10))[0]}" in page.content.decode()
    assert "［link］" in shown
    done = client.post(address, seen(page))

    sent = Message.objects.get(kind="NOTICE")
    assert (sent.recipient, sent.subject, sent.text) == (OFFICER, mail.subject, mail.text)
    by = Event.objects.latest("pk")
    assert (by.user is None, by.membership is None) == (way == "link", way != "link")
    assert "Released; it waits to be handed to the mail server" in words(client.get(done.url))


def test_pressed_twice_it_is_sent_once_and_the_page_is_calm(scene, own):
    client, address = ways(scene, own)["link"]
    page = client.get(address)

    answers = [client.post(address, seen(page), follow=True) for _press in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert "Nothing was sent by this step" in words(answers[1])
    assert Message.objects.filter(kind="NOTICE").count() == 1
    deliver()
    deliver()
    assert [one.to for one in mails.outbox] == [[OFFICER]]


def test_what_changed_since_the_page_was_read_is_shown_before_it_leaves(scene, own):
    client, address = ways(scene, own)["link"]
    page = client.get(address)
    Notice.objects.update(recipient_email="another@rcn.example")

    answer = client.post(address, seen(page))

    assert answer.status_code == 409
    assert "Nothing was sent" in words(answer)
    assert "another@rcn.example" in words(answer)
    assert Message.objects.filter(kind="NOTICE").count() == 0
    client.post(address, seen(answer))
    assert Message.objects.get(kind="NOTICE").recipient == "another@rcn.example"


def test_an_unfinished_letter_leads_back_to_what_is_missing(scene, own):
    Notice.objects.update(text="About ［the project］", recipient_email="")
    client, address = ways(scene, own)["link"]

    back = client.get(address, follow=True)

    shown = words(back)
    assert "Still to be filled in before it can be sent:" in shown
    assert "The recipient's e-mail address" in shown
    assert "［the project］" in shown
    assert "Look at it and release it" not in shown


def test_an_address_that_looks_like_a_slip_is_asked_about_before_it_is_sent(scene, own):
    Notice.objects.update(recipient_email="ola@gmial.com")
    client, address = ways(scene, own)["link"]

    assert "Did you mean ola@gmail.com?" in words(client.get(address))
    Notice.objects.update(recipient_email=OFFICER)
    assert "Did you mean" not in words(client.get(address))


def test_a_held_letter_says_when_and_why_and_needs_a_tick(scene, own):
    letter = release(scene)
    Message.objects.filter(pk=letter.message_id).update(
        state="SENDING", available_at=scenes.DAY, attempts=1
    )
    deliver()  # the worker that was sending it is gone
    client, address = ways(scene, own)["link"]
    page = client.get(address)
    untouched = client.post(address, seen(page))

    assert "The last letter may have arrived" in words(page)
    assert "It may have been sent, or not." in words(page)
    assert page.context["held_at"] == Event.objects.get(act="NOTICE_HELD").at
    assert list(untouched.context["form"].errors) == ["twice"]
    assert Message.objects.filter(kind="NOTICE").count() == 1
    client.post(address, {**seen(untouched), "twice": "on"})
    assert list(
        Message.objects.filter(kind="NOTICE").order_by("pk").values_list("state", flat=True)
    ) == ["DISCARDED", "WAITING"]


def failed(letter, error, state="FAILED"):
    Message.objects.filter(pk=letter.message_id).update(state="FAILED", error=error)
    Notice.objects.update(state=state)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("550 5.1.1 no such user", "there is no such mailbox"),
        ("552 too much", "the mailbox is full"),
        ("554 no", "The mail server refused the mail."),
        ("timed out", "five times in a row"),
        ("not on the guest list of this server", "a list of guests only"),
    ],
)
def test_a_refused_letter_says_why_in_words_and_what_mends_it(scene, own, error, told):
    failed(release(scene), error)
    client, address = ways(scene, own)["link"]

    shown = words(client.get(address.replace("release/", "")))

    assert told in shown
    assert "Correct the address below, then release the letter again." in shown
    assert error not in shown


def test_the_history_keeps_each_letter_as_it_was_sent(scene, own):
    failed(release(scene), "550 no")
    Notice.objects.update(recipient_email="right@rcn.example", text="Second words")
    release(scene, at=timezone.now())
    client, address = ways(scene, own)["link"]

    page = client.get(address.replace("release/", ""))

    shown = words(page)
    assert [one.message.recipient for one in page.context["letters"]] == [
        "right@rcn.example",
        OFFICER,
    ]
    assert "Second words" in shown
    assert "Dear Ola Hansen," in shown


def test_a_letter_on_its_way_or_settled_has_no_last_look(scene, own):
    release(scene)
    client, address = ways(scene, own)["link"]

    for state in ("RELEASED", "HANDED_OVER", "RECORDED", "ACKNOWLEDGED"):
        Notice.objects.update(state=state, done_on=scenes.DAY, acknowledged_at=scenes.DAY)
        assert client.get(address).status_code == 302
        assert heading(client.get(address, follow=True)) == "Notice to RCN"
