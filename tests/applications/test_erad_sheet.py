"""The sheet for e-Rad: what stands, exactly, in its order, with lengths; for who writes and for staff."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.models import DataUse, Membership, Role
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import section_values
from directory.models import Researcher
from tests.applications import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(scene):
    """The lead writes the name with a rare letter, a space of full width and an apostrophe."""
    Researcher.objects.filter(user=scene.lead).update(
        name="髙﨑　花子", reading="タカサキ　ハナコ", family_latin="O'Takasaki", given_latin="Hanako",
        erad_number="01234567", department="𠮷野研究室", position="教授",
    )  # fmt: skip
    scene.change(title_ja="細胞の記憶＝１", abstract_en="First line.\nSecond <line>.")
    return scene


def sheet(scene) -> str:
    return reverse("applications:erad_sheet", args=[scene.application.team.ref])


def groups(response) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (heading, [(one.label, one.text, one.length) for one in fields])
        for heading, fields in response.context["groups"]
    ]


def test_every_field_in_its_order_exactly_with_its_length(client, scene):
    client.force_login(scene.lead)

    shown = client.get(sheet(scene))

    assert groups(shown) == [
        (
            "Project",
            [
                ("Project title in Japanese", "細胞の記憶＝１", "7 characters"),
                ("Project title in English", "Memory of cells", "15 characters"),
            ],
        ),
        (
            "Lead",
            [
                ("Name", "髙﨑　花子", "5 characters"),
                ("Reading in kana", "タカサキ　ハナコ", "8 characters"),
                ("Name in Latin letters", "O'TAKASAKI Hanako", "17 characters"),
                ("Institution", "University of JP", "16 characters"),
                ("Institution, in English", "", "0 characters"),
                ("Department", "𠮷野研究室", "5 characters"),
                ("Position", "教授", "2 characters"),
                ("e-Rad researcher number", "01234567", "8 characters"),
            ],
        ),
        (
            "Period and cost",
            [
                ("Years", "3", "1 character"),
                ("Requested budget in yen, without indirect costs", "90000000", "8 characters"),
            ],
        ),
        (
            "Co-investigator 1",
            [
                ("Name", "鈴木 一郎", "5 characters"),
                ("Reading in kana", "", "0 characters"),
                ("Name in Latin letters", "", "0 characters"),
                ("Institution", "University of JP", "16 characters"),
                ("Institution, in English", "", "0 characters"),
                ("Department", "", "0 characters"),
                ("Position", "", "0 characters"),
                ("e-Rad researcher number", "", "0 characters"),
            ],
        ),
        (
            "Abstract",
            [
                (
                    "Abstract in English",
                    "First line.\nSecond <line>.",
                    "26 of at most 2,000 characters",
                )
            ],
        ),
    ]


def test_what_is_copied_is_what_stands_in_the_field(client, scene):
    client.force_login(scene.lead)

    html = client.get(sheet(scene)).content.decode()

    assert 'value="髙﨑　花子" readonly' in html
    assert 'value="O&#x27;TAKASAKI Hanako" readonly' in html
    assert ">\nFirst line.\nSecond &lt;line&gt;.</textarea>" in html
    assert "Kari Nordmann" not in html  # a partner abroad does not stand in e-Rad


def test_after_a_submission_what_was_submitted_stands(client, scene):
    scene.submit()
    stored = section_values(scene.stored(), "project")
    actions.save_section(
        application_id=scene.pk, section="project", values={"title_en": "Renamed"},
        seen=fingerprint(stored), by=scene.lead, at=timezone.now(),
    )  # fmt: skip
    client.force_login(scene.lead)

    shown = client.get(sheet(scene))

    assert groups(shown)[0][1][1][1] == "Memory of cells"
    assert (shown.context["submitted"], shown.context["pending"]) == (True, True)
    assert "Changes not yet submitted" in shown.content.decode()


def enter(scene, who: str):
    """An account of this part in the team, or of staff."""
    if who in Role.values:
        account = scenes.user(who.lower())
        scenes.person(scene.application.team, who, who.title(), "JP", user=account)
        return account
    owner, role = who.split()
    return scenes.user("staff", staff_agency=owner, staff_role=role)


@pytest.mark.parametrize(
    "who, status",
    [
        ("ADMINISTRATOR", 200),
        ("MEMBER", 200),
        ("PARTNER", 403),
        ("AMED VIEWER", 200),
        ("JST APPROVER", 404),
    ],
)
def test_who_may_open_it(client, scene, who, status):
    client.force_login(enter(scene, who))

    assert client.get(sheet(scene)).status_code == status


def test_a_reading_by_staff_is_on_record_and_one_by_the_team_is_not(client, scene):
    for account in (scene.lead, enter(scene, "AMED OFFICER")):
        client.force_login(account)
        client.get(sheet(scene))

    assert list(DataUse.objects.values_list("kind", "name", "application", "personal")) == [
        ("READ", "team erad_sheet", scene.pk, True)
    ]


def test_it_is_reached_from_the_team_the_erad_page_the_receipt_and_staff(client, scene):
    scene.submit()
    receipt = reverse("applications:receipt", args=[scene.stored().receipt])
    ref = scene.application.team.ref
    pages = {
        scene.lead: [
            reverse("applications:team", args=[ref]),
            reverse("applications:erad", args=[ref]),
            receipt,
        ],
        enter(scene, "AMED OFFICER"): [
            reverse("applications:staff_application", args=[scene.pk]),
            receipt,
        ],
    }

    for account, addresses in pages.items():
        client.force_login(account)
        for address in addresses:
            assert f'href="{sheet(scene)}"' in client.get(address).content.decode(), address


def test_from_a_withdrawn_application_it_does_not_open_the_draft_begun_anew(
    client, scene, monkeypatch
):
    """The sheet goes by team, and the team's newest application is another one now."""
    scene.submit()
    receipt = reverse("applications:receipt", args=[scene.stored().receipt])
    actions.withdraw_application(application_id=scene.pk, reason="", by=scene.lead, at=scenes.DAY)
    actions.start_again(application_id=scene.pk, by=scene.lead, at=scenes.DAY)
    page = reverse("applications:staff_application", args=[scene.pk])

    for account, address in (
        (scene.lead, receipt),
        (officer := enter(scene, "AMED OFFICER"), receipt),
        (officer, page),
    ):
        client.force_login(account)
        shown = client.get(address)
        assert shown.status_code == 200
        assert f'href="{sheet(scene)}"' not in shown.content.decode(), address
    scene.change(title_en="Begun anew")
    assert not client.get(page).context["unsubmitted"]


def test_a_partner_is_offered_no_link_to_it(client, scene):
    account = scenes.user("kari")
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(user=account)
    scene.submit()
    client.force_login(account)

    for name, key in (("team", scene.application.team.ref), ("receipt", scene.stored().receipt)):
        page = client.get(reverse(f"applications:{name}", args=[key]))
        assert page.status_code == 200
        assert sheet(scene) not in page.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_three_people_as_for_one(
    client, scene, django_assert_num_queries, number
):
    for index in range(number):
        scenes.person(scene.application.team, Role.MEMBER, f"Member {index}", "JP")
    client.force_login(scene.lead)

    with django_assert_num_queries(11):
        response = client.get(sheet(scene))

    assert len(response.context["groups"]) == 5 + number
    assert Membership.objects.count() == 3 + number
