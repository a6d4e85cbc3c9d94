"""A member of staff enrols a passkey in a real browser and signs in with it; before that, nothing opens."""

from collections.abc import Iterator

import pytest

OFFICER = "officer@amed.example"


@pytest.fixture
def authenticator(walk) -> Iterator[tuple]:
    """A laptop that asks for a finger, as the browser itself plays it."""
    cdp = walk.page.context.new_cdp_session(walk.page)
    cdp.send("WebAuthn.enable")
    made = cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield cdp, made["authenticatorId"]
    cdp.send("WebAuthn.disable")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_staff_enrol_a_passkey_and_sign_in_with_it(
    walk, account, authenticator, settings, language
):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the browser's own rule lets localhost pass
    account(OFFICER, staff_agency="AMED", staff_role="OFFICER")
    root = f"/{language}"

    # With the password alone, the staff list is refused, and the page says why and what next
    walk.go(f"{root}/staff/applications/")
    walk.at(f"{root}/accounts/login/")
    walk.look("sign-in")
    walk.fill(login=OFFICER, password="practice-only")
    walk.page.locator("form:has([name=login]) [type=submit]").click()
    walk.page.wait_for_url(f"**{root}/accounts/2fa/**")
    assert walk.page.locator(".banner").count() == 2  # signed in; and why no further
    walk.look("second-factor-wanted")
    walk.go("/admin/")
    walk.at(f"{root}/accounts/2fa/")

    # Enrolling: the password once more, then the key
    walk.page.locator(f"a[href='{root}/accounts/2fa/passkeys/add/']").click()
    walk.at(f"{root}/accounts/reauthenticate/")
    walk.look("once-more")
    walk.fill(password="practice-only")
    walk.page.locator("main form [type=submit]").first.click()
    walk.at(f"{root}/accounts/2fa/passkeys/add/")
    walk.look("add-passkey")
    walk.page.locator("main [name=name]").fill("Laptop")
    walk.page.locator("#mfa_webauthn_add").click()
    walk.page.wait_for_url(f"**{root}/accounts/2fa/recovery-codes/")
    walk.look("recovery-codes")

    # It counts at once: the way on leads to a staff page
    walk.page.locator("main a.btn-primary").click()
    walk.at("/admin/")

    # Signed out, the key alone opens the list that was asked for
    walk.go(f"{root}/teams/")
    walk.page.locator(".site-nav form button").click()
    walk.go(f"{root}/staff/applications/")
    walk.at(f"{root}/accounts/login/")
    walk.page.locator("#passkey_login").click()
    walk.page.wait_for_url(f"{walk.address}{root}/staff/applications/")
    walk.page.wait_for_load_state()
    walk.look("staff-list")

    # A laptop that cannot tell its owner opens nothing
    cdp, laptop = authenticator
    walk.page.locator(".site-nav form button").click()
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": laptop, "isUserVerified": False})
    walk.go(f"{root}/accounts/login/")
    walk.page.locator("#passkey_login").click()
    walk.page.locator("#passkey-problem").wait_for(state="visible")
    walk.look("no-answer")
    walk.go(f"{root}/staff/applications/")
    walk.at(f"{root}/accounts/login/")
