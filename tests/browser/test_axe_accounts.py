"""Axe on the pages of accounts, in both languages: signing in, second factor, ORCID, sessions."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount

from applications.management.practice import PASSWORD
from directory.models import User
from tests.applications.orcid_scenes import configure
from tests.browser.conftest import violations
from tests.browser.test_axe_pages import flaws

LEAD = "lead@example.ac.jp"
VISITOR = ["login/", "orcid/cancelled/", "orcid/login/", "login/code/", "password/reset/"]
OWN = ["email/", "password/change/", "2fa/", "2fa/passkeys/", "orcid/", "sessions/", "logout/"]
PROVED = ["2fa/passkeys/add/", "2fa/totp/deactivate/", "2fa/recovery-codes/generate/"]


def prove(walk, language: str) -> None:
    walk.go(f"/{language}/accounts/reauthenticate/")
    walk.fill(password=PASSWORD)
    walk.page.locator("main form [type=submit]").first.click()
    walk.page.wait_for_url(lambda url: "reauthenticate" not in url)


@pytest.mark.parametrize("language, width", [("en", 1100), ("ja", 320)])
def test_axe_finds_nothing_on_pages_of_accounts(walk, sign_in, account, settings, language, width):
    configure(settings)
    walk.page.set_viewport_size({"width": width, "height": 800})
    account(LEAD)
    found = flaws(walk, [f"/{language}/accounts/{path}" for path in VISITOR])
    sign_in(LEAD, language)
    found |= flaws(walk, [f"/{language}/accounts/{path}" for path in OWN])
    prove(walk, language)
    found |= flaws(walk, [f"/{language}/accounts/2fa/totp/activate/"])

    user = User.objects.get(email=LEAD)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop"})
    SocialAccount.objects.create(user=user, provider="orcid.org", uid="0000-0002-1825-0097")
    key = Authenticator.objects.get(type="webauthn").pk
    more = ["2fa/", "2fa/passkeys/", "orcid/", *PROVED]
    more += [f"2fa/passkeys/{key}/edit/"]
    found |= flaws(walk, [f"/{language}/accounts/{path}" for path in more[:3]])
    Authenticator.objects.filter(pk=key).delete()
    found |= flaws(walk, [f"/{language}/accounts/{path}" for path in more[3:6]])

    # Signing in with a second factor asked for
    walk.page.context.clear_cookies()
    walk.go(f"/{language}/accounts/login/")
    walk.fill(login=LEAD, password=PASSWORD)
    walk.page.locator("form:has([name=login]) [type=submit]").click()
    walk.page.wait_for_url("**/2fa/authenticate/")
    walk.picture(f"second-factor-{width}")
    assert violations(walk.page) == []
    assert walk.page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == {}
