"""What was confirmed for other facts no longer counts; and no file outlives the row that it proves."""

from datetime import date, timedelta

import pytest

from applications import actions
from applications.actions import consents, telling
from applications.models import Event, Membership, Notice, Proof
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import grant_values, person_values
from directory.models import Agency, Grant, Researcher
from tests.applications import scenes
from tests.applications.pages import page

pytestmark = pytest.mark.django_db
LATER = scenes.DAY + timedelta(hours=1)


def save_person(scene, **values):
    member = Membership.objects.get(pk=scene.partner.pk)
    return actions.save_person(
        application_id=scene.pk,
        membership_id=member.pk,
        role=member.role,
        values=values,
        seen=fingerprint(person_values(Researcher.objects.get(pk=member.researcher_id))),
        by=scene.lead,
        at=LATER,
    )


HOME = {
    "institution_name": "University of NO",
    "institution_name_latin": "",
    "institution_country": "NO",
}


@pytest.mark.parametrize(
    ("values", "stays"),
    [
        ({"name": "Kari Hansen", **HOME}, False),
        ({"email": "kari@other.example", **HOME}, False),
        ({**HOME, "institution_country": "SE"}, False),
        ({**HOME, "institution_name": "University of Bergen"}, False),
        ({"position": "Professor", "department": "Physics", "reading": "カリ", **HOME}, True),
        ({"family_latin": "Nordmann", "given_latin": "Kari", "language": "ja", **HOME}, True),
    ],
)
def test_a_confirmation_holds_for_name_address_and_institution(scene, values, stays):
    member = save_person(scene, **values)

    member.refresh_from_db()
    assert bool(member.confirmed_at) is stays
    acts = list(Event.objects.values_list("act", "details__membership"))
    assert acts == ([] if stays else [("CONFIRMATION_LAPSED", member.pk)])


def test_without_its_only_confirmation_the_team_cannot_submit(scene):
    save_person(scene, name="Kari Hansen", **HOME)
    with pytest.raises(actions.NotReady) as refusal:
        scene.submit()
    assert [one.code for one in refusal.value.missing] == ["PARTNER_CONFIRMED"]


def test_a_lead_corrects_the_name_and_stays_confirmed(scene):
    lead = Membership.objects.get(role="LEAD")
    was = person_values(lead.researcher)
    actions.save_person(
        application_id=scene.pk,
        membership_id=lead.pk,
        role="LEAD",
        values={**was, "name": "山田 華子"},
        seen=fingerprint(was),
        by=scene.lead,
        at=LATER,
    )
    lead.refresh_from_db()
    assert (lead.confirmed_how, Event.objects.count()) == ("SELF", 0)


def test_the_page_says_that_the_confirmation_no_longer_counts(lead, scene):
    form = lead.get(page("person_edit", scene, scene.partner.pk)).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}

    answer = lead.post(
        page("person_edit", scene, scene.partner.pk), {**sent, "name": "Kari Hansen"}, follow=True
    ).content.decode()

    assert "The confirmation no longer counts: ask the partner again." in answer
    people = lead.get(page("team_people", scene)).content.decode()
    assert "The partner confirmed earlier, for another name" in people


# -- attestations ----------------------------------------------------------------------------


@pytest.fixture
def attested(scene):
    """The partner's grant is the ERC's, and its condition is answered."""
    erc = Agency.objects.get(slug="erc")
    Grant.objects.update(agency=erc, reference="725899", key="725899")
    actions.attest(
        application_id=scene.pk,
        grant_id=scene.grant.pk,
        code="ERC_SCOPE",
        answer="GIVEN",
        reason="She wrote",
        upload=scenes.Upload(),
        by=scene.lead,
        at=scenes.DAY,
    )
    return scene


@pytest.mark.parametrize(
    ("values", "stays"),
    [
        ({"reference": "725900"}, False),
        ({"starts_on": date(2022, 2, 1)}, False),
        ({"ends_on": date(2027, 1, 1)}, False),
        ({"title": "Cells", "contact_name": "An officer", "role": "PI"}, True),
    ],
)
def test_an_answer_holds_for_funder_number_and_time(attested, values, stays):
    grant = Grant.objects.get(pk=attested.grant.pk)
    actions.save_grant(
        application_id=attested.pk,
        membership_id=attested.partner.pk,
        grant_id=grant.pk,
        values=values,
        seen=fingerprint(grant_values(grant)),
        by=attested.lead,
        at=LATER,
    )

    relied = attested.application.relied.get()
    assert relied.attestations.exists() is stays
    lapsed = Event.objects.filter(act="ATTESTATION_LAPSED").values_list("details", flat=True)
    assert list(lapsed) == ([] if stays else [{"grant": grant.pk, "conditions": ["ERC_SCOPE"]}])
    assert Proof.objects.count() == 1  # what she wrote stays on record


# -- the list of the newest changes ----------------------------------------------------------


def test_what_is_recorded_on_behalf_is_a_change(attested):
    assert attested.stored().changed_at == scenes.DAY
    Membership.objects.filter(pk=attested.partner.pk).update(confirmed_at=None, confirmed_how="")

    actions.confirm_on_behalf(
        application_id=attested.pk,
        membership_id=attested.partner.pk,
        reason="She wrote",
        upload=scenes.Upload(),
        by=attested.lead,
        at=LATER,
    )
    assert attested.stored().changed_at == LATER

    actions.attest(
        application_id=attested.pk,
        grant_id=attested.grant.pk,
        code="ERC_SCOPE",
        answer="DECLINED",
        reason="She wrote",
        upload=scenes.Upload(),
        by=attested.lead,
        at=LATER + timedelta(hours=1),
    )
    assert attested.stored().changed_at == LATER + timedelta(hours=1)


# -- files -----------------------------------------------------------------------------------


def confirm(scene):
    Membership.objects.filter(pk=scene.partner.pk).update(confirmed_at=None, confirmed_how="")
    return actions.confirm_on_behalf(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        reason="She wrote",
        upload=scenes.Upload(),
        by=scene.lead,
        at=LATER,
    )


def attest(scene):
    return actions.attest(
        application_id=scene.pk,
        grant_id=scene.grant.pk,
        code="ERC_SCOPE",
        answer="GIVEN",
        reason="She wrote",
        upload=scenes.Upload(),
        by=scene.lead,
        at=LATER,
    )


def record(scene):
    scene.submit()
    return actions.record_notice(
        notice_id=Notice.objects.get().pk,
        done_on=scenes.DAY.date(),
        channel="EMAIL",
        done_to="RCN",
        reason="She wrote",
        upload=scenes.Upload(),
        by=scene.lead,
        at=LATER,
    )


def files(settings):
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("act", "module"), [(confirm, consents), (attest, consents), (record, telling)]
)
def test_a_file_goes_when_a_later_statement_fails(scene, settings, monkeypatch, act, module):
    # Given that the event, written after the proof, cannot be written
    monkeypatch.setattr(module, "record", lambda *_a, **_k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        act(scene)

    assert (Proof.objects.count(), files(settings)) == (0, [])


@pytest.mark.parametrize("act", [confirm, attest, record])
def test_control_a_file_stays_with_its_row(scene, settings, act):
    act(scene)
    assert [str(path) for path in files(settings)] == [Proof.objects.get().file.path]
