"""One application through an officer's hands, in Japanese: screened, returned, corrected, accepted, adopted, taken out, filed."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from applications import outbox
from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import Application, DataUse, Notice
from applications.queries.fingerprints import fingerprint
from directory.formatting import long_date
from directory.models import User
from tests.applications.screening import soon

OFFICER = "officer@amed.example"
TEAM = TEAMS[2]  # five partners in Britain, one of them funded by BHF
ASKED = (
    "英語の研究課題名が、日本語の課題名と合っていません。\n「小児期」にあたる語を加えてください。"
)
UNTIL = soon(17)
UNTIL_IN_WORDS = long_date(UNTIL.date(), "ja") + "17:00"
CORRECTED = "The kidney from infancy to old age"
A4 = (595, 842)
WHY = "審査会の資料とするため（配布先：事務局のみ）。"


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


@pytest.fixture
def application(practice_call) -> Application:
    """The team that the story is about, and another that stays as it is."""
    for team in (TEAMS[1], TEAM):
        Command().team(team, practice_call, timezone.now())
    return Application.objects.select_related("team").get(title_ja=TEAM.title_ja)


def test_screen_return_correct_accept_adopt_export_and_evidence(
    walk, application, sign_in, account
):
    said: list[str] = []
    walk.page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    account(OFFICER, "ja", name="職員 甲", staff_agency="AMED", staff_role="OFFICER")
    sign_in(OFFICER, "ja")

    find_it_from_the_dashboard(walk, application)
    return_it(walk, application)
    change_person(walk, sign_in, TEAM.email)
    correct_it(walk, application)
    change_person(walk, sign_in, OFFICER)
    see_the_difference_and_accept(walk, application)
    adopt_it(walk, application)
    take_it_out(walk, application)
    file_the_evidence(walk, application)

    assert said == []


def change_person(walk, sign_in, email: str) -> None:
    walk.page.context.clear_cookies()
    sign_in(email, "ja")


def find_it_from_the_dashboard(walk, application: Application) -> None:
    """A number leads to its list; state and reading in kana narrow it; the page opens with the way back."""
    walk.go("/ja/staff/")
    walk.look("dashboard")
    waiting = walk.page.get_by_role("link", name="2 提出済みで、確認を始めていない応募")
    waiting.click()
    walk.at("/ja/staff/applications/")
    assert walk.page.locator("main tbody tr").count() == 2
    walk.page.get_by_text("一覧を絞り込む").click()
    walk.fill(q="すずき")
    walk.press("絞り込む")
    assert walk.page.locator("main tbody tr").count() == 1
    walk.look("list")
    walk.follow(application.receipt)
    assert walk.page.locator("h1").inner_text() == TEAM.title_ja
    walk.look("application")


def return_it(walk, application: Application) -> None:
    """One press takes it into screening; what is to be corrected, and until when, goes into a letter."""
    walk.press("確認を開始する")
    assert "手続「確認を開始する」を行いました。現在の状態は「確認中」です。" in walk.text()
    walk.look("in-screening")
    walk.press("自分が担当する")
    assert "担当：職員 甲" in walk.text()
    walk.follow("修正のため差し戻す")
    walk.look("return")
    walk.press("修正のため差し戻す")  # with nothing said
    assert walk.page.locator(".error-summary li").count() == 2
    walk.look("return-refused")
    walk.fill(reason=ASKED, hour="17")
    walk.day("day", f"{UNTIL:%Y-%m-%d}")
    walk.press("修正のため差し戻す")
    release_the_letter(walk, "[ASPIRE] 応募の修正のお願い", ASKED, UNTIL_IN_WORDS)
    walk.look("returned")


def release_the_letter(walk, subject: str, *parts: str) -> None:
    """The letter is read as it leaves, then released; the mail server gets exactly these words."""
    walk.at(r"/ja/staff/team-letters/\d+/")
    shown = walk.page.locator("main div.panel").inner_text()
    assert [one in shown for one in parts] == [True] * len(parts)
    walk.look(f"letter-{len(walk.seen)}")
    assert mail.outbox == []
    walk.press("チームへの送付を指示する")
    walk.at(r"/ja/staff/applications/\d+/")
    outbox.deliver_due(now=timezone.now)
    [sent] = [one for one in mail.outbox if one.subject.startswith(subject)]
    assert sent.to == [TEAM.email]
    lines = shown.splitlines()  # a browser draws no spaces at the beginning of a line
    assert [one.strip() for one in sent.body.splitlines()[: len(lines)]] == lines
    mail.outbox.clear()


def correct_it(walk, application: Application) -> None:
    """The lead reads the officer's very words, corrects the title and submits again."""
    walk.go(f"/ja/teams/{application.team.ref}/")
    asked, until = walk.page.locator("section.banner p:not(.banner__heading)").all_inner_texts()
    assert asked == ASKED
    assert UNTIL_IN_WORDS in until
    walk.look("lead-returned")
    walk.go(f"/ja/teams/{application.team.ref}/project/")
    walk.fill(title_en=CORRECTED)
    walk.press("保存する")
    walk.go(f"/ja/teams/{application.team.ref}/check/")
    walk.page.locator('main [name="declared"]').check()
    walk.press("AMEDに提出する")
    walk.at(f"/ja/receipts/{application.receipt}/")
    changes = walk.page.locator('section[aria-labelledby="version-changes"]')
    assert [one in changes.inner_text() for one in (TEAM.title_en, CORRECTED)] == [True, True]
    walk.look("lead-submitted-again")


def see_the_difference_and_accept(walk, application: Application) -> None:
    walk.go(f"/ja/staff/applications/{application.pk}/")
    changes = walk.page.locator('section[aria-labelledby="version-changes"]')
    assert changes.locator("h2").inner_text() == "第2版で変更された点"
    assert changes.locator("dt").all_inner_texts() == ["研究課題名（英語）"]
    assert changes.locator("del").all_inner_texts() == [TEAM.title_en]
    assert changes.locator("ins").all_inner_texts() == [CORRECTED]
    walk.look("changes")
    walk.press("確認を開始する")
    walk.follow("受理する")
    walk.look("accept")
    walk.press("受理する")
    release_the_letter(walk, "[ASPIRE] 応募の確認の結果", "応募の内容を確認し、受理しました。")


def adopt_it(walk, application: Application) -> None:
    """The letter is in the language of the lead, who has chosen English meanwhile, not in the officer's."""
    told = Notice.objects.filter(application=application, agency__slug="bhf")
    assert told.get().state == "NOT_YET_DUE"
    User.objects.filter(email=TEAM.email).update(language="en")
    walk.follow("採択として記録する")
    walk.press("採択として記録する")
    assert walk.page.locator('main div.panel[lang="en"]').count() == 1
    release_the_letter(walk, "[ASPIRE] Decision on the adoption", "has adopted your application")
    assert walk.page.get_by_text("「採択」", exact=False).count() == 0  # said once, not again
    assert told.get().state == "DUE"
    walk.look("adopted")


def take_it_out(walk, application: Application) -> None:
    """Personal columns leave with a reason only, and the use is on record."""
    walk.go("/ja/staff/applications/?q=スズキ&state=ADOPTED")
    walk.follow("この一覧を出力する（Excel、CSV）")
    walk.look("export")
    walk.page.get_by_label("下記の理由により含める").check()
    walk.page.get_by_label("CSV（UTF-8").check()
    walk.press("ファイルをダウンロードする")
    assert walk.page.locator(".error-summary li").count() == 1
    walk.look("export-refused")
    walk.fill(reason=WHY)
    with walk.page.expect_download() as arriving:
        walk.press("ファイルをダウンロードする")
    content = Path(arriving.value.path()).read_text("utf-8-sig")
    [row] = csv.DictReader(StringIO(content, newline=""))
    wanted = {
        "受付番号": application.receipt,
        "状態": "採択",
        "研究課題名（日本語）": TEAM.title_ja,
        "研究課題名（英語）": CORRECTED,
        "研究開発代表者": "鈴木 一郎",
        "研究開発代表者のe-Rad研究者番号": "20000002",
        "版": "2",
    }
    assert {name: row[name] for name in wanted} == wanted
    use = DataUse.objects.get(kind="EXPORT")
    assert (use.by.email, use.rows, use.personal, use.reason) == (OFFICER, 1, True, WHY)
    walk.go("/ja/staff/uses/?kind=EXPORT")
    assert "applications.csv" in walk.text() or "応募" in walk.text()
    walk.look("uses")


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    """The sizes of the pages of a PDF, in points, as its page objects name them."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def file_the_evidence(walk, application: Application) -> None:
    """The page's fingerprint is the file's, which is that of the file's own sealed part."""
    walk.go(f"/ja/staff/applications/{application.pk}/")
    walk.follow("提出された版の証明資料")
    walk.at(f"/ja/receipts/{application.receipt}/evidence/2/")
    walk.look("evidence")
    assert set(sheets(walk.page.pdf(prefer_css_page_size=True))) == {A4}
    printed = walk.page.locator(
        'section.evidence[lang="ja"] dt:has-text("ハッシュ値（SHA-256）") + dd'
    ).inner_text()
    with walk.page.expect_download() as arriving:
        walk.follow("JSONファイルをダウンロードする")
    filed = json.loads(Path(arriving.value.path()).read_text("utf-8"))
    assert printed == filed["sha256"] == fingerprint(filed["sealed"])
    assert filed["sealed"]["inputs"]["answers"]["title_en"] == CORRECTED
