"""Whatever staff may open that names people is on record: once for each reader, page and day."""

import pytest
from django.urls import reverse

from applications import permissions
from applications.access import Outcome, rows
from applications.models import DataUse, Membership
from applications.queries.data_uses import uses_seen_by
from applications.views import data_uses, frame
from directory.models import ErasureRequest
from tests.applications.factories import SUBMITTED_AT
from tests.applications.twins import with_all_rows, world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
# They keep a record of their own, or are no page of one team.
ELSEWHERE = {"teams", "start", "evidence", "evidence_json"}


@pytest.fixture
def ours(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return with_all_rows(world("AMED"))


@pytest.fixture
def scene(scene):
    scene.submit()
    return scene


def recorded() -> list[tuple]:
    uses = DataUse.objects.filter(kind="READ").order_by("pk")
    return list(uses.values_list("name", "filters", "application", "rows"))


def team_pages(scene) -> dict[str, str]:
    """Every page of the team that staff may open, but for uploaded copies."""
    ref, stored = scene.application.team.ref, scene.stored()
    notice = stored.notices.first()
    names = ("team", "team_japan", "team_people", "grants", "match", "check_answers", "notices")
    return {
        **{name: reverse(f"applications:{name}", args=[ref]) for name in (*names, "erad_sheet")},
        "match_under": reverse("applications:match_under", args=[ref, stored.call.edition.code]),
        "notice": reverse("applications:notice", args=[ref, notice.pk]),
        "receipt": reverse("applications:receipt", args=[stored.receipt]),
        "receipt_text": reverse("applications:receipt_text", args=[stored.receipt]),
    }


def test_every_page_of_a_team_that_staff_may_open_has_its_words():
    open_to_staff = {
        route.removeprefix("applications:")
        for row in rows()
        if row.section == "team" and row.cells["amed_officer"].own in (Outcome.YES, Outcome.SEE)
        for route in row.routes
    }

    assert open_to_staff - ELSEWHERE == set(data_uses.TEAM_PAGES)


def test_staff_leave_a_trace_on_every_page_of_a_team(client, scene):
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))
    pages = team_pages(scene)
    assert {*pages, "proof"} == set(data_uses.TEAM_PAGES)

    for _again in range(2):
        for page in pages.values():
            assert client.get(page).status_code == 200, page

    notice = f"row={scene.stored().notices.first().pk}"
    assert recorded() == [
        (f"team {name}", notice if name == "notice" else "", scene.pk, None) for name in pages
    ]


@pytest.mark.parametrize("of_staff", [False, True])
def test_who_is_of_the_team_leaves_none(client, scene, of_staff):
    if of_staff:
        scene.lead.staff_agency, scene.lead.staff_role = "AMED", "VIEWER"
        scene.lead.save()
    client.force_login(scene.lead)

    for page in team_pages(scene).values():
        assert client.get(page).status_code == 200, page

    assert recorded() == []


def test_what_is_refused_and_what_leads_on_leaves_none(client, scene):
    client.force_login(UserFactory(staff_agency="AMED", staff_role="OFFICER"))
    ref = scene.application.team.ref
    asked = {
        name: client.get(reverse(f"applications:{name}", args=[ref])).status_code
        for name in ("team_project", "withdraw", "submit")
    }

    assert asked == {"team_project": 403, "withdraw": 403, "submit": 302}
    assert recorded() == []


def test_without_the_question_no_page_of_a_team_would_leave_a_trace(client, scene, monkeypatch):
    """Negative control."""
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))
    monkeypatch.setattr(permissions, "reads_as_staff", lambda user, application: False)
    assert frame.permissions is permissions

    client.get(team_pages(scene)["team_people"])

    assert recorded() == []


def test_an_uploaded_copy_leaves_a_trace_for_its_own_application(client, ours):
    client.force_login(ours.staff)
    address = reverse("applications:proof", args=[ours.application.team.ref, ours.proof.pk])

    for _again in range(2):
        assert b"".join(client.get(address).streaming_content) == b"%PDF-1.7"

    assert recorded() == [("team proof", f"row={ours.proof.pk}", ours.application.pk, None)]


# -- the staff's own pages -----------------------------------------------------------------
def test_every_list_that_names_people_leaves_a_trace_with_its_rows(client, ours):
    client.force_login(ours.staff)
    people = {"applications": 1, "members": 2, "grants": 1, "notices": 1, "events": 1}

    for _again in range(2):
        for name in people:
            client.get(reverse(f"applications:staff_{name}"))
        client.get(reverse("applications:staff_mail"), {"state": "WAITING"})

    assert recorded() == [
        *((name, "page=1", None, number) for name, number in people.items()),
        ("mails", "state=WAITING&page=1", None, 1),
    ]


def test_a_letter_to_the_team_leaves_a_trace(client, ours):
    letter = ours.application.team_letters.get()
    client.force_login(ours.staff)

    client.get(reverse("applications:staff_team_letter", args=[letter.pk]))

    assert recorded() == [(f"letter {letter.pk}", "", ours.application.pk, None)]


def test_requests_for_erasure_leave_a_trace(client, ours):
    ours.partner.researcher.user = UserFactory()
    ours.partner.researcher.save()
    asked = ErasureRequest.objects.create(
        user=ours.partner.researcher.user, requested_at=SUBMITTED_AT
    )
    client.force_login(UserFactory(staff_agency="AMED", staff_role="APPROVER"))

    client.get(reverse("applications:staff_erasures"))
    client.get(reverse("applications:staff_erasure", args=[asked.pk]))

    assert recorded() == [("erasures", "", None, 1), (f"erasure {asked.pk}", "", None, None)]


def test_the_record_says_in_words_what_was_opened(client, scene):
    client.force_login(UserFactory(staff_agency="AMED", staff_role="APPROVER"))
    for page in team_pages(scene).values():
        client.get(page)
    for name in ("applications", "grants", "notices", "events", "mail", "erasures"):
        client.get(reverse(f"applications:staff_{name}"))

    said = [row[2] for row in client.get(reverse("applications:staff_uses")).context["rows"]]

    assert said == [
        *("Requests for erasure", "Mail queue", "List of events", "List of notices"),
        *("List of grants", "List of applications", "Page of a team: Receipt as text"),
        *("Page of a team: Receipt", "Page of a team: Notice"),
        *("Page of a team: The match under another list", "Page of a team: e-Rad copy sheet"),
        *("Page of a team: Notices to funders", "Page of a team: All answers"),
        *("Page of a team: The match", "Page of a team: Partners' grants"),
        *("Page of a team: Partners abroad", "Page of a team: The Japan side"),
        "Page of a team: Tasks",
    ]


def test_a_reading_in_a_team_is_the_business_of_its_agency(client, scene):
    root = UserFactory(is_superuser=True)
    client.force_login(root)
    client.get(team_pages(scene)["team_people"])

    seen = {
        agency: uses_seen_by(UserFactory(staff_agency=agency, staff_role="APPROVER")).count()
        for agency in ("AMED", "JST")
    }

    assert Membership.objects.filter(researcher__user=root).count() == 0
    assert seen == {"AMED": 1, "JST": 0}
