"""Sessions: a new id at signing in, limits of idleness and age, ended one by one or all at once."""

from time import time
from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import translation

from aspire import sessions
from directory.models import User
from tests.applications.people import person, sign_in, who

pytestmark = pytest.mark.django_db
OWNER = "owner@example.org"
HOUR = 3600


@pytest.fixture(autouse=True)
def in_english():
    translation.activate("en")


@pytest.fixture
def owner() -> User:
    return person(OWNER)


@pytest.fixture
def later(monkeypatch):
    """Move the clock by which sessions are judged."""

    def move(seconds: float) -> None:
        monkeypatch.setattr(sessions, "time", SimpleNamespace(time=lambda: time() + seconds))

    return move


def visit(client: Client) -> str:
    client.get("/en/teams/")
    return who(client)


def test_signing_in_gives_a_new_session_id_and_ends_with_signing_out(client, owner):
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["session"] = planted = session.session_key

    sign_in(client, OWNER)
    kept = client.cookies["session"].value
    assert kept != planted
    client.post(reverse("account_logout"))
    client.cookies["session"] = kept

    assert client.get("/en/teams/").status_code == 302


ENDS = [
    # staff, [(seconds after signing in, still in)]
    (False, [(4 * HOUR - 60, True), (4 * HOUR + 60, True)]),  # active: each visit counts anew
    (False, [(4 * HOUR + 60, False)]),
    (False, [(3 * HOUR, True), (6 * HOUR, True), (9 * HOUR, True), (12 * HOUR + 1, False)]),
    (True, [(29 * 60, True), (58 * 60, True)]),
    (True, [(31 * 60, False)]),
    (True, [*((n * 29 * 60, True) for n in range(1, 25)), (12 * HOUR + 1, False)]),
]


@pytest.mark.parametrize(("staff", "visits"), ENDS)
def test_a_session_ends_when_idle_and_when_old(client, later, staff, visits):
    role = {"staff_agency": "AMED", "staff_role": "VIEWER"} if staff else {}
    client.force_login(person(OWNER, **role), "allauth.account.auth_backends.AuthenticationBackend")

    came = []
    for seconds, _still_in in visits:
        later(seconds)
        came.append((seconds, visit(client) == OWNER))

    assert came == visits


def test_without_the_limits_it_would_not_end(client, owner, later, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(sessions.SessionLimitsMiddleware, "over", staticmethod(lambda *_: ""))
    sign_in(client, OWNER)
    later(11 * HOUR)

    assert visit(client) == OWNER


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5 * HOUR, "nothing was done for four hours"), (12 * HOUR, "12 hours had passed")],
)
def test_the_sign_in_page_says_why_and_leads_back(client, owner, later, seconds, words):
    sign_in(client, OWNER)
    later(seconds)

    answer = client.get("/en/teams/start/", follow=True)

    assert words in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/en/accounts/login/?next=/en/teams/start/"


def test_a_closed_account_is_out_at_the_next_request(client, owner):
    sign_in(client, OWNER)
    assert client.get("/en/teams/").status_code == 200
    User.objects.filter(pk=owner.pk).update(is_active=False)

    assert client.get("/en/teams/").status_code == 302
    assert sign_in(client, OWNER)["Location"] == reverse("account_inactive")
    assert who(client) == ""


def test_one_session_is_ended_from_another_and_only_ones_own(owner):
    here, there, stranger = Client(), Client(), Client()
    person("stranger@example.org")
    for browser, email in ((here, OWNER), (there, OWNER), (stranger, "stranger@example.org")):
        sign_in(browser, email)
    page = reverse("usersessions_list")
    rows = {one.session_key: one.pk for one in UserSession.objects.all()}

    here.post(page, {"session": rows[stranger.session.session_key]})
    here.post(page, {"session": rows[there.session.session_key]})

    assert [b.get("/en/teams/").status_code for b in (here, there, stranger)] == [200, 302, 200]


def test_all_other_sessions_are_ended_at_once(owner):
    here, there = Client(), Client()
    sign_in(here, OWNER)
    sign_in(there, OWNER)

    here.post(reverse("usersessions_list"))

    assert [b.get("/en/teams/").status_code for b in (here, there)] == [200, 302]
