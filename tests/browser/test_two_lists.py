"""A team's results under two lists in a real browser: side by side, and one below the other at 320 pixels."""

import pytest
from django.utils import timezone

from applications.management.commands.demo import Command
from applications.management.practice import TEAMS
from applications.models import Application
from tests.applications.lists import SHIPPED, later_list, take
from tests.browser.conftest import violations


@pytest.fixture
def moved(practice_call):
    """The path of a draft's two lists below the language; everything differs, since the later list has one row."""
    Command().team(TEAMS[0], practice_call, timezone.now())
    take(practice_call, later_list(nsf={}))
    return f"teams/{Application.objects.get().team.ref}/"


@pytest.mark.parametrize("language, width, beside", [("en", 320, False), ("ja", 1200, True)])
def test_two_lists_stand_side_by_side_where_there_is_room(
    walk, sign_in, moved, language, width, beside
):
    sign_in(TEAMS[0].email, language)
    walk.page.set_viewport_size({"width": width, "height": 800})
    flaws = {}
    for name, path in {
        "team": moved,
        "match": f"{moved}match/",
        "lists": f"{moved}match/{SHIPPED}/",
    }.items():
        walk.go(f"/{language}/{path}")
        for closed in walk.page.locator("main details:not([open])").all():
            closed.evaluate("one => { one.open = true }")
        walk.picture(f"{width}-{name}")
        found = violations(walk.page)
        if walk.page.evaluate("document.scrollingElement.scrollWidth") > width:
            found.append("too wide")
        if found:
            flaws[name] = found
    earlier, later = walk.page.locator(".two-lists__one").all()[:2]

    assert flaws == {}
    assert (earlier.bounding_box()["y"] == later.bounding_box()["y"]) is beside
