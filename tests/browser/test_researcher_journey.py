"""The whole way once, in English: from the checker to the receipt, the notice and the agency's CSV."""

import csv
import io
import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from applications.management.practice import PASSWORD
from applications.models import Application, Notice
from tests.browser.conftest import mailed_code

EMAIL = "hanako@example.ac.jp"
REPLY = (
    b"From: Jo Carter <jo@lakeside.example>\r\nTo: hanako@example.ac.jp\r\n"
    b"Date: Mon, 02 Nov 2026 09:00:00 +0000\r\nSubject: Yes\r\n\r\nI take part.\r\n"
)


def test_from_the_checker_to_the_csv(walk, account, sign_in):
    account("officer@amed.example", staff_agency="AMED", staff_role="OFFICER")

    ask_the_checker(walk)
    sign_up(walk)
    start_the_team(walk)
    answer_everything(walk)
    number = submit(walk)
    copy_into_erad(walk)
    record_the_notice(walk)
    read_the_exports(walk, sign_in, number)


def ask_the_checker(walk) -> None:
    walk.go("/en/")
    walk.look("home")
    walk.follow("Can my team apply?")
    walk.at("/en/check/")
    walk.look("checker")
    walk.fill(field="healthcare", country="US", agency="")
    submit_form(walk)
    walk.look("checker-details")
    walk.fill(reference="5R01AI143730-04")
    walk.day("starts_on", "2024-04-01")
    walk.day("ends_on", "2030-03-31")
    submit_form(walk)
    assert "Fits the published conditions as of 1 July 2024. AMED decides." in walk.text()
    assert re.search(r"[?&]on=\d{4}-\d\d-\d\d", walk.page.url)
    assert "edition=amed-2024-07-01" in walk.page.url
    walk.look("result")
    walk.page.locator('main a[href*="/teams/start/"]').first.click()


def submit_form(walk) -> None:
    walk.page.locator("main form [type=submit]").first.click()


def sign_up(walk) -> None:
    walk.at("/en/accounts/login/")
    walk.look("sign-in")
    walk.page.locator('main a[href*="/accounts/signup/"]').first.click()
    walk.look("sign-up")
    walk.fill(email=EMAIL, password1=PASSWORD + "-of-hanako")
    submit_form(walk)
    walk.look("code")
    walk.fill(code=mailed_code(EMAIL))
    submit_form(walk)
    walk.at("/en/teams/start/")


def start_the_team(walk) -> None:
    assert "5R01AI143730-04" in walk.text()
    walk.look("start")
    walk.fill(
        name="佐藤 花子",
        family_latin="Sato",
        given_latin="Hanako",
        institution_name="架空大学",
        institution_name_latin="Kakuu University",
        institution_country="JP",
        partner_name="Jo Carter",
        partner_institution="Lakeside University",
    )
    assert walk.page.locator('[name="partner_country"]').input_value() == "US"
    walk.press("Form the team")
    walk.at("/en/teams/[0-9A-Z-]+/")
    walk.look("team-new")


def answer_everything(walk) -> None:
    team = walk.page.url.removeprefix(walk.address).partition("?")[0]

    walk.go(f"{team}project/")
    walk.look("project")
    walk.fill(title_ja="細胞の記憶", title_en="=Memory of cells", abstract_en="How cells remember.")
    walk.press("Save")

    walk.go(f"{team}japan/")
    walk.look("japan")
    walk.page.locator(f'main a[href^="{team}people/"]').first.click()
    walk.look("person")
    walk.fill(erad_number="00000000")
    walk.press("Save")

    walk.go(f"{team}people/")
    walk.look("partners")
    walk.page.locator('main a[href$="/confirm/"]').first.click()
    walk.look("confirm")
    walk.fill(reason="She wrote to me.")
    walk.page.locator("main [type=file]").set_input_files(
        {"name": "reply.eml", "mimeType": "message/rfc822", "buffer": REPLY}
    )
    walk.press("Record the confirmation")
    walk.at(f"{team}people/")
    assert "reply.eml" in walk.text() or "onfirm" in walk.text()

    walk.go(f"{team}grants/")
    assert "5R01AI143730-04" in walk.text()
    walk.look("grants")
    walk.go(f"{team}match/")
    walk.look("match")

    walk.go(f"{team}answers/")
    walk.look("answers")
    walk.page.locator('main [name="area"]').first.check()
    walk.fill(years="4", budget_jpy="90,000,000")
    walk.press("Save")
    walk.go(f"{team}erad/")
    walk.look("erad")
    walk.go(team)
    walk.look("team-ready")


def submit(walk) -> str:
    team = walk.page.url.removeprefix(walk.address)
    walk.go(f"{team}check/")
    walk.look("check-answers")
    walk.page.locator('main [name="declared"]').check()
    walk.press("Submit to AMED")
    walk.at("/en/receipts/[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}/")
    number = walk.page.url.rstrip("/").rpartition("/")[2]
    assert number in walk.text()
    assert "This is not the receipt of the formal proposal" in walk.text()
    walk.look("receipt")
    walk.go("/en/teams/")
    assert number in walk.text()
    walk.look("teams")
    return number


def record_the_notice(walk) -> None:
    team = Application.objects.get().team.ref
    walk.go(f"/en/teams/{team}/notices/")
    walk.look("notices")
    walk.page.locator(f'main a[href^="/en/teams/{team}/notices/"]').first.click()
    walk.look("notice")
    walk.page.get_by_text("Give the day, the way and the recipient").click()
    walk.day("record-done_on", timezone.localdate().isoformat())
    walk.fill(**{"record-done_to": "Dr. Ann Officer", "record-reason": "She asked me to."})
    walk.page.locator('[name="record-channel"]').select_option(index=1)
    walk.press("Record as done")
    expect(walk.page.get_by_text("Recorded: the notice is done.")).to_be_visible()
    walk.look("notice-recorded")
    assert Notice.objects.get().state == "RECORDED"


def copy_into_erad(walk) -> None:
    """The sheet is read; one text goes to the clipboard by its button."""
    walk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    walk.go(f"/en/teams/{Application.objects.get().team.ref}/erad/sheet/")
    walk.look("erad-sheet")
    walk.press("Copy the text: Project title in English")
    expect(walk.page.get_by_text("Copied", exact=True)).to_be_visible()
    assert walk.page.evaluate("navigator.clipboard.readText()") == "=Memory of cells"


def read_the_exports(walk, sign_in, number: str) -> None:
    walk.page.context.clear_cookies()
    sign_in("officer@amed.example")
    walk.go("/en/staff/")
    walk.look("staff")
    walk.go("/en/staff/applications/")
    assert number in walk.text()
    walk.look("staff-applications")
    [application] = downloaded(walk)
    assert {name: application[name] for name in application if name != "submitted_at"} == {
        "receipt": number,
        "call": "practice",
        "state": "SUBMITTED",
        "title_ja": "細胞の記憶",
        "title_en": "'=Memory of cells",
        "area": "cell",
        "years": "4",
        "budget_jpy": "90000000",
        "lead": "佐藤 花子",
        "lead_institution": "架空大学",
        "lead_erad": "00000000",
        "partners": "Jo Carter",
        "countries": "US",
        "agencies": "nih-niaid",
        "best_verdict": "FITS",
        "explanation": "",
        "erad_status": "NOT_STARTED",
        "erad_number": "",
        "version": "1",
    }
    walk.page.get_by_role("link", name=number).first.click()
    walk.look("staff-application")
    walk.go("/en/staff/notices/")
    walk.look("staff-notices")
    today = timezone.localdate().isoformat()
    [notice] = downloaded(walk)
    assert notice == {
        "receipt": number,
        "agency": "nih-niaid",
        "body_told": "nih-niaid",
        "holder": "Jo Carter",
        "strength": "ENCOURAGED",
        "trigger": "UPON_APPLICATION",
        "state": "RECORDED",
        "due_on": today,
        "recipient": "Dr. Ann Officer",
        "channel": notice["channel"],
        "done_on": today,
        "by_whom": notice["by_whom"],
        "proof": "",
        "acknowledged_at": "",
    }
    assert notice["channel"] == Notice.objects.get().channel
    assert notice["by_whom"] in (EMAIL, "佐藤 花子", "Sato Hanako")


def downloaded(walk) -> list[dict[str, str]]:
    """The rows of the CSV with codes, as a person downloads it."""
    walk.follow("Export these rows (Excel, CSV)")
    walk.look("staff-export")
    for choice in ("Put them in, for the reason below", "As codes, for programs"):
        walk.page.get_by_label(choice).check()
    walk.page.get_by_label("CSV, in UTF-8").check()
    walk.fill(reason="To try it out.")
    with walk.page.expect_download() as arriving:
        walk.page.get_by_role("button", name="Download the file").click()
    walk.page.go_back()
    content = Path(arriving.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
