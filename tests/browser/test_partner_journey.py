"""A partner on a phone: from the mail to confirmed, the condition answered, without an account."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from applications import actions, outbox
from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import Application, Event, Invitation, Notice

PHONE = {"width": 320, "height": 640}
ASKED = "main [id^='div_id_']"
CONFIRM = "I take part, and this is right"


@pytest.fixture
def asked(walk, practice_call):
    """The ERC's grant holder of a practice team, invited; whose address the mail goes to."""
    Command().team(TEAMS[0], practice_call, timezone.now())
    application = Application.objects.get()
    relied = application.relied.get(grant__agency__slug="erc")
    member = application.team.memberships.get(researcher=relied.grant.holder)
    member.researcher.email = "elise@belleville.example"
    member.researcher.save()
    actions.invite(
        application_id=application.pk,
        membership_id=member.pk,
        agency_id=None,
        by=application.team.created_by,
        at=timezone.now(),
    )
    walk.page.set_viewport_size(PHONE)
    return member


def link_in_mail(walk, member) -> str:
    """Let the worker deliver, and read the newest link as its receiver would."""
    outbox.deliver_due(now=timezone.now)
    letter = next(one for one in reversed(mail.outbox) if one.to == [member.researcher.email])
    return re.search(r"https?://[^/\s]+(/en/(?:invitations|me)/[\w-]+/)", letter.body)[1]


def look(walk, name: str) -> None:
    walk.look(name)
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert walk.page.evaluate(wide) is False, name


def test_a_partner_confirms_on_a_phone_without_an_account(walk, asked):
    link = link_in_mail(walk, asked)

    walk.go(link)
    assert Invitation.objects.get().opened_at is None
    look(walk, "invitation")
    assert walk.page.locator(ASKED).count() <= 5
    with walk.page.expect_response(lambda one: one.url.endswith("/opened/")):
        walk.page.mouse.wheel(0, 300)
    assert Invitation.objects.get().opened_at is not None

    walk.press(CONFIRM)
    assert "Choose an answer to" in walk.text()
    look(walk, "unanswered")
    walk.page.get_by_label("Yes, this is so").check()
    walk.press(CONFIRM)
    assert "You have confirmed" in walk.text()
    look(walk, "confirmed")

    asked.refresh_from_db()
    assert asked.confirmed_how == "SELF"
    assert Event.objects.get(act="ATTESTED").membership == asked
    assert walk.page.context.cookies() != []
    assert not [one for one in walk.page.context.cookies() if one["name"] == "session"]

    walk.go(link_in_mail(walk, asked))
    assert "Your answer: yes" in walk.text()
    look(walk, "own-page")
    for words, name in [
        ("Correct my entry", "particulars"),
        ("Correct this grant", "grant"),
        ("Answer the condition", "condition"),
        ("Withdraw my consent", "withdraw"),
    ]:
        walk.follow(words)
        assert walk.page.locator(ASKED).count() <= 5, name
        look(walk, name)
        walk.page.go_back()
    walk.follow("ERC")
    look(walk, "notice")
    assert Notice.objects.filter(holder=asked).exists()
    walk.page.go_back()

    # And thinks again, twice
    walk.follow("Withdraw my consent")
    walk.press("Withdraw my consent")
    walk.follow("Confirm again")
    look(walk, "confirm-again")
    walk.press(CONFIRM)
    assert "You have confirmed again." in walk.text()


def test_the_same_with_keys_only(walk, asked):
    """Tab to every control in turn, as somebody does who cannot point."""
    walk.go(link_in_mail(walk, asked))

    reach(walk, "[type=radio][value=GIVEN]")
    walk.page.keyboard.press("Space")
    reach(walk, "button[value=confirm]")
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_load_state()

    assert "You have confirmed" in walk.text()


def reach(walk, selector: str) -> None:
    for _step in range(80):
        walk.page.keyboard.press("Tab")
        if walk.page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
        if "radio" in selector and walk.page.evaluate("document.activeElement.type === 'radio'"):
            walk.page.keyboard.press("ArrowUp")
            return
    raise AssertionError(f"no way by keys to {selector}")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_axe_finds_nothing_on_dead_and_unknown_links(walk, asked, language):
    link = link_in_mail(walk, asked).replace("/en/", f"/{language}/")
    for page in ("decline/", "forget/"):
        walk.go(link + page)
        look(walk, page.strip("/"))
    walk.go(f"/{language}/invitations/never-mailed/")
    look(walk, "unknown")
    for how in ("DECLINED", "CANCELLED", "REPLACED", "FORGOTTEN"):
        Invitation.objects.update(ended_how=how, ended_at=timezone.now())
        walk.go(link)
        look(walk, how.lower())


def test_a_form_under_no_referrer_would_be_refused(walk, asked, monkeypatch):
    """Why the pages say ``strict-origin``: control of ``views.invited.ways.private``."""
    link = link_in_mail(walk, asked)
    monkeypatch.setattr("applications.views.invited.ways.REFERRER", "no-referrer")
    walk.go(link + "forget/")
    walk.press("Forget me")

    assert Invitation.objects.get().ended_how == ""
