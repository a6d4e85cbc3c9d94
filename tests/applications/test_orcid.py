"""ORCID: twelve attacks of hazard 51 as scripts, what each must come to, and what protects."""

import pytest
from allauth.account.internal.flows import reauthentication
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as portal_settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.accounts.orcid import SocialAdapter
from applications.accounts.views import CleanSlate
from applications.models import Message
from directory.models import Researcher, User
from tests.applications import fake_orcid
from tests.applications.fake_orcid import JOSIAH, LAURE
from tests.applications.people import (
    mailed_code,
    person,
    reauthenticate,
    sign_in,
    sign_in_by_code,
    who,
)

pytestmark = pytest.mark.django_db
OWNER, MALLORY = "owner@example.org", "mallory@example.com"


def configure(settings, issuer: str = "orcid.org") -> None:
    settings.ORCID_CLIENT_ID, settings.ORCID_ISSUER = "APP-TEST", issuer
    app = {"name": "ORCID", "provider_id": issuer, "client_id": "APP-TEST", "secret": "s"}
    orcid = {**portal_settings.SOCIALACCOUNT_PROVIDERS["orcid"], "APPS": [app]}
    settings.SOCIALACCOUNT_PROVIDERS = {"orcid": orcid}


@pytest.fixture
def orcid(monkeypatch, settings, db):
    translation.activate("en")  # a page asked for in Japanese leaves its language behind
    configure(settings)
    fake, server = fake_orcid.serve(monkeypatch)
    yield fake
    server.shutdown()
    server.server_close()


def begin(client: Client, process: str = "login"):
    """Press the button: the address at ORCID that the browser is sent to."""
    return client.post(reverse("orcid_login") + f"?process={process}")


def come_back(client: Client, brought: dict[str, str]):
    return client.get(reverse("orcid_callback"), brought)


def through(client: Client, orcid, process: str = "login"):
    """Press, agree at ORCID, come back."""
    return come_back(client, orcid.authorize(begin(client, process)["Location"]))


def linked(email: str = OWNER, iD: str = JOSIAH, issuer: str = "orcid.org"):  # noqa: N803
    user = User.objects.filter(email=email).first() or person(email)
    return SocialAccount.objects.create(user=user, provider=issuer, uid=iD)


def signed_in(email: str, *, proved: bool = False) -> Client:
    client = Client()
    sign_in(client, email)
    if proved:
        reauthenticate(client)
    assert who(client) == email
    return client


def accounts() -> set[tuple[str, str, str]]:
    return set(SocialAccount.objects.values_list("user__email", "provider", "uid"))


# -- the honest way -------------------------------------------------------------------------


def test_a_new_person_gives_an_address_and_proves_it_by_a_mailed_code(client, orcid):
    assert through(client, orcid)["Location"] == reverse("socialaccount_signup")
    client.post(reverse("socialaccount_signup"), {"email": OWNER})
    assert who(client) == ""

    client.post(reverse("account_email_verification_sent"), {"code": mailed_code(OWNER)})

    assert who(client) == OWNER
    assert accounts() == {(OWNER, "orcid.org", JOSIAH)}
    kept = SocialAccount.objects.get().extra_data
    assert set(kept) == {"orcid-identifier"}  # nothing else of the record


def test_a_linked_person_signs_in_with_one_press_and_a_new_session(client, orcid):
    linked()
    client.get(reverse("account_login"))
    begun = begin(client)
    before = client.session.session_key
    come_back(client, orcid.authorize(begun["Location"]))

    assert who(client) == OWNER
    assert client.session.session_key != before


def test_linking_writes_the_id_into_ones_own_entries_and_unlinking_takes_it_out(orcid):
    owner, other = person(OWNER), person(MALLORY)
    mine = Researcher.objects.create(name="Mine", user=owner)
    theirs = Researcher.objects.create(name="Theirs", user=other)
    client = signed_in(OWNER, proved=True)

    through(client, orcid, "connect")

    entries = dict(Researcher.objects.values_list("pk", "orcid"))
    assert entries == {mine.pk: JOSIAH, theirs.pk: ""}
    assert Message.objects.filter(recipient=OWNER, text__contains=JOSIAH).count() == 1

    account = SocialAccount.objects.get()
    client.post(reverse("socialaccount_connections"), {"account": account.pk})

    entries = dict(Researcher.objects.values_list("pk", "orcid"))
    assert entries == {mine.pk: "", theirs.pk: ""}
    assert accounts() == set()


def test_the_return_address_is_the_portals_own_and_the_request_is_not_for_a_link_to_change(
    client, orcid, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    address = client.post(
        reverse("orcid_login") + "?process=login&scope=/activities/update&auth_params=prompt%3Dx",
        headers={"host": "evil.example"},
    )["Location"]

    assert "evil.example" not in address
    assert "redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fen%2Faccounts%2Forcid" in address
    assert "scope=%2Fauthenticate&" in address
    assert "prompt" not in address


def test_without_keys_there_is_no_button_and_no_route(client):
    page = client.get(reverse("account_login")).content.decode()

    assert "orcid_login" not in page
    assert reverse("orcid_login") not in page
    assert begin(client).status_code == 404
    assert come_back(client, {"code": "x", "state": "y"}).status_code == 404


def test_an_id_linked_earlier_can_be_removed_after_the_keys_have_gone(client):
    linked()
    client = signed_in(OWNER, proved=True)
    page = reverse("socialaccount_connections")

    assert JOSIAH in client.get(page).content.decode()
    client.post(page, {"account": SocialAccount.objects.get().pk})

    assert accounts() == set()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_declined_or_down_is_a_calm_page_with_the_other_way_in(client, orcid, language):
    root = f"/{language}/accounts/orcid/login/"
    begun = client.post(root)["Location"]
    state = orcid.authorize(begun)["state"]
    declined = client.get(
        f"{root}callback/", {"error": "access_denied", "state": state}, follow=True
    )
    orcid.down = True
    brought = orcid.authorize(client.post(root)["Location"])
    down = client.get(f"{root}callback/", brought)

    assert (declined.status_code, down.status_code) == (200, 401)
    for response in (declined, down):
        page = response.content.decode()
        assert f"/{language}/accounts/login/code/" in page
        assert f"/{language}/accounts/login/" in page
    assert who(client) == ""


# -- twelve attacks -------------------------------------------------------------------------
# Each script attacks and returns what came of it; the table says what must have come of it.


def same_address_as_an_account(orcid):
    """Mallory's ORCID names the owner's address; the account is not linked."""
    person(OWNER)
    orcid.email, browser = OWNER, Client()
    through(browser, orcid)
    browser.post(reverse("socialaccount_signup"), {"email": OWNER})
    return who(browser), accounts()


def address_said_to_be_verified(orcid):
    """The same, and ORCID says that the address is verified; nobody has an account yet."""
    orcid.email, browser = OWNER, Client()
    through(browser, orcid)
    browser.post(reverse("socialaccount_signup"), {"email": OWNER})
    stored = EmailAddress.objects.get(email=OWNER).verified
    return who(browser), stored


def link_while_signed_out(orcid):
    browser = Client()
    begun = begin(browser, "connect")
    return begun["Location"], who(browser), accounts()


def link_without_proof(orcid):
    """Somebody sits down at a browser left open: the password is asked for first."""
    person(OWNER)
    browser = signed_in(OWNER)
    begun = begin(browser, "connect")
    return begun["Location"].partition("?")[0], accounts()


def state_missing_or_forged(orcid):
    browser = Client()
    brought = orcid.authorize(begin(browser)["Location"])
    missing = come_back(browser, {"code": brought["code"]})
    forged = come_back(browser, {**brought, "state": "f" * 16})
    return missing.status_code, forged.status_code, who(browser)


def login_through_a_foreign_callback(orcid):
    """Login CSRF: the victim's browser is made to open the return address of Mallory's sign-in."""
    linked(MALLORY)
    hers, victim = Client(), Client()
    brought = orcid.authorize(begin(hers)["Location"])
    return come_back(victim, brought).status_code, who(victim)


def link_through_a_foreign_callback(orcid):
    """The same while the owner is signed in and proved it: Mallory's iD must not be linked."""
    person(OWNER)
    person(MALLORY)
    hers, victim = signed_in(MALLORY, proved=True), signed_in(OWNER, proved=True)
    brought = orcid.authorize(begin(hers, "connect")["Location"])
    return come_back(victim, brought).status_code, accounts()


def code_replayed(orcid):
    """The return address is opened again, in the same browser and after signing out."""
    linked()
    browser = Client()
    brought = orcid.authorize(begin(browser)["Location"])
    come_back(browser, brought)
    browser.post(reverse("account_logout"))
    again = come_back(browser, brought)
    fresh = orcid.authorize(begin(browser)["Location"])
    mixed = come_back(browser, {"code": brought["code"], "state": fresh["state"]})
    return again.status_code, mixed.status_code, who(browser)


def id_linked_to_another_account(orcid):
    linked(MALLORY)
    person(OWNER)
    browser = signed_in(OWNER, proved=True)
    through(browser, orcid, "connect")
    return accounts()


def sandbox_for_production(orcid):
    """Linked in the sandbox, where anybody gets any number of iDs; and a record of the other issuer."""
    linked(OWNER, JOSIAH, "sandbox.orcid.org")
    browser = Client()
    first = through(browser, orcid)["Location"]
    orcid.host = "sandbox.orcid.org"
    return first, through(Client(), orcid).status_code, who(browser)


def id_malformed_or_of_somebody_else(orcid):
    """A token answer whose iD is none, or whose record is another person's."""
    linked(OWNER, LAURE)
    came = []
    for iD, path in [  # noqa: N806
        (None, LAURE),
        (7, LAURE),
        ({"a": 1}, LAURE),
        ("../0000-0001-5109-3700", LAURE),
        ("0000-0001-5109-3701", LAURE),
        (f"https://orcid.org/{LAURE}", LAURE),
        (JOSIAH, LAURE),
    ]:
        orcid.orcid, orcid.path = iD, path
        browser = Client()
        came.append((through(browser, orcid).status_code, who(browser)))
    asked = [address for address in orcid.asked if JOSIAH not in address]
    return set(came), asked


def account_made_beforehand(orcid):
    """Pre-hijacking: Mallory makes an account with the owner's address and waits, with her ORCID."""
    hers, owner = Client(), Client()
    through(hers, orcid)
    hers.post(reverse("socialaccount_signup"), {"email": OWNER})
    sign_in_by_code(owner, OWNER)
    later = Client()
    through(later, orcid)
    return who(owner), who(later), accounts()


def last_way_in_removed(orcid):
    """Neither password nor confirmed address: removing the iD would close the account for ever."""
    user = person(OWNER, verified=False, password=None)
    account = SocialAccount.objects.create(user=user, provider="orcid.org", uid=JOSIAH)
    browser = Client()
    browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    session = browser.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": 9e9}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    browser.post(reverse("socialaccount_connections"), {"account": account.pk})
    return accounts()


ATTACKS = {
    same_address_as_an_account: ("", set()),
    address_said_to_be_verified: ("", False),
    link_while_signed_out: (
        "/en/accounts/login/?next=/en/accounts/orcid/login/%3Fprocess%3Dconnect",
        "",
        set(),
    ),
    link_without_proof: ("/en/accounts/reauthenticate/", set()),
    state_missing_or_forged: (401, 401, ""),
    login_through_a_foreign_callback: (401, ""),
    link_through_a_foreign_callback: (401, set()),
    code_replayed: (401, 401, ""),
    id_linked_to_another_account: {(MALLORY, "orcid.org", JOSIAH)},
    sandbox_for_production: ("/en/accounts/orcid/signup/", 401, ""),
    id_malformed_or_of_somebody_else: ({(401, "")}, []),
    account_made_beforehand: (OWNER, "", set()),
    last_way_in_removed: {(OWNER, "orcid.org", JOSIAH)},
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_comes_to_nothing(orcid, attack):
    assert attack(orcid) == ATTACKS[attack]


# -- negative controls: each protection off, and the harm is there ----------------------------


def test_with_linking_by_address_the_account_is_taken_over(orcid, settings, monkeypatch):
    settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
    monkeypatch.setattr(SocialAdapter, "is_email_verified", lambda *_: True)
    person(OWNER)
    orcid.email, browser = OWNER, Client()

    through(browser, orcid)

    assert who(browser) == OWNER


def test_without_the_clean_slate_the_account_made_beforehand_is_shared(orcid, monkeypatch):
    monkeypatch.delattr(CleanSlate, "form_valid")

    assert account_made_beforehand(orcid) == (OWNER, OWNER, {(OWNER, "orcid.org", JOSIAH)})


def test_without_the_proof_a_browser_left_open_is_enough(orcid, monkeypatch):
    monkeypatch.setattr(reauthentication, "did_recently_reauthenticate", lambda *_: True)
    person(OWNER)
    browser = signed_in(OWNER)

    through(browser, orcid, "connect")

    assert accounts() == {(OWNER, "orcid.org", JOSIAH)}


def test_without_the_check_of_the_record_a_token_for_one_opens_the_account_of_another(
    orcid, settings, monkeypatch
):
    from allauth.socialaccount.providers.orcid.views import OrcidOAuth2Adapter

    from applications.accounts.orcid import PortalOrcidAdapter

    monkeypatch.setattr(PortalOrcidAdapter, "complete_login", OrcidOAuth2Adapter.complete_login)
    linked(OWNER, LAURE)
    orcid.orcid, orcid.path, browser = JOSIAH, LAURE, Client()

    through(browser, orcid)

    assert who(browser) == OWNER


def test_were_the_issuer_not_kept_a_sandbox_id_would_open_the_account(orcid, settings):
    linked(OWNER, JOSIAH, "orcid")
    app = portal_settings.SOCIALACCOUNT_PROVIDERS["orcid"]["APPS"][0]
    app["provider_id"] = ""  # as in a set-up that names no issuer
    browser = Client()

    through(browser, orcid)

    assert who(browser) == OWNER
