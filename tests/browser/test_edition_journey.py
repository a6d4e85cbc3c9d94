"""A funder joins the list, in Japanese: an officer drafts it, a second person publishes it, and both days have their answer."""

import pytest
from django.utils import timezone

from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import Application, Publication
from directory.models import Agency, Call, Edition, Grant

OFFICER, APPROVER = "officer@amed.example", "approver@amed.example"
TEAM = TEAMS[7]  # a draft
CODE, SHORT, NAME = "amed-2025-04-01", "NEF", "架空北欧財団"
AS_OF, UPDATED, DAY_BEFORE = "2025-04-01", "2025-04-02", "2025-04-01"
FIRST, LAST = "2024-04-01", "2099-03-31"  # running whenever the test is
FITS, DOES_NOT = "公表された条件に合致します", "公表された条件に合致しません"
WHY = "公表ページに、新しい資金配分機関が追加されたため。"


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


@pytest.fixture
def application(practice_call) -> Application:
    Command().team(TEAM, practice_call, timezone.now())
    return Application.objects.get()


def test_add_an_agency_publish_it_and_ask_as_of_the_day_before_and_after(
    walk, application, sign_in, account
):
    account(OFFICER, "ja", name="職員 甲", staff_agency="AMED", staff_role="OFFICER")
    account(APPROVER, "ja", name="承認者 乙", staff_agency="AMED", staff_role="APPROVER")
    sign_in(OFFICER, "ja")

    make_the_draft(walk)
    add_the_agency_and_its_row(walk)
    state_a_case(walk)
    # When a team has named a grant of the new funder, its result is part of the effect
    grant = Grant.objects.filter(agency__slug="snsf")
    new = Agency.objects.get(acronym=SHORT)
    assert grant.update(agency=new, reference="NEF-1", key="NEF-1") == 1
    look_at_the_effect(walk)
    walk.page.context.clear_cookies()
    sign_in(APPROVER, "ja")
    publish_it(walk)
    walk.page.context.clear_cookies()
    ask_the_checker(walk)


def make_the_draft(walk) -> None:
    """From the newest list, with what the page says of itself and why."""
    walk.go("/ja/staff/")
    walk.follow("一覧の版")
    walk.look("editions")
    walk.follow("新しい版を作成する")
    walk.fill(code=CODE, reason=WHY)
    walk.day("as_of", AS_OF)
    walk.day("updated_on", UPDATED)
    walk.look("new")
    walk.press("下書きを作成する")
    walk.at(f"/ja/staff/editions/{CODE}/")
    assert "の下書きを作成しました。" in walk.text()
    walk.look("draft")


def add_the_agency_and_its_row(walk) -> None:
    """In the administration, the funder beside the row that is being written."""
    page = walk.page
    walk.follow("掲載内容を編集する")
    walk.picture("admin-edition")
    walk.follow("行を追加する")
    walk.picture("admin-row")
    with page.expect_popup() as opening:
        page.locator("#add_id_agency").click()
    funder = opening.value
    for name, value in {"slug": "nef", "acronym": SHORT, "name_en": "Example Foundation"}.items():
        funder.fill(f"#id_{name}", value)
    funder.fill("#id_name_ja", NAME)
    choose(funder, "country", "NO", "ノルウェー")
    with funder.expect_event("close"):
        funder.get_by_role("button", name="保存する", exact=True).click()
    page.locator(".field-agency", has_text=SHORT).wait_for()
    page.select_option("#id_kind", "EXISTING")
    page.fill("#id_summary_en", "Nothing is asked of holders.")
    page.fill("#id_summary_ja", "研究者に求められていることはありません。")
    page.select_option("#id_notice_rule-0-strength", "NONE_STATED")
    walk.picture("admin-row-filled")
    page.get_by_role("button", name="保存する", exact=True).click()
    page.locator("li.success").wait_for()
    walk.picture("admin-row-saved")
    page.get_by_role("link", name="公開までの手順").click()
    walk.at(f"/ja/staff/editions/{CODE}/")


def choose(page, field: str, typed: str, shown: str) -> None:
    """Pick a row in one of the administration's search boxes."""
    page.locator(f".field-{field} .select2-selection").first.click()
    page.locator(".select2-search__field").last.fill(typed)
    page.locator(".select2-results__option", has_text=shown).first.click()


def state_a_case(walk) -> None:
    """The draft is asked about a grant, and what it answers is agreed."""
    assert f"要件に合うはずの研究費がまだ登録されていない機関： {SHORT}" in walk.text()
    walk.follow(SHORT)
    begun = [walk.page.locator(f"[name={one}]").input_value() for one in ("agency", "country")]
    assert begun == ["nef", "NO"]
    walk.fill(expected_verdict="FITS", why=WHY)
    walk.day("starts_on", FIRST)
    walk.day("ends_on", LAST)
    walk.press("下書きで判定してみる")
    assert walk.page.locator(".verdict__label").inner_text().strip() == FITS
    walk.look("asked")
    walk.press("判定例として登録する")
    assert "判定例を登録しました。" in walk.text()


def look_at_the_effect(walk) -> None:
    walk.follow("版に戻る")
    walk.follow("応募への影響")
    walk.press("影響を算出する")
    walk.page.get_by_text("作成中の応募1件の結果が変わります。").first.wait_for()
    assert TEAM.title_ja in walk.text()
    walk.look("effect")


def publish_it(walk) -> None:
    """The second person reads what was prepared, and publishes it for the call."""
    walk.go("/ja/staff/")
    walk.follow("公開前の一覧の下書き")
    walk.follow(CODE)
    walk.look("to-publish")
    walk.page.locator("main").get_by_role("link", name="公開", exact=True).click()
    assert "ありません。以下の内容を確認した上で、公開してください。" in walk.text()
    walk.fill(reason_ja=WHY, reason_en="The page names a new funder.")
    walk.look("publish")
    walk.press("確定して公開する")
    assert f"{CODE}を公開しました。" in walk.text()
    walk.look("published")
    done = Publication.objects.get()
    assert (done.edition.code, done.by.email) == (CODE, APPROVER)
    assert (
        Call.objects.get(code="practice").edition == Edition.objects.newest("AMED") == done.edition
    )


def ask_the_checker(walk) -> None:
    """Somebody without an account: the same grant, as of two days, each answer with its reasons."""
    walk.go("/ja/check/")
    walk.fill(field="healthcare", country="NO", agency="nef")
    walk.press("研究費の質問に進む")
    walk.day("starts_on", FIRST)
    walk.day("ends_on", LAST)
    walk.press("回答を見る")
    answers = {}
    for day in (DAY_BEFORE, UPDATED):
        walk.page.get_by_text("別の一覧で調べる").click()
        walk.fill(as_of=day)
        walk.press("この日の一覧で調べる")
        reason = walk.page.locator(".findings__row").first
        answers[day] = (
            walk.page.locator(".verdict__label").inner_text().strip(),
            reason.get_attribute("data-outcome"),
            reason.locator("p").first.inner_text(),
        )
        walk.look(f"as-of-{day}")
    assert answers == {
        DAY_BEFORE: (DOES_NOT, "NOT_MET", f"{SHORT}は一覧に掲載されていません。"),
        UPDATED: (FITS, "MET", f"{SHORT}は一覧に掲載されています。"),
    }
