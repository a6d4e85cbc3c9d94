"""Signing in: answers that tell nothing, limits that hold, mails that warn."""

import re
from time import time
from types import SimpleNamespace

import pytest
from allauth.account.internal.flows import code_verification
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.accounts import fresh
from applications.accounts.views import CleanSlate
from applications.models import Message
from directory.models import User
from tests.applications.people import (
    PASSWORD,
    mailed_code,
    person,
    reauthenticate,
    sign_in,
    sign_in_by_code,
    who,
)

pytestmark = pytest.mark.django_db
OWNER = "owner@example.org"
HOUR = 3600


@pytest.fixture(autouse=True)
def in_english():
    translation.activate("en")


@pytest.fixture
def owner() -> User:
    return person(OWNER)


# -- answers that tell nothing --------------------------------------------------------------

FORMS = {
    "account_login": {"login": "", "password": "wrong-" + PASSWORD},
    "account_request_login_code": {"email": ""},
    "account_reset_password": {"email": ""},
    "account_signup": {"email": "", "password1": PASSWORD},
}


def told(name: str, email: str) -> tuple:
    """Everything that a browser is told, but for tokens and the address itself."""
    client = Client()
    fields = {key: value or email for key, value in FORMS[name].items()}
    first = client.post(reverse(name), fields)
    pages = [first.content.decode()]
    if first.status_code == 302:
        pages.append(client.get(first["Location"]).content.decode())
    tidy = [re.sub(r'value="\w{64}"', "", page).replace(email, "ADDRESS") for page in pages]
    return first.status_code, first.get("Location"), sorted(client.cookies), tidy


@pytest.mark.parametrize("name", FORMS)
def test_a_known_address_is_answered_like_an_unknown_one(owner, name):
    assert told(name, OWNER) == told(name, "nobody@example.org")


@pytest.mark.parametrize("email", [OWNER, "nobody@example.org"])
def test_a_password_is_hashed_whether_or_not_there_is_an_account(owner, monkeypatch, email):
    counted, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *a, **k: counted.append(1) or encode(*a, **k)
    )

    sign_in(Client(), email, "wrong-" + PASSWORD)

    assert len(counted) == 1


# -- limits ---------------------------------------------------------------------------------


def refused(answer) -> bool:
    return answer.status_code == 429 or "Too many failed" in answer.content.decode()


def test_the_owner_of_an_account_locked_by_others_comes_in_by_code(client, owner):
    thief = Client(REMOTE_ADDR="198.51.100.7")
    came = [refused(sign_in(thief, OWNER, "guess")) for _ in range(6)]
    assert came == [False] * 5 + [True]

    assert refused(sign_in(client, OWNER))
    sign_in_by_code(client, OWNER)

    assert who(client) == OWNER


def spray(**headers) -> list[bool]:
    """Try one password on many accounts, as if from many addresses."""
    return [
        refused(
            sign_in(
                Client(headers={k: v.format(n=n) for k, v in headers.items()}),
                f"victim{n}@example.org",
                "Spring2026",
            )
        )
        for n in range(12)
    ]


def test_a_forged_address_of_origin_does_not_help(db):
    assert spray(x_forwarded_for="203.0.113.{n}") == [False] * 10 + [True] * 2


def test_nor_behind_the_one_proxy_that_is_trusted(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    assert spray(x_forwarded_for="10.0.0.{n}, 203.0.113.9") == [False] * 10 + [True] * 2


def test_where_the_header_were_believed_spraying_would_go_on(settings):
    """Negative control, and: behind the proxy each visitor has a limit of their own."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    assert spray(x_forwarded_for="203.0.113.{n}") == [False] * 12


def test_too_many_attempts_are_a_page_in_our_words(db):
    answers = [Client().post(reverse("account_reset_password"), {"email": OWNER}) for _ in range(6)]

    assert answers[-1].status_code == 429
    assert "Wait five minutes" in answers[-1].content.decode()


# -- password and address -------------------------------------------------------------------


def ask_reset(client: Client, email: str = OWNER):
    return client.post(reverse("account_reset_password"), {"email": email})


def give_code(client: Client, code: str):
    return client.post(reverse("account_confirm_password_reset_code"), {"code": code})


def set_password(client: Client, password: str):
    fields = {"password1": password, "password2": password}
    return client.post(reverse("account_complete_password_reset"), fields)


def test_a_reset_code_works_once_and_ends_every_session(client, owner):
    elsewhere = Client()
    sign_in(elsewhere, OWNER)
    ask_reset(client)
    code = mailed_code(OWNER)
    give_code(client, code)
    set_password(client, "brand-new-otter-77")

    assert elsewhere.get("/en/teams/").status_code == 302
    assert give_code(client, code)["Location"] == reverse("account_login")
    assert User.objects.get().check_password("brand-new-otter-77")
    told_of = Message.objects.filter(recipient=OWNER).order_by("-pk")[0]
    assert "end the other sessions" in told_of.text


@pytest.mark.parametrize(("seconds", "good"), [(HOUR - 60, True), (HOUR + 60, False)])
def test_a_reset_code_lives_for_an_hour(client, owner, monkeypatch, seconds, good):
    ask_reset(client)
    clock = SimpleNamespace(time=lambda: time() + seconds)
    monkeypatch.setattr(code_verification, "time", clock)

    answer = give_code(client, mailed_code(OWNER))

    assert (answer["Location"] == reverse("account_complete_password_reset")) is good


def test_a_reset_code_dies_when_the_password_is_changed(owner):
    first, second = Client(), Client()
    ask_reset(first)
    code = mailed_code(OWNER)
    ask_reset(second)
    give_code(second, mailed_code(OWNER))
    set_password(second, "brand-new-otter-77")

    assert give_code(first, code)["Location"] == reverse("account_reset_password")
    set_password(first, "thiefs-own-choice-1")

    assert User.objects.get().check_password("brand-new-otter-77")


def test_a_reset_code_goes_to_the_stored_address_not_to_its_twin(client):
    person("mike@example.org")

    ask_reset(client, "mıke@example.org")  # dotless i; upper case makes them alike

    assert not Message.objects.filter(text__regex=r"\n\s+[A-Z0-9]{4}-?[A-Z0-9]{4}\s").exists()


def test_changing_the_address_wants_the_password_and_tells_the_old_one(client, owner):
    page, new = reverse("account_email"), "new@example.org"
    sign_in(client, OWNER)
    add = {"action_add": "", "email": new}
    assert client.post(page, add)["Location"].startswith(reverse("account_reauthenticate"))
    assert not Message.objects.filter(recipient=new).exists()

    reauthenticate(client)
    client.post(page, add)
    client.post(reverse("account_email_verification_sent"), {"code": mailed_code(new)})
    client.post(page, {"action_primary": "", "email": new})

    assert User.objects.get().email == new
    warned = Message.objects.filter(recipient=OWNER).order_by("-pk")[0]
    assert new in warned.text
    assert "http://localhost:8000/en/accounts/sessions/" in warned.text


def test_somebody_without_a_password_signs_in_again_before_changing_the_address(
    client, monkeypatch
):
    person(OWNER, password=None)
    sign_in_by_code(client, OWNER)
    page, add = reverse("account_email"), {"action_add": "", "email": "new@example.org"}
    clock = SimpleNamespace(time=lambda: time() + 6 * 60)
    monkeypatch.setattr(fresh, "time", clock)

    answer = client.post(page, add)

    assert answer["Location"] == f"/en/accounts/login/?next={page}"
    assert who(client) == ""
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


def test_within_minutes_of_signing_in_they_may(client):
    person(OWNER, password=None)
    sign_in_by_code(client, OWNER)

    client.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})

    assert mailed_code("new@example.org")


# -- an account made beforehand with another's address --------------------------------------


def made_beforehand() -> tuple[str, str]:
    """Mallory signs up with the owner's address; the owner comes by code; who is in where?"""
    mallory, owner, later = Client(), Client(), Client()
    mallory.post(reverse("account_signup"), {"email": OWNER, "password1": "mallorys-secret-1"})
    sign_in_by_code(owner, OWNER)
    sign_in(later, OWNER, "mallorys-secret-1")
    return who(owner), who(later)


def test_the_password_of_whoever_made_it_opens_it_no_longer(db):
    assert made_beforehand() == (OWNER, "")


def test_without_the_clean_slate_it_would(db, monkeypatch):
    """Negative control."""
    monkeypatch.delattr(CleanSlate, "form_valid")

    assert made_beforehand() == (OWNER, OWNER)


def test_who_signs_up_and_confirms_at_one_browser_keeps_the_password(client):
    client.post(reverse("account_signup"), {"email": OWNER, "password1": PASSWORD})
    client.post(reverse("account_email_verification_sent"), {"code": mailed_code(OWNER)})

    assert who(client) == OWNER
    assert User.objects.get().check_password(PASSWORD)


# -- where one is led, and what mails say -----------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
     "https:evil.example", "\thttps://evil.example", "///evil.example", "https://localhost@evil.example/"],
)  # fmt: skip
@pytest.mark.parametrize("way", [sign_in, sign_in_by_code])
def test_signing_in_leads_to_our_own_pages_only(client, owner, target, way):
    answer = way(client, OWNER, next=target)

    assert answer["Location"] == "/en/teams/"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_mail_names_the_host_header(settings, language):
    settings.ALLOWED_HOSTS = ["*"]
    translation.activate(language)
    client = Client(headers={"host": "evil.example"})
    person(OWNER)
    sign_in(client, OWNER)
    reauthenticate(client)
    change = {"oldpassword": PASSWORD, "password1": "other-otter-55", "password2": "other-otter-55"}
    client.post(reverse("account_change_password"), change)
    client.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})
    for name, fields in FORMS.items():
        Client(headers={"host": "evil.example"}).post(
            reverse(name), {k: v or "x@example.org" for k, v in fields.items()}
        )

    mails = list(Message.objects.values_list("subject", "text"))
    assert len(mails) >= 4
    assert [one for one in mails if "evil.example" in one[0] + one[1]] == []
    assert all("http://localhost:8000" in text for _subject, text in mails)
