"""Axe on the pages that no journey crosses, in both languages, with errors on them too."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import Application, Invitation, Membership, Role
from applications.models.invitation import INVITATION_LASTS
from directory.models import Call, User
from tests.browser.conftest import violations

PAGES = [
    "funders/", "funders/?q=zzzz", "funders/arc/", "funders/ssf/", "calls/amed-2024-3/",
    "calls/practice/?zone=America/New_York", "help/", "privacy/", "check/bulk/", "nothing-here/",
    "check/?field=healthcare&country=XX&agency=", "check/?field=both&country=EU&agency=erc"
    "&reference=101012345&starts_on=2022-01-01&ends_on=2030-01-01",
    "check/?field=healthcare&country=NO&agency=other&reference=1&starts_on=2022-01-01&ends_on=2021-01-01",
    "accounts/password/reset/", "accounts/signup/",
]  # fmt: skip
TEAM = [
    "",
    "notices/",
    "people/",
    "people/add/",
    "people/add/?side=japan",
    "match/",
    "withdraw/",
    "copy/",
]
MINE = ["my-data/", "my-data/profile/", "my-data/erasure/", "accounts/email/", "teams/"]
STAFF = ["", "applications/", "applications/?q=zzzz", "members/", "grants/", "events/", "mail/"]


def flaws(walk, paths: list[str]) -> dict[str, list]:
    found = {}
    for number, path in enumerate(paths):
        walk.go(path)
        walk.picture(f"axe-{number:02}")
        if seen := violations(walk.page):
            found[path] = seen
    return found


@pytest.mark.parametrize("language", ["en", "ja"])
def test_axe_finds_nothing_on_public_pages(walk, language):
    assert flaws(walk, [f"/{language}/{path}" for path in PAGES]) == {}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_axe_finds_nothing_on_forms_that_were_refused(walk, sign_in, account, language):
    account("lead@example.ac.jp")
    for path in ("accounts/login/", "accounts/signup/", "accounts/login/code/", "check/"):
        walk.go(f"/{language}/{path}")
        walk.page.locator("main form").first.evaluate("form => { form.noValidate = true }")
        walk.page.locator("main form [type=submit]").first.click()
        walk.picture(path.strip("/").replace("/", "-"))
        assert violations(walk.page) == [], path
    sign_in("lead@example.ac.jp", language)
    walk.go(f"/{language}/teams/start/")
    walk.page.locator("main form [type=submit]").first.click()

    assert walk.page.locator(".error-summary").count() == 1
    assert violations(walk.page) == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_axe_finds_nothing_on_team_and_staff_pages(walk, sign_in, account, practice_call, language):
    for team in (TEAMS[0], TEAMS[6]):  # conditions open; withdrawn
        Command().team(team, practice_call, timezone.now())
    account("officer@amed.example", staff_agency="AMED", staff_role="OFFICER")
    draft, withdrawn = Application.objects.order_by("pk")
    relied = draft.relied.get(grant__agency__slug="erc")
    root = f"/{language}/teams/{draft.team.ref}/"
    pages = [root + path for path in TEAM]
    pages += [f"{root}grants/{relied.grant_id}/", f"{root}grants/{relied.grant_id}/attest/"]
    pages += [f"{root}grants/{relied.grant_id}/remove/", f"/{language}/teams/start/"]
    sign_in(TEAMS[0].email, language)
    found = flaws(walk, pages)
    walk.page.context.clear_cookies()
    sign_in(TEAMS[6].email, language)
    root = f"/{language}/teams/{withdrawn.team.ref}/"
    found |= flaws(walk, [root, f"{root}notices/", f"/{language}/receipts/{withdrawn.receipt}/"])
    walk.page.context.clear_cookies()
    sign_in("officer@amed.example", language)
    found |= flaws(walk, [f"/{language}/staff/{path}" for path in STAFF])

    assert found == {}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_axe_finds_nothing_on_the_pages_of_an_account(walk, sign_in, account, language):
    Command().team(TEAMS[0], Call.objects.get(is_practice=True), timezone.now())
    invited = account("kari@example.no", language)
    EmailAddress.objects.create(user=invited, email="second@example.no", verified=True)
    member = Membership.objects.filter(role=Role.PARTNER).order_by("pk").first()
    lead = User.objects.get(email=TEAMS[0].email)
    Invitation.objects.create(
        membership=member, application=Application.objects.get(), email="Kari@example.no",
        language="en", token_digest="0" * 64, created_at=timezone.now(), created_by=lead,
        expires_at=timezone.now() + INVITATION_LASTS,
    )  # fmt: skip
    sign_in("kari@example.no", language)
    pages = [f"/{language}/{path}" for path in MINE]
    found = flaws(walk, pages)
    walk.page.set_viewport_size({"width": 320, "height": 800})
    wide = []
    for path in pages:
        walk.go(path)
        walk.picture(f"320-{path.strip('/').split('/')[-1]}")
        if walk.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(path)
    walk.go(f"/{language}/my-data/erasure/")
    walk.page.locator("main form [type=submit]").click()  # ask, and see the open request

    assert walk.page.locator("main section.panel form").count() == 1
    assert (found, wide, violations(walk.page)) == ({}, [], [])


def test_a_page_with_a_flaw_is_caught(walk):
    """Negative control: contrast and a missing name."""
    walk.go("/en/help/")
    # Through the object model: the page's own policy forbids style attributes.
    walk.page.evaluate(
        "const main = document.querySelector('main');"
        "main.innerHTML = '<h1>Grey</h1><input type=text><img src=x>';"
        "main.firstChild.style.color = '#bbb'"
    )

    assert {"color-contrast", "image-alt", "label"} <= {
        rule for rule, *_rest in violations(walk.page)
    }
