"""Stories of the check page, the receipt, and what comes after: withdrawing, copying, beginning again."""

import pytest
from django.urls import reverse

from applications.models import Application, Event, Membership, Role, Version
from applications.workflow import Act, Status
from directory.models import Call, Grant, User
from tests.applications import scenes
from tests.applications.pages import READABLE, page, seen_on

pytestmark = pytest.mark.django_db


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
