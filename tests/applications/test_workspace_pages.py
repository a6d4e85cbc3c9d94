"""Stories of a team's pages: who sees them, what they say, and the way from draft to receipt."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import translation

from applications.models import Application, Event, Membership, Role, Version
from applications.workflow import Act, Status
from directory.models import Call, Grant, User
from tests.applications import scenes

pytestmark = pytest.mark.django_db

OPENS = datetime(2024, 3, 8, 0, 0, tzinfo=UTC)
FAR = datetime(2099, 1, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def scene(settings, tmp_path):
    """A draft that lacks nothing, in the real call, kept open."""
    settings.MEDIA_ROOT = tmp_path
    # A page asked for in Japanese leaves its language behind in this thread.
    translation.activate("en")
    call = scenes.load_directory()
    Call.objects.filter(pk=call.pk).update(closes_at=FAR, reference_on=call.reference_day)
    call.refresh_from_db()
    return scenes.ready(call)


@pytest.fixture
def lead(client, scene):
    client.force_login(scene.lead)
    return client


def page(name, scene, *more, **query):
    address = reverse(f"applications:{name}", args=[scene.application.team.ref, *more])
    return address + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def seen_on(response):
    return response.context["form"]["seen"].value()


READABLE = ("team", "team_japan", "team_people", "grants", "match", "check_answers")
WRITABLE = ("team_project", "answers", "erad", "person_add", "copy", "withdraw")


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


def test_the_team_page_asks_the_database_twelve_times_at_most(
    lead, scene, django_assert_max_num_queries
):
    # Given three more partners with a grant each
    for name in ("Ola", "Per", "Siv"):
        partner = scenes.person(scene.application.team, Role.PARTNER, name, "NO")
        scenes.grant(scene.application, partner, "rcn", f"31140{len(name)}")

    # Then the page still costs no more
    with django_assert_max_num_queries(12):
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

    assert "You have no team yet." in response.content.decode()


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


def test_submitting_leads_to_a_receipt_and_twice_to_the_same(lead, scene):
    # Given the check page
    check = lead.get(page("check_answers", scene))
    form = {"declared": "on", "seen": seen_on(check)}

    # When the button is pressed twice
    first = lead.post(page("submit", scene), form)
    second = lead.post(page("submit", scene), form)

    # Then one version exists, and both lead to its receipt
    stored = scene.stored()
    assert (stored.status, Version.objects.count()) == (Status.SUBMITTED, 1)
    assert first.url == second.url == reverse("applications:receipt", args=[stored.receipt])
    content = lead.get(first.url).content.decode()
    for words in (stored.receipt, Version.objects.get().sha256, "Memory of cells", "UTC", "e-Rad"):
        assert words in content


def test_nothing_is_submitted_without_the_declaration(lead, scene):
    seen = seen_on(lead.get(page("check_answers", scene)))

    response = lead.post(page("submit", scene), {"seen": seen})

    assert "Error:" in response.content.decode()
    assert scene.stored().status == Status.DRAFT


def test_an_answer_changed_meanwhile_is_shown_before_submitting(lead, scene):
    seen = seen_on(lead.get(page("check_answers", scene)))
    scene.change(title_en="Changed meanwhile")

    response = lead.post(page("submit", scene), {"declared": "on", "seen": seen})

    assert response.status_code == 409
    assert "Changed meanwhile" in response.content.decode()
    assert scene.stored().status == Status.DRAFT


def test_what_is_missing_is_listed_with_its_page(lead, scene):
    seen = seen_on(lead.get(page("check_answers", scene)))
    scene.change(title_ja="")
    form = {"declared": "on", "seen": scene.seen()}

    response = lead.post(page("submit", scene), form)

    assert seen != form["seen"]
    assert response.status_code == 422
    assert response.context["missing"] == [
        ("Give the project title in Japanese.", page("team_project", scene))
    ]


def test_a_member_cannot_submit_and_reads_who_can(client, scene):
    member = scenes.user("member")
    scenes.person(scene.application.team, Role.MEMBER, "佐藤", "JP", user=member)
    client.force_login(member)

    check = client.get(page("check_answers", scene))
    response = client.post(page("submit", scene), {"declared": "on", "seen": scene.seen()})

    assert (check.context["form"], response.status_code) == (None, 403)
    assert "山田 花子" in check.content.decode()
    assert scene.stored().status == Status.DRAFT


def test_after_the_deadline_the_page_names_the_time_and_keeps_the_text(lead, scene):
    # Given a submitted application whose call has closed
    scene.submit()
    seen = seen_on(lead.get(page("team_project", scene)))
    Call.objects.filter(pk=scene.application.call_id).update(closes_at=scenes.CLOSES)

    # When the lead saves a change
    response = lead.post(page("team_project", scene), {"title_en": "Too late", "seen": seen})

    # Then it is refused with the deadline and the words typed
    content = response.content.decode()
    assert response.status_code == 409
    assert "Tuesday 28 May 2024, 12:00 JST" in content
    assert "Too late" in content
    assert scene.stored().title_en == "Memory of cells"


def test_withdrawing_asks_first_and_then_shows_on_the_receipt(lead, scene):
    scene.submit()
    lead.get(page("withdraw", scene))
    assert scene.stored().status == Status.SUBMITTED

    response = lead.post(page("withdraw", scene), {"reason": "No time."}, follow=True)

    assert scene.stored().status == Status.WITHDRAWN
    assert "The application was withdrawn at" in response.content.decode()
    assert Event.objects.filter(act=Act.WITHDRAW).count() == 1
    again = lead.post(page("withdraw", scene), {"reason": ""})
    assert (again.status_code, Event.objects.filter(act=Act.WITHDRAW).count()) == (409, 1)


def test_after_withdrawal_the_team_begins_again_with_the_same_answers(lead, scene):
    scene.submit()
    lead.post(page("withdraw", scene), {"reason": ""})

    lead.post(page("again", scene))

    newest = Application.objects.order_by("-pk").first()
    assert (newest.pk != scene.pk, newest.status, newest.title_en) == (
        True,
        Status.DRAFT,
        "Memory of cells",
    )


def test_copying_makes_another_team_with_the_same_people(lead, scene):
    response = lead.post(page("copy", scene), {"call": scene.application.call_id})

    copy = Application.objects.exclude(pk=scene.pk).get()
    assert response.url == reverse("applications:team", args=[copy.team.ref])
    assert Membership.objects.filter(team=copy.team).count() == 3
    assert Grant.objects.filter(reference="311393").count() == 2


def test_the_receipt_is_for_the_team_and_its_agency_only(client, scene):
    receipt = scene.submit().receipt
    address = reverse("applications:receipt", args=[receipt.lower()])
    client.force_login(scenes.user("stranger"))
    assert client.get(address).status_code == 404

    client.force_login(User.objects.get(pk=scene.deputy.pk))
    assert client.get(address).status_code == 200
    text = client.get(reverse("applications:receipt_text", args=[receipt]))
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert f"Receipt number: {receipt}" in text.content.decode()


def test_japanese_pages_open_in_japanese(lead, scene):
    scene.submit()
    for name in READABLE:
        response = lead.get(page(name, scene).replace("/en/", "/ja/"))
        assert (response.status_code, 'lang="ja"' in response.content.decode()) == (200, True)
