"""The team's pages of invitations in a real browser: axe, and no sideways scrolling at 320 pixels."""

import pytest
from django.utils import timezone

from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import Application, Invitation
from tests.browser.conftest import violations

ASKED = next(one for one in TEAMS if len(one.asked) > 1)


@pytest.fixture
def pages(practice_call):
    """Paths below the language, of a team whose invitations stand in every way."""
    Command().team(ASKED, practice_call, timezone.now())
    application = Application.objects.get()
    people = {
        one.membership.researcher.name: one
        for one in Invitation.objects.select_related("membership__researcher")
    }
    place = {one.name: people[one.name].membership_id for one in ASKED.asked}
    waits, declined, expired, claimed = (one.name for one in ASKED.asked)
    root = f"teams/{application.team.ref}/"
    partner = application.team.memberships.get(researcher__name__startswith="Urs")
    return [
        *(root, f"{root}people/", f"{root}japan/", f"{root}lead/", f"{root}check/"),
        f"{root}people/{place[waits]}/remind/",
        f"{root}people/{place[waits]}/address/",
        f"{root}people/{place[waits]}/uninvite/",
        f"{root}people/{place[declined]}/invite/",
        f"{root}people/{place[expired]}/remind/",
        f"{root}people/{partner.pk}/invite/",
        f"{root}people/{partner.pk}/remind/",  # nothing waits: said calmly
        f"{root}invitations/{people[claimed].pk}/claim/",
    ]


@pytest.mark.parametrize("language, width", [("en", 320), ("ja", 1200)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(walk, sign_in, pages, language, width):
    sign_in(ASKED.email, language)
    walk.page.set_viewport_size({"width": width, "height": 800})

    flaws = {}
    for number, path in enumerate(pages):
        walk.go(f"/{language}/{path}")
        walk.picture(f"{width}-{number:02}")
        found = violations(walk.page)
        if walk.page.evaluate("document.scrollingElement.scrollWidth") > width:
            found.append("too wide")
        if found:
            flaws[path] = found

    assert flaws == {}


def test_a_lead_invites_mends_the_address_and_cancels(walk, sign_in, pages):
    """The way through, by buttons and links alone."""
    sign_in(ASKED.email)
    walk.go(f"/en/{pages[1]}")
    walk.follow("Invite by e-mail")
    walk.press("Send the invitation")
    walk.at(rf"/en/{pages[1]}#person-\d+")
    assert "is on its way" in walk.text()
    walk.follow("Correct the address")
    walk.fill(email="right@example.org")
    walk.press("Save and send it there")
    assert "The mail to right@example.org is on its way." in walk.text()
    walk.follow("Cancel the invitation")
    walk.press("Cancel the invitation")
    assert "The invitation is cancelled." in walk.text()
