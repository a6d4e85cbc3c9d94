"""Preparing: sections, people and grants are saved one by one, and nothing is overwritten unseen."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from applications import actions
from applications.actions import claiming, drafting
from applications.models import Event, Membership, Notice, ReliedGrant
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import grant_values, person_values, section_values
from applications.workflow import NotAllowed, Status
from directory.models import Agency, Grant, Institution
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


def save_grant(scene, grant=None, *, seen=None, member=None, **values):
    return actions.save_grant(
        application_id=scene.pk,
        membership_id=(member or scene.partner).pk,
        grant_id=grant.pk if grant else None,
        values=values,
        seen=seen if seen is not None else (fingerprint(grant_values(grant)) if grant else ""),
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
    with pytest.raises(Membership.DoesNotExist):
        save_grant(scene, member=other, reference="1")


# -- grants ----------------------------------------------------------------------------------

DFG = {"reference": "410981386", "starts_on": date(2023, 1, 1), "ends_on": date(2025, 12, 31)}


def agency(slug):
    return Agency.objects.get(slug=slug)


def test_a_grant_is_relied_on_from_the_moment_it_is_saved(scene):
    grant = save_grant(scene, agency=agency("ukri"), reference="mr/n013700/1")
    assert (grant.reference, grant.key) == ("mr/n013700/1", "MR/N013700/1")
    assert ReliedGrant.objects.filter(grant=grant, removed_at=None).count() == 1
    assert Notice.objects.filter(agency__slug="ukri").count() == 1


def test_one_number_of_one_agency_is_entered_once_per_holder(scene):
    save_grant(scene, agency=agency("dfg"), **DFG)
    with pytest.raises(IntegrityError), transaction.atomic():
        save_grant(scene, agency=agency("dfg"), **DFG)
    # The same bare number of another funder is another grant.
    save_grant(scene, agency=agency("anr"), **DFG)
    assert Grant.objects.count() == 3


def test_a_grant_saved_twice_from_one_page_is_a_conflict(scene):
    seen = fingerprint(grant_values(scene.grant))
    save_grant(scene, scene.grant, title="Hers")
    with pytest.raises(actions.Conflict) as refusal:
        save_grant(scene, scene.grant, seen=seen, title="His")
    assert (refusal.value.stored["title"], refusal.value.yours["title"]) == ("Hers", "His")


def test_a_removed_grant_stays_on_record_and_may_be_entered_again(scene):
    def remove():
        actions.remove_grant(
            application_id=scene.pk,
            grant_id=scene.grant.pk,
            reason="Ended early",
            by=scene.lead,
            at=scenes.DAY,
        )

    remove()
    assert ReliedGrant.objects.get().removed_at == scenes.DAY
    with pytest.raises(ReliedGrant.DoesNotExist):
        remove()
    again = save_grant(scene, agency=agency("rcn"), reference="311393", title="Goes on after all")
    assert again.pk == scene.grant.pk
    assert ReliedGrant.objects.get().removed_at is None
    assert Grant.objects.get().title == "Goes on after all"
    assert list(Event.objects.order_by("pk").values_list("act", flat=True)) == [
        "GRANT_REMOVED",
        "GRANT_ADDED",
    ]


def test_what_a_holder_attested_for_one_funder_does_not_hold_for_another(scene):
    grant = save_grant(scene, agency=agency("erc"), reference="725899")
    relied = ReliedGrant.objects.get(grant=grant)
    relied.attestations.create(code="ERC_SCOPE", answer="GIVEN", at=scenes.DAY, by=scene.lead)
    save_grant(scene, grant, title="Same funder")
    assert relied.attestations.count() == 1
    save_grant(scene, Grant.objects.get(pk=grant.pk), agency=agency("wellcome"))
    assert relied.attestations.count() == 0


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
