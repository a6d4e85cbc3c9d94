"""Stories of a team's pages: who sees them, what they say, and what two people who write meet."""

import pytest
from django.urls import reverse

from applications.models import Application, Role
from tests.applications import scenes
from tests.applications.pages import READABLE, WRITABLE, page, seen_on

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [*READABLE, *WRITABLE])
def test_a_stranger_meets_404_and_a_visitor_the_sign_in(client, scene, name):
    # Given somebody of no team, and somebody without an account
    assert client.get(page(name, scene)).status_code == 302

    # When they ask for a team's page
    client.force_login(scenes.user("stranger"))
    response = client.get(page(name, scene))

    # Then it does not exist for them
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [*((name, 200) for name in READABLE), *((name, 403) for name in WRITABLE)]
)
def test_staff_of_the_agency_read_and_do_not_write(client, scene, name, status):
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))

    assert client.get(page(name, scene)).status_code == status


def test_staff_of_the_other_agency_do_not_see_the_team(client, scene):
    client.force_login(scenes.user("other", staff_agency="JST", staff_role="APPROVER"))

    assert client.get(page("team", scene)).status_code == 404


@pytest.mark.parametrize("name", [*READABLE, *WRITABLE])
def test_looking_changes_nothing(lead, scene, name):
    # Given what is stored
    before = (scene.counts(), scene.stored().changed_at)

    # When the lead looks at a page
    response = lead.get(page(name, scene))

    # Then it opens, and nothing was written
    assert (response.status_code, scene.counts(), scene.stored().changed_at) == (200, *before)


def test_the_task_list_counts_what_is_done(lead, scene):
    response = lead.get(page("team", scene))

    statuses = [row.status for _title, rows in response.context["groups"] for row in rows]
    assert statuses == [
        *["COMPLETED"] * 6,
        "CANNOT_START",
        "COMPLETED",
        "NOT_STARTED",
        "NOT_STARTED",
    ]
    assert (response.context["done"], response.context["total"]) == (7, 10)


def test_the_team_page_asks_the_database_thirteen_times_at_most(
    lead, scene, django_assert_max_num_queries
):
    # Given three more partners with a grant each
    for name in ("Ola", "Per", "Siv"):
        partner = scenes.person(scene.application.team, Role.PARTNER, name, "NO")
        scenes.grant(scene.application, partner, "rcn", f"31140{len(name)}")

    # Then the page still costs no more
    with django_assert_max_num_queries(13):
        assert lead.get(page("team", scene)).status_code == 200


def test_my_teams_lists_own_teams_only(lead, scene):
    # Given a team of somebody else in the same call
    other = Application.objects.create(
        team=scenes.Team.objects.create(created_at=scenes.DAY),
        call=scene.application.call,
        title_en="Somebody else's",
        created_at=scenes.DAY,
        changed_at=scenes.DAY,
    )

    response = lead.get(reverse("applications:teams"))

    assert [card["application"].pk for card in response.context["cards"]] == [scene.pk]
    assert other.title_en not in response.content.decode()


def test_my_teams_empty_says_what_to_do(client, db):
    client.force_login(scenes.user("newcomer"))

    response = client.get(reverse("applications:teams"))

    assert "You have no team." in response.content.decode()


def test_a_second_save_meets_both_texts_and_then_replaces_knowingly(lead, scene):
    # Given two people with the same page open
    form = {"field": "healthcare", "title_ja": "細胞", "abstract_en": "Short."}
    seen = seen_on(lead.get(page("team_project", scene)))
    lead.post(page("team_project", scene), form | {"title_en": "Theirs", "seen": seen})

    # When the second saves
    mine = form | {"title_en": "Mine", "seen": seen}
    response = lead.post(page("team_project", scene), mine)

    # Then both texts are shown, and nothing was overwritten
    assert response.status_code == 409
    assert response.context["conflict_rows"] == [
        {"key": "Project title in English", "yours": "Mine", "stored": "Theirs"}
    ]
    assert scene.stored().title_en == "Theirs"

    # And sending the page again saves what its writer chose
    renewed = mine | {"seen": seen_on(response)}
    assert lead.post(page("team_project", scene), renewed).status_code == 302
    assert scene.stored().title_en == "Mine"


def test_an_abstract_that_is_too_long_is_kept_in_the_form(lead, scene):
    text = "x" * 2001

    response = lead.post(
        page("team_project", scene),
        {"abstract_en": text, "seen": seen_on(lead.get(page("team_project", scene)))},
    )

    content = response.content.decode()
    assert content.count("The abstract may have 2,000 characters; it has 2,001.") == 2
    assert "<title>Error: The project" in content
    assert text in content


def test_the_budget_is_read_as_people_write_it(lead, scene):
    seen = seen_on(lead.get(page("answers", scene)))
    area = scene.application.area_id

    response = lead.post(
        page("answers", scene, back="check"),
        {"area": area, "years": "4", "budget_jpy": "１億１，５００万円", "seen": seen},
    )

    assert response.url == page("check_answers", scene)
    assert (scene.stored().budget_jpy, scene.stored().years) == (115_000_000, 4)
