"""Taking over an account by way of ORCID: hazard 51 as scripts, and what each must come to."""

import pytest
from allauth.account.internal.flows import reauthentication
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.orcid.views import OrcidOAuth2Adapter
from django.conf import settings as portal_settings
from django.test import Client
from django.urls import reverse

from applications.accounts.orcid import PortalOrcidAdapter, SocialAdapter
from applications.accounts.views import CleanSlate
from tests.applications.fake_orcid import JOSIAH, LAURE
from tests.applications.orcid_scenes import (
    MALLORY,
    OWNER,
    accounts,
    begin,
    come_back,
    linked,
    signed_in,
    through,
)
from tests.applications.people import person, sign_in_by_code, who

pytestmark = pytest.mark.django_db

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
