"""The way in Japanese: a mailed code, the workspace, submission and receipt; and every page at 320 pixels."""

import pytest
from django.utils import timezone

from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import Application, Notice
from tests.browser.conftest import mailed_code

# A team that lacks nothing: four partners in Sweden, all confirmed.
READY = TEAMS[1]._replace(until="DRAFT")


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


@pytest.fixture
def team(practice_call) -> Application:
    Command().team(READY, practice_call, timezone.now())
    return Application.objects.select_related("team").get()


def test_from_the_code_to_the_receipt_in_japanese(walk, team):
    walk.go("/")
    walk.at("/ja/")
    assert walk.page.locator("html").get_attribute("lang") == "ja"
    walk.look("home")
    walk.follow("ログイン")
    sign_in_by_code(walk)
    team_page = open_the_team(walk)
    number = submit(walk, team_page)
    read_the_receipt_mail(number)
    see_the_notices(walk, team_page)
    switch_the_language(walk, team_page)


def sign_in_by_code(walk) -> None:
    walk.at("/ja/accounts/login/")
    walk.look("login")
    walk.go("/ja/accounts/login/code/")
    walk.look("login-code")
    walk.fill(email=READY.email)
    walk.page.locator("main form [type=submit]").first.click()
    walk.at("/ja/accounts/login/code/confirm/")
    walk.look("code")
    walk.fill(code=mailed_code(READY.email))
    walk.page.locator("main form [type=submit]").first.click()
    walk.at("/ja/teams/")


def open_the_team(walk) -> str:
    assert walk.page.locator("h1").inner_text() == "自分のチーム"
    assert READY.title_ja in walk.text()
    walk.look("teams")
    walk.follow(READY.title_ja)
    walk.at("/ja/teams/[0-9A-Z-]+/")
    assert walk.page.locator("h1").inner_text() == READY.title_ja
    assert "確認して提出する" in walk.text()
    assert "連絡文は、研究費の保有者が送信を指示します。" in walk.text()
    walk.look("team")
    return walk.page.url.removeprefix(walk.address)


def submit(walk, team_page: str) -> str:
    walk.follow("確認して提出する")
    walk.at(f"{team_page}check/")
    assert walk.page.locator("h1").inner_text() == "内容を確認して提出する"
    assert "髙橋 健" in walk.text()
    walk.look("check")
    walk.press("AMEDに提出する")
    assert "提出済み" not in walk.page.locator("h1").inner_text()
    walk.look("check-undeclared")
    walk.page.locator('main [name="declared"]').check()
    walk.press("AMEDに提出する")
    walk.at("/ja/receipts/.+/")
    number = walk.page.url.rstrip("/").rpartition("/")[2]
    assert walk.page.locator("h1").inner_text().startswith("提出済み")
    assert "受付番号" in walk.text()
    assert number in walk.text()
    assert "これは正式な提案の受付票ではありません。正式な提案はe-Radから行います。" in walk.text()
    walk.look("receipt")
    return number


def read_the_receipt_mail(number: str) -> None:
    from django.core import mail

    from applications import outbox

    outbox.deliver_due(now=timezone.now)
    letter = mail.outbox[-1]
    assert letter.to == [READY.email]
    assert number in letter.subject
    assert number in letter.body
    assert "e-Rad" in letter.body
    assert "応募" in letter.body


def see_the_notices(walk, team_page: str) -> None:
    walk.go(f"{team_page}notices/")
    assert walk.page.locator("h1").inner_text() == "資金配分機関への連絡"
    walk.look("notices")
    owed = Notice.objects.filter(agency__slug="stint").get()
    walk.go(f"{team_page}notices/{owed.pk}/")
    assert "Björn Lindqvist" in walk.text()
    walk.look("notice")


def switch_the_language(walk, team_page: str) -> None:
    walk.page.get_by_role("link", name="English", exact=True).click()
    walk.at(team_page.replace("/ja/", "/en/") + r"notices/\d+/")
    assert walk.page.locator("html").get_attribute("lang") == "en"


PUBLIC = [
    "", "check/", "check/?field=healthcare&country=US&agency=nih-niaid&reference=5R01AI143730-04"
    "&starts_on=2024-04-01&ends_on=2030-03-31", "check/bulk/", "funders/", "funders/nih-niaid/",
    "funders/ssf/", "calls/amed-2024-3/", "calls/practice/", "help/", "privacy/", "nothing-here/",
    "accounts/login/", "accounts/signup/", "accounts/login/code/", "accounts/password/reset/",
]  # fmt: skip
TEAM = [
    "", "project/", "japan/", "people/", "people/add/", "grants/", "match/", "notices/", "answers/",
    "erad/", "check/", "withdraw/", "copy/",
]  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_scrolls_sideways_at_320_pixels(walk, team, sign_in, account, language):
    walk.page.set_viewport_size({"width": 320, "height": 640})
    wide = [path for path in PUBLIC if too_wide(walk, f"/{language}/{path}")]
    sign_in(READY.email, language)
    member = team.team.memberships.filter(role="PARTNER").first()
    notice = team.notices.first()
    own = [f"teams/{team.team.ref}/{path}" for path in TEAM] + ["teams/", "teams/start/"]
    own += [
        f"teams/{team.team.ref}/people/{member.pk}/",
        f"teams/{team.team.ref}/people/{member.pk}/grants/add/",
        f"teams/{team.team.ref}/notices/{notice.pk}/",
    ]
    wide += [path for path in own if too_wide(walk, f"/{language}/{path}")]
    account("officer@amed.example", staff_agency="AMED", staff_role="OFFICER")
    walk.page.context.clear_cookies()
    sign_in("officer@amed.example", language)
    staff = [f"staff/{one}/" for one in ("applications", "members", "grants", "notices", "events")]
    staff += ["staff/", f"staff/applications/{team.pk}/"]
    wide += [path for path in staff if too_wide(walk, f"/{language}/{path}")]

    assert wide == []


def too_wide(walk, path: str) -> bool:
    walk.go(path)
    wide = walk.page.evaluate("document.scrollingElement.scrollWidth") > 320
    if wide or path.rstrip("/").endswith(("ja", "teams", "check", "funders", "receipt", "match")):
        walk.seen.append(path)
        name = path.strip("/").partition("?")[0].replace("/", "_")
        walk.picture(f"320-{name}")
    return wide


def test_a_page_that_is_too_wide_is_caught(walk):
    """Negative control."""
    walk.page.set_viewport_size({"width": 320, "height": 640})
    walk.go("/ja/help/")
    walk.page.evaluate("document.querySelector('h1').style.width = '900px'")

    assert walk.page.evaluate("document.scrollingElement.scrollWidth") > 320
