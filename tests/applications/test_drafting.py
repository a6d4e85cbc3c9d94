"""Preparing: sections, people and grants are saved one by one, and nothing is overwritten unseen."""

import pytest

from applications import actions
from applications.actions import claiming, drafting
from applications.models import Event, Membership, ReliedGrant
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import person_values, section_values
from applications.workflow import NotAllowed, Status
from directory.models import Institution
from tests.applications import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    return scenes.ready()


def seen_section(scene, section):
    return fingerprint(section_values(scene.stored(), section))


def save(scene, section="project", *, seen=None, by=None, **values):
    return actions.save_section(
        application_id=scene.pk,
        section=section,
        values=values,
        seen=seen or seen_section(scene, section),
        by=by or scene.lead,
        at=scenes.DAY,
    )


def save_person(scene, member, *, role="", seen=None, **values):
    return actions.save_person(
        application_id=scene.pk,
        membership_id=member.pk if member else None,
        role=role or member.role,
        values=values,
        seen=seen if seen is not None else fingerprint(person_values(member.researcher)),
        by=scene.lead,
        at=scenes.DAY,
    )


# -- sections --------------------------------------------------------------------------------


def test_a_section_saves_its_own_fields_and_no_others(scene):
    save(scene, "project", title_en="New title", years=4, status=Status.ADOPTED, receipt="X")
    stored = scene.stored()
    assert (stored.title_en, stored.years) == ("New title", 3)
    assert (stored.status, stored.receipt) == (Status.DRAFT, None)


def test_lists_find_an_application_by_title_lead_and_institution(scene):
    save(scene, "project", title_en="Ｎｅｗ Title")
    assert scene.stored().search_text.split() == [
        "細胞ノ記憶",
        "new",
        "title",
        "山田",
        "花子",
        "lead@example.org",
        "山田花子",
        "university",
        "of",
        "jp",
    ]


def test_the_second_of_two_saves_is_shown_both_texts(scene):
    # Given two members with the same page open
    seen = seen_section(scene, "project")
    save(scene, seen=seen, abstract_en="Hers")
    # When the second saves
    with pytest.raises(actions.Conflict) as refusal:
        save(scene, seen=seen, by=scene.deputy, abstract_en="His")
    # Then nothing is overwritten, and both texts are there to choose from
    assert scene.stored().abstract_en == "Hers"
    assert refusal.value.stored["abstract_en"] == "Hers"
    assert refusal.value.yours == {"abstract_en": "His"}


def test_control_without_the_comparison_the_first_text_is_lost(scene, monkeypatch):
    seen = seen_section(scene, "project")
    monkeypatch.setattr(drafting, "unchanged_since", lambda *_texts: None)
    save(scene, seen=seen, abstract_en="Hers")
    save(scene, seen=seen, by=scene.deputy, abstract_en="His")
    assert scene.stored().abstract_en == "His"


def test_different_pages_do_not_stand_in_each_others_way(scene):
    seen = seen_section(scene, "answers")
    save(scene, "project", abstract_en="Hers")
    save(scene, "answers", seen=seen, years=5)
    assert (scene.stored().abstract_en, scene.stored().years) == ("Hers", 5)


def test_what_was_said_about_e_rad_is_recorded(scene):
    save(scene, "erad", erad_status="SUBMITTED", erad_number="24012345")
    assert scene.stored().erad_number == "24012345"
    assert list(Event.objects.values_list("act", "details")) == [
        ("ERAD_RECORDED", {"status": "SUBMITTED"})
    ]


@pytest.mark.parametrize(
    "status",
    [
        Status.SCREENING,
        Status.ACCEPTED,
        Status.NOT_ACCEPTED,
        Status.ADOPTED,
        Status.NOT_ADOPTED,
        Status.WITHDRAWN,
    ],
)
def test_what_agencies_look_at_is_not_edited(scene, status):
    scene.submit()
    scene.change(status=status)
    with pytest.raises(NotAllowed):
        save(scene, abstract_en="Too late")


# -- people ----------------------------------------------------------------------------------


def test_a_new_partner_is_not_confirmed_and_has_no_orcid_from_a_form(scene):
    member = save_person(
        scene,
        None,
        role="PARTNER",
        seen="",
        name="Anna Ólafsdóttir",
        orcid="0000-0002-1825-0097",
        institution_name="Karolinska Institutet",
        institution_country="SE",
    )
    assert (member.role, member.confirmed_at, member.researcher.orcid) == ("PARTNER", None, "")
    assert member.researcher.name == "Anna Ólafsdóttir"
    assert member.researcher.country == "SE"


def test_an_institution_is_found_again_and_named_once(scene):
    for name in ("Anna", "Berit"):
        save_person(
            scene,
            None,
            role="PARTNER",
            seen="",
            name=name,
            institution_name="University of NO",
            institution_country="NO",
        )
    assert Institution.objects.filter(country="NO").count() == 1


def test_a_person_saved_twice_from_one_page_is_a_conflict(scene):
    seen = fingerprint(person_values(scene.partner.researcher))
    save_person(scene, scene.partner, seen=seen, name="Kari N.", institution_name="NTNU")
    with pytest.raises(actions.Conflict) as refusal:
        save_person(scene, scene.partner, seen=seen, name="K. Nordmann")
    assert refusal.value.stored["name"] == "Kari N."


@pytest.mark.parametrize(
    ("was", "asked", "stays"),
    [
        ("LEAD", "PARTNER", "LEAD"),
        ("PARTNER", "LEAD", "PARTNER"),
        ("PARTNER", "MEMBER", "PARTNER"),
        ("DEPUTY", "PARTNER", "DEPUTY"),
        ("DEPUTY", "ADMINISTRATOR", "ADMINISTRATOR"),
    ],
)
def test_roles_change_within_japans_side_only(scene, was, asked, stays):
    member = Membership.objects.select_related("researcher__institution").get(role=was)
    values = person_values(member.researcher)
    save_person(scene, member, role=asked, **values)
    assert Membership.objects.get(pk=member.pk).role == stays


def test_a_removed_person_stays_on_record_crossed_out(scene):
    actions.remove_person(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        reason="Moved to Japan",
        by=scene.lead,
        at=scenes.DAY,
    )
    member = Membership.objects.get(pk=scene.partner.pk)
    assert (member.removed_at, member.removed_reason) == (scenes.DAY, "Moved to Japan")
    assert ReliedGrant.objects.get().removed_at == scenes.DAY
    assert list(Event.objects.values_list("act", "reason")) == [
        ("PERSON_REMOVED", "Moved to Japan")
    ]


def test_a_team_keeps_its_lead(scene):
    lead = Membership.objects.get(role="LEAD")
    with pytest.raises(actions.StillNeeded):
        actions.remove_person(
            application_id=scene.pk, membership_id=lead.pk, reason="", by=scene.lead, at=scenes.DAY
        )


def test_a_person_of_another_team_is_out_of_reach(scene):
    other = scenes.person(
        type(scene.application.team).objects.create(created_at=scenes.DAY), "PARTNER", "X", "SE"
    )
    with pytest.raises(Membership.DoesNotExist):
        save_person(scene, other, name="Mine now")


def test_the_state_in_e_rad_may_be_recorded_in_screening_and_not_after_the_decision(
    scene, monkeypatch
):
    # Given an application that staff screen, after its deadline
    scene.submit()
    scene.change(status=Status.SCREENING)
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES)

    # When the lead records that the formal proposal is in
    save(scene, "erad", erad_status="SUBMITTED", erad_number="26000001")

    # Then it is kept; and once the application is decided nothing is
    assert scene.stored().erad_number == "26000001"
    scene.change(status=Status.NOT_ACCEPTED)
    with pytest.raises(NotAllowed):
        save(scene, "erad", erad_status="SUBMITTED", erad_number="26000002")
