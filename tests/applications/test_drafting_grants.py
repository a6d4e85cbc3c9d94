"""Grants of a draft: relied on from the moment they are saved, entered once, never overwritten unseen."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from applications import actions
from applications.actions import claiming
from applications.models import Event, Membership, Notice, ReliedGrant, Role
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import grant_values
from directory.models import Agency, Grant
from tests.applications import scenes

pytestmark = pytest.mark.django_db

DFG = {"reference": "410981386", "starts_on": date(2023, 1, 1), "ends_on": date(2025, 12, 31)}


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    return scenes.ready()


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


def test_a_grant_of_another_teams_partner_is_out_of_reach(scene):
    team = scenes.Team.objects.create(created_at=scenes.DAY)
    other = scenes.person(team, Role.PARTNER, "Åse", "NO")

    with pytest.raises(Membership.DoesNotExist):
        save_grant(scene, member=other, reference="1")

    assert Grant.objects.count() == 1


NCI = "5R01CA123456-03"


@pytest.mark.parametrize(
    ("named", "number", "kept"),
    [
        ("nih", NCI, ("nih-nci", "CA123456")),
        (None, NCI, ("nih-nci", "CA123456")),
        ("nih", "5R01GM123456-03", None),  # not on the list, and yet the institute's own
        ("nih", "no number of theirs", ("nih", "NO NUMBER OF THEIRS")),
        (None, "311393", (None, "311393")),  # bare digits tell nothing
        ("nih-nia", NCI, ("nih-nia", None)),  # chosen: contradicted, never replaced
    ],
)
def test_a_grant_is_kept_under_the_funder_that_its_number_tells(scene, named, number, kept):
    funder = agency(named) if named else None
    grant = save_grant(scene, agency=funder, reference=number)
    grant.refresh_from_db()
    slug = grant.agency.slug if grant.agency else None
    if kept is None:
        assert slug not in (None, "nih")
    else:
        assert slug == kept[0]
        assert kept[1] in (None, grant.key)
    assert grant.reference == number


def test_a_named_funder_off_the_list_is_never_replaced_by_a_number(scene):
    grant = save_grant(scene, agency=None, agency_other="A foundation", reference=NCI)
    assert (grant.agency, grant.agency_other) == (None, "A foundation")


def test_nih_and_its_institute_are_one_grant_of_one_holder(scene):
    grant = save_grant(scene, agency=agency("nih"), reference=NCI)
    actions.remove_grant(
        application_id=scene.pk, grant_id=grant.pk, reason="A slip", by=scene.lead, at=scenes.DAY
    )
    assert save_grant(scene, agency=None, reference=NCI).pk == grant.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        save_grant(scene, agency=agency("nih-nci"), reference=NCI)
