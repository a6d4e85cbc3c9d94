"""The same grant in two teams: the staff of that agency read it, the teams and the other agency do not."""

import pytest
from django.urls import reverse

from applications.models import Application, Role, Team
from applications.queries.overlaps import overlaps_of
from directory.models import Call
from tests.applications import scenes
from tests.applications.pages import page

pytestmark = pytest.mark.django_db
SENTENCE = "The same grant is named by another team."


def shared(opened):
    """What the page says of grants that another team names."""
    rows = opened.context["overlaps"]
    return [one["subject"] for row in rows for one in row["reasons"] if one["words"] == SENTENCE]


def another(scene, *, agency="rcn", number="311393", owner="AMED", **values):
    """Another team's application that relies on a grant."""
    call = Call.objects.get(pk=scene.application.call_id)
    if owner != call.owner:
        call.pk, call.code, call.owner = None, f"{owner.lower()}-call", owner
        call.save()
    team = Team.objects.create(created_at=scenes.DAY)
    other = Application.objects.create(
        team=team, call=call, created_at=scenes.DAY, changed_at=scenes.DAY, **values
    )
    holder = scenes.person(team, Role.PARTNER, "Kari Nordmann", "NO")
    scenes.grant(other, holder, agency, number)
    return other


def staff_page(client, scene):
    client.force_login(scenes.user("staff", staff_agency="AMED", staff_role="VIEWER"))
    return client.get(reverse("applications:staff_application", args=[scene.pk]))


def test_staff_read_it_and_the_teams_pages_do_not_tell(client, scene):
    another(scene)
    opened = staff_page(client, scene)
    assert shared(opened) == ["RCN 311393"]
    assert SENTENCE in opened.content.decode()
    client.force_login(scene.lead)
    for name in ("team", "match", "grants", "check_answers"):
        assert SENTENCE not in client.get(page(name, scene)).content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"number": "300281"},
        {"agency": "src"},
        {"owner": "JST"},
        {"status": "WITHDRAWN"},
        {"number": ""},
    ],
)
def test_another_grant_another_agency_or_a_withdrawn_application_is_not_the_same(
    client, scene, elsewhere
):
    another(scene, **elsewhere)
    opened = staff_page(client, scene)
    assert shared(opened) == []
    assert SENTENCE not in opened.content.decode()


def test_a_team_is_not_another_team_to_itself(scene):
    # Given an application withdrawn and begun again by the same team
    again = Application.objects.create(
        team=scene.application.team,
        call=another(scene, owner="JST").call,
        created_at=scenes.DAY,
        changed_at=scenes.DAY,
    )
    again.relied.create(grant=scene.grant, added_at=scenes.DAY)
    staff = scenes.user("staff", staff_agency="AMED", staff_role="VIEWER")
    assert overlaps_of(scene.application, staff) == []
