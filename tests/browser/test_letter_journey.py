"""A grant holder on a phone releases a letter; a mail server takes exactly it; the funder acknowledges."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from django.utils import timezone

from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import Application, Event, Message, Notice, PersonalLink
from applications.models.invitation import PERSONAL_LINK_LASTS, token_digest
from tests.applications.letter_box import body, deliver, letter_box
from tests.applications.releasing import address_of

PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
OFFICER, HOLDER = "desk@stint.example", "bjorn@norrsjo.example"
OWN = "the-link-to-the-own-page-of-a-grant-holder-0123"


@pytest.fixture
def holder(walk, practice_call):
    """The STINT holder of a practice team that has submitted, with a link to the own page."""
    Command().team(TEAMS[1], practice_call, timezone.now())
    # Receipts and invitations are another story.
    Message.objects.update(state="DISCARDED", reason="another story", secret="")
    member = Notice.objects.filter(body__slug="stint").order_by("pk").first().holder
    member.researcher.email = HOLDER
    member.researcher.save()
    now = timezone.now()
    PersonalLink.objects.create(
        membership=member,
        token_digest=token_digest(OWN),
        created_at=now,
        expires_at=now + PERSONAL_LINK_LASTS,
    )
    walk.page.set_viewport_size(PHONE)
    return member


def look(walk, name: str) -> None:
    walk.look(name)
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert walk.page.evaluate(wide) is False, name


def shown(walk) -> dict[str, str]:
    """The preview: the words beside each label, and the text."""
    rows = walk.page.locator("main dl.summary-list > div").all()
    found = {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in rows}
    return found | {"text": walk.page.locator("main pre.letter").text_content() or ""}


def test_from_the_holders_page_to_the_funders_answer(walk, holder, sign_in, account):
    account("officer@amed.example", staff_agency="AMED", staff_role="OFFICER")

    # The holder, without an account, gives the recipient.
    walk.go(f"/en/me/{OWN}/")
    walk.page.locator("main table a").first.click()
    look(walk, "notice-empty")
    walk.page.locator('[name="draft-recipient_email"]').fill(OFFICER)
    walk.press("Save the draft")
    assert "Nothing has been sent" in walk.text()
    look(walk, "notice-whole")
    page = walk.page.url.removeprefix(walk.address)

    # The last look, in both languages; then the one button.
    walk.follow("Look at it and release it")
    preview = shown(walk)
    look(walk, "release")
    walk.go(f"{page}release/".replace("/en/", "/ja/"))
    look(walk, "release-ja")
    walk.go(f"{page}release/")
    assert not Message.objects.filter(kind="NOTICE").exists()
    walk.press("Release this letter")
    assert "The letter is released" in walk.text()
    look(walk, "released")

    # A mail server takes exactly that, for one recipient.
    with letter_box() as box:
        deliver()
        envelope, mail = box.only()
    assert envelope.rcpt_tos == [OFFICER]
    assert preview["To"] == address_of(mail["To"]) == OFFICER
    assert preview["From"].splitlines() == [
        mail["From"].addresses[0].display_name,
        address_of(mail["From"]),
    ]
    assert preview["Answers go to"] == address_of(mail["Reply-To"]) == HOLDER
    assert preview["Subject"] == mail["Subject"]
    link = re.search(r"https?://[^/\s]+(/en/acknowledge/[\w-]+/)", body(mail))
    sent = body(mail).replace(link[0], "［link］")
    assert sent == preview["text"]
    walk.go(page)
    assert "Handed to the mail server" in walk.text()
    look(walk, "handed-over")

    # The funder opens the link: only the button acknowledges.
    for language in ("ja", "en"):
        walk.go(link[1].replace("/en/", f"/{language}/"))
        look(walk, f"acknowledge-{language}")
    assert Notice.objects.get(holder=holder).state == "HANDED_OVER"
    walk.page.locator('[name="note"]').fill("Received. Good luck!")
    walk.press("Confirm receipt")
    assert "Receipt confirmed" in walk.text()
    look(walk, "acknowledged")
    walk.go("/en/acknowledge/never-mailed/")
    look(walk, "acknowledge-unknown")
    walk.go(f"{page}".replace("/en/", "/ja/"))
    look(walk, "own-acknowledged-ja")

    # The team and the staff read it; the file says it in codes.
    walk.page.set_viewport_size(DESK)
    sign_in("lead2@demo.example")
    team = Application.objects.get().team.ref
    walk.go(f"/en/teams/{team}/notices/")
    assert "Acknowledged by the funder" in walk.text()
    notice = Notice.objects.get(holder=holder)
    walk.go(f"/en/teams/{team}/notices/{notice.pk}/")
    assert "Received. Good luck!" in walk.text()
    look(walk, "team-acknowledged")
    other = Notice.objects.filter(body__slug="stint").exclude(pk=notice.pk).get()
    for language in ("en", "ja"):
        walk.go(f"/{language}/teams/{team}/notices/{other.pk}/")
        look(walk, f"team-reads-{language}")
    assert walk.page.get_by_role("button", name="Save the draft").count() == 0
    walk.page.context.clear_cookies()
    sign_in("officer@amed.example")
    walk.go("/en/staff/export/notices/columns/")
    walk.page.get_by_label("Put them in, for the reason below").check()
    walk.page.get_by_label("CSV, in UTF-8").check()
    walk.page.get_by_label("As codes, for programs").check()
    walk.fill(reason="To see that the funder's answer is on record")
    with walk.page.expect_download() as download:
        walk.press("Download the file")
    rows = csv.DictReader(StringIO(Path(download.value.path()).read_text("utf-8-sig")))
    row = next(one for one in rows if one["state"] == "ACKNOWLEDGED")
    assert (row["channel"], row["recipient"]) == ("PORTAL", OFFICER)
    assert row["by_whom"] == holder.researcher.name
    assert (row["done_on"] != "", row["acknowledged_at"] != "") == (True, True)
    acts = Event.objects.filter(act__startswith="NOTICE").order_by("pk")
    assert list(acts.values_list("act", flat=True)) == [
        "NOTICE_EDITED",
        "NOTICE_RELEASED",
        "NOTICE_HANDED_OVER",
        "NOTICE_ACKNOWLEDGED",
    ]
