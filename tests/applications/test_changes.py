"""Submitting from a page that is out of date: nothing is sent, and the page says what was changed."""

import pytest
from django.core import signing

from applications import actions
from applications.models import Role
from applications.queries.application import workspace
from applications.queries.snapshots import shown
from applications.views.changes import changes_since, opened, sealed
from applications.workflow import Status
from directory.models import Grant, Researcher
from tests.applications import scenes
from tests.applications.pages import page

pytestmark = pytest.mark.django_db


def check_page(client, scene):
    """What the page's form carries."""
    form = client.get(page("check_answers", scene)).context["form"]
    return {"declared": "on", "seen": form["seen"].value(), "shown": form["shown"].value()}


def test_each_change_is_shown_old_beside_new_with_its_page(lead, scene):
    # Given a check page, and changes that others make meanwhile
    carried = check_page(lead, scene)
    scene.change(title_en="Changed meanwhile", years=4)
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(name="Kari Hansen")
    Grant.objects.filter(pk=scene.grant.pk).update(reference="311394")
    scenes.person(scene.application.team, Role.MEMBER, "佐藤", "JP")

    # When it is submitted
    response = lead.post(page("submit", scene), carried)

    # Then nothing is, and each change stands on the page
    assert (response.status_code, scene.stored().status) == (409, Status.DRAFT)
    changes = {one["key"]: one for one in response.context["changes"]}
    title = changes["Project title in English"]
    assert (title["was"], title["now"]) == ("Memory of cells", "Changed meanwhile")
    assert title["href"] == page("team_project", scene)
    assert (changes["Years"]["was"], changes["Years"]["now"]) == ("3", "4")
    assert changes["Kari Hansen"]["was"].startswith("Kari Nordmann")
    assert changes["Kari Hansen"]["href"] == page("team_people", scene)
    assert changes["佐藤"]["was"] == "Not in the team"
    assert changes["RCN 311394"]["was"].startswith("RCN 311393")
    assert len(changes) == 5
    content = response.content.decode()
    for words in ("You saw", "Saved now", "Changed meanwhile", "Memory of cells"):
        assert words in content


def test_the_page_shown_after_a_conflict_submits(lead, scene):
    carried = check_page(lead, scene)
    scene.change(title_en="Changed meanwhile")
    again = lead.post(page("submit", scene), carried).context["form"]

    form = {"declared": "on", "seen": again["seen"].value(), "shown": again["shown"].value()}
    response = lead.post(page("submit", scene), form)

    assert (response.status_code, scene.stored().status) == (302, Status.SUBMITTED)


@pytest.mark.parametrize("carried", ["", "not ours", "another", "forged"])
def test_without_what_was_shown_the_page_still_says_that_something_changed(lead, scene, carried):
    form = check_page(lead, scene)
    scene.change(title_en="Changed meanwhile")
    other = signing.dumps({"application": 0}, salt="applications.check", compress=True)
    form["shown"] = {"another": other, "forged": form["shown"][:-2]}.get(carried, carried)

    response = lead.post(page("submit", scene), form)

    assert (response.status_code, response.context["changes"]) == (409, [])
    assert "The answers have changed" in response.content.decode()


def test_what_was_shown_comes_back_whole(scene):
    state = shown(workspace(scene.stored()))
    carried = opened(scene.application, sealed(scene.application, state))
    assert changes_since(carried, workspace(scene.stored())) == []


def test_a_removed_grant_and_another_reference_day_are_told(scene):
    state = shown(workspace(scene.stored()))
    actions.remove_grant(
        application_id=scene.pk,
        grant_id=scene.grant.pk,
        reason="",
        by=scene.lead,
        at=scenes.DAY,
    )
    call = scene.application.call
    type(call).objects.filter(pk=call.pk).update(reference_on="2024-06-01")

    changes = changes_since(state, workspace(scene.stored()))

    assert [(one["key"], one["now"]) for one in changes] == [
        ("RCN 311393", "Not relied on"),
        ("Partner's grant runs on", "Saturday 1 June 2024"),
    ]
