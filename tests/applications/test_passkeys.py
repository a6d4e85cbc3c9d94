"""Passkeys: two factors in one only where the key checked its owner."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.accounts.forms import PasskeySignInForm
from tests.applications.factors import ORIGIN, data_on, enrol_key, passkey
from tests.applications.people import person, reauthenticate, sign_in, who
from tests.applications.soft_key import SoftKey

pytestmark = pytest.mark.django_db
OFFICER = "officer@amed.example"


@pytest.fixture(autouse=True)
def real_address(settings):
    translation.activate("en")
    settings.PORTAL_URL = ORIGIN
    settings.ALLOWED_HOSTS = ["portal.example.jp", "testserver"]


@pytest.fixture
def officer():
    return person(OFFICER, staff_agency="AMED", staff_role="OFFICER")


@pytest.fixture
def desk() -> Client:
    return Client(headers={"host": "portal.example.jp"})


def test_a_passkey_signs_in_alone_and_leads_back(desk, officer):
    key = SoftKey(ORIGIN)
    sign_in(desk, OFFICER)
    reauthenticate(desk)
    enrol_key(desk, key)
    desk.post(reverse("account_logout"))

    answer = passkey(desk, key, next="/en/staff/applications/")

    assert answer["Location"] == "/en/staff/applications/"
    assert who(desk) == OFFICER
    assert desk.get("/en/staff/applications/").status_code == 200


def cross_challenge(desk: Client, key: SoftKey) -> None:
    """Take the challenge of a second factor (of an account of one's own), answer it as a passkey."""
    person("mallory@example.com")
    own = SoftKey(ORIGIN, verifies=False)
    sign_in(desk, "mallory@example.com")
    reauthenticate(desk)
    enrol_key(desk, own)
    desk.post(reverse("account_logout"))
    sign_in(desk, "mallory@example.com")
    asked = data_on(desk.get(reverse("mfa_authenticate")).content.decode())
    desk.post(reverse("account_logout"))  # leaves the half-done sign-in; the challenge stays
    desk.post(reverse("mfa_login_webauthn"), {"credential": key.get(asked["request_options"])})


def stolen_key(officer) -> SoftKey:
    """A key used beside a password only: it asks for no finger and no PIN."""
    key, hers = SoftKey(ORIGIN, verifies=False), Client(headers={"host": "portal.example.jp"})
    sign_in(hers, OFFICER)
    reauthenticate(hers)
    enrol_key(hers, key)
    return key


def test_a_key_that_did_not_check_its_owner_signs_nobody_in_alone(desk, officer):
    key = stolen_key(officer)

    passkey(desk, key)
    assert who(desk) == ""
    cross_challenge(desk, key)
    assert who(desk) == ""


def test_without_that_check_a_stolen_key_is_enough(desk, officer, monkeypatch):
    """Negative control: allauth keeps both challenges in one place."""
    monkeypatch.delattr(PasskeySignInForm, "clean_credential")
    key = stolen_key(officer)

    cross_challenge(desk, key)

    assert who(desk) == OFFICER


def test_a_passkey_of_another_site_is_refused(desk, officer):
    key = SoftKey(ORIGIN)
    sign_in(desk, OFFICER)
    reauthenticate(desk)
    enrol_key(desk, key)
    desk.post(reverse("account_logout"))
    key.origin = "https://portal.example.jp.evil.example"

    passkey(desk, key)

    assert who(desk) == ""
