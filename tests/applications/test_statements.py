"""SQL statements of the pages that many people open at once: the same for one row as for three."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.models import Application, Role
from applications.workflow import Status
from tests.applications import scenes
from tests.applications.pages import page

pytestmark = pytest.mark.django_db

# Who joins the partner that every scene has.
MORE = (("Jürgen Weiß", "DE", "dfg", "410981386"), ("Jo Carter", "US", "nsf", "2434229"))


@pytest.fixture(params=[1, 3])
def partners(request, scene):
    """One partner with a grant, or three."""
    for name, country, agency, number in MORE[: request.param - 1]:
        partner = scenes.person(scene.application.team, Role.PARTNER, name, country)
        scenes.grant(scene.application, partner, agency, number)
    return request.param


def test_team_page(lead, scene, partners, django_assert_num_queries):
    # session, account, application; counts of notices; people, agencies with formats,
    # programmes, the edition's rows, grants, attestations; invitations; mail that waits; changes of the call
    with django_assert_num_queries(13):
        response = lead.get(page("team", scene))

    assert len(response.context["space"].judged) == partners


def test_check_page(lead, scene, partners, django_assert_num_queries):
    with django_assert_num_queries(11):  # as the team page, without the invitations and the mail
        response = lead.get(page("check_answers", scene))

    assert len(response.context["grants"]) == partners


@pytest.mark.parametrize("invited", [0, 3])
@pytest.mark.parametrize(("name", "statements"), [("team", 13), ("team_people", 11)])
def test_invitations_cost_one_statement_however_many(
    lead, scene, django_assert_num_queries, name, statements, invited
):
    for number in range(invited):
        member = scenes.person(
            scene.application.team, Role.PARTNER, "Åse", "NO", email=f"p{number}@x.example"
        )
        scenes.unconfirmed(member)
        invitation = actions.invite(
            application_id=scene.pk,
            membership_id=member.pk,
            agency_id=None,
            by=scene.lead,
            at=timezone.now(),
        )
        invitation.claimed_by, invitation.claimed_at = scene.deputy, timezone.now()
        invitation.save()

    with django_assert_num_queries(statements):
        response = lead.get(page(name, scene))

    assert len(response.context["claims"]) == invited


def test_submitting(lead, scene, partners, django_assert_num_queries):
    form = {"declared": "on", "seen": scene.seen()}

    # session, account, application, membership; begin; lock, application, membership; the
    # workspace's 6; the clock; application, version, people, verdicts, event; notices read and
    # written; mail; commit
    with django_assert_num_queries(23):
        lead.post(page("submit", scene), form)

    assert scene.stored().status == Status.SUBMITTED
    assert scene.counts()["Notice"] == partners


def test_submitting_again_changes_nothing_and_costs_less(
    lead, scene, partners, django_assert_num_queries
):
    form = {"declared": "on", "seen": scene.seen()}
    lead.post(page("submit", scene), form)
    before = scene.counts()

    with django_assert_num_queries(14):
        lead.post(page("submit", scene), form)

    assert scene.counts() == before


def test_receipt(lead, scene, partners, django_assert_num_queries):
    number = scene.submit().receipt

    # session, account, application; the workspace's 6; version, its people with their accounts;
    # area, acronyms, mails; mail that waits
    with django_assert_num_queries(16):
        response = lead.get(reverse("applications:receipt", args=[number]))

    assert number in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_staff_list_filtered_and_searched(client, scene, rows, django_assert_num_queries):
    for _copy in range(rows - 1):
        team = scenes.Team.objects.create(created_at=scenes.DAY, created_by=scene.lead)
        scenes.person(team, Role.LEAD, "佐藤 健", "JP")
        Application.objects.create(
            team=team, call=scene.application.call, created_at=scenes.DAY, changed_at=scenes.DAY
        )
    Application.objects.update(search_text="memory of cells", best_verdict="FITS")
    client.force_login(scenes.user("viewer", staff_agency="AMED", staff_role="VIEWER"))
    asked = {
        "q": "cells memory",
        "call": scene.application.call.code,
        "state": "DRAFT",
        "verdict": "FITS",
        "explained": "false",
    }

    # session, account, calls, colleagues and funders to choose; numbers 4; page, people, funders;
    # whether recorded today, the record; switch of mail
    with django_assert_num_queries(17):
        response = client.get(reverse("applications:staff_applications"), asked)

    assert len(response.context["rows"]) == rows
