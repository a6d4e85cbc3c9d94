"""Several addresses, one preferred: the account's address follows it, and the last one stays."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.messages import get_messages
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation

from applications import outbox
from applications.models import Message
from directory.models import User
from tests.applications import scenes

pytestmark = pytest.mark.django_db
PASSWORD = "sea-otter-lantern-42"


@pytest.fixture(autouse=True)
def in_english():
    translation.activate("en")


@pytest.fixture
def me(client):
    """Somebody who has signed in and just given the password again, as the page asks."""
    user = scenes.user("kari")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return user


def press(client, button, email):
    return client.post(reverse("account_email"), {f"action_{button}": "1", "email": email})


def second(me, **fields):
    return EmailAddress.objects.create(
        **{"user": me, "email": "kari@second.example", "verified": True} | fields
    )


def stored():
    fields = ("email", "verified", "primary")
    return sorted(EmailAddress.objects.values_list(*fields))


def said(response):
    return [str(one) for one in get_messages(response.wsgi_request)][-1:]


def test_an_address_is_added_once_its_code_is_entered(client, me):
    press(client, "add", "Kari@Second.example")
    assert stored() == [("kari@example.org", True, True)]

    outbox.deliver_due(now=timezone.now)
    [letter] = [one for one in mail.outbox if one.to == ["kari@second.example"]]
    code = re.search(r"^\s+([A-Z0-9-]{6,9})\s*$", letter.body, re.MULTILINE)[1]
    client.post(reverse("account_email_verification_sent"), {"code": code})

    assert stored() == [("kari@example.org", True, True), ("kari@second.example", True, False)]
    assert User.objects.get(pk=me.pk).email == "kari@example.org"


def test_the_accounts_address_follows_the_preferred_one(client, me):
    second(me)

    response = press(client, "primary", "kari@second.example")

    assert stored() == [("kari@example.org", True, False), ("kari@second.example", True, True)]
    assert User.objects.get(pk=me.pk).email == "kari@second.example"
    assert said(response) == [
        "The preferred address is changed. Staff and funders see it from now on."
    ]


def test_an_address_not_verified_does_not_become_the_preferred_one(client, me):
    second(me, verified=False)

    response = press(client, "primary", "kari@second.example")

    assert User.objects.get(pk=me.pk).email == "kari@example.org"
    assert said(response) == [
        "Only a verified address can be the preferred one. Have a code sent to it first."
    ]


def test_an_address_that_is_not_preferred_can_go(client, me):
    second(me)

    response = press(client, "remove", "kari@second.example")

    assert stored() == [("kari@example.org", True, True)]
    assert said(response) == ["The address kari@second.example is removed."]


@pytest.mark.parametrize("others", [0, 1])
def test_the_last_address_and_the_preferred_one_stay_and_the_page_says_why(client, me, others):
    if others:
        second(me)
    before = stored()

    response = press(client, "remove", "kari@example.org")

    assert stored() == before
    assert User.objects.get(pk=me.pk).email == "kari@example.org"
    assert said(response) == [
        "kari@example.org was not removed. An account keeps its preferred address:"
        " add another address and make it the preferred one first."
    ]
    html = client.get(reverse("account_email")).content.decode()
    assert (
        "This is your only address, so it cannot be removed: add another one first." in html
    ) is not bool(others)
    assert (
        "The preferred address cannot be removed: make another one preferred first." in html
    ) is bool(others)


def test_nobody_touches_the_address_of_another(client, me):
    other = scenes.user("other")
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    before = stored()

    for button in ("remove", "primary", "send"):
        press(client, button, "other@example.org")

    assert stored() == before


def test_an_address_that_another_account_was_begun_with_is_refused_in_words(client, me):
    unfinished = scenes.user("kari.second")
    User.objects.filter(pk=unfinished.pk).update(email="kari@second.example")
    second(me)
    before = stored()

    response = press(client, "primary", "kari@second.example")

    assert (response.status_code, response["Location"]) == (302, reverse("account_email"))
    assert said(response) == [
        "This address cannot be the preferred one: another account was begun with it."
        " Write to AMED to have it freed."
    ]
    assert stored() == before
    assert User.objects.get(pk=me.pk).email == "kari@example.org"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_says_which_address_is_preferred_and_holds_no_inline_style(client, me, language):
    second(me)
    with translation.override(language):
        html = client.get(reverse("account_email")).content.decode()

    preferred, other = re.findall(r"<section class=\"card-plain\".*?</section>", html, re.DOTALL)
    words = {"en": ("Preferred", "Verified"), "ja": ("優先", "確認済み")}[language]
    assert "kari@example.org" in preferred
    assert re.findall(r'class="tag[^"]*">([^<]+)<', preferred) == list(words)
    assert "<button" not in preferred
    assert re.findall(r'class="tag[^"]*">([^<]+)<', other) == [words[1]]
    assert re.findall(r'name="action_(\w+)"', other) == ["primary", "remove"]
    assert " style=" not in html
    assert "account.js" not in html


def test_with_a_proved_address_that_is_removed_go_the_mails_of_sign_in_to_it(client, me):
    proved = second(me)
    claimed = second(me, email="lead@example.org", verified=False)
    for email in (proved.email, claimed.email):
        outbox.record_account_mail(
            recipient=email, subject="Your code", text="123456", at=timezone.now()
        )

    for one in (proved, claimed):
        press(client, "remove", one.email)

    assert stored() == [(me.email, True, True)]
    # One that was never proved may be somebody else's, and so may be its codes.
    to_whom = Message.objects.filter(subject__in=["Your code", ""])
    assert sorted(to_whom.values_list("recipient", "state")) == [
        ("", "DISCARDED"), ("lead@example.org", "WAITING"),
    ]  # fmt: skip
