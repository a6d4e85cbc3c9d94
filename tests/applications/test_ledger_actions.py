"""The ledger of notices follows the grants relied on; what was recorded stays."""

from datetime import timedelta

import pytest

from applications import actions
from applications.actions import claiming
from applications.actions.ledger import sync_notices
from applications.actions.telling import written
from applications.models import Event, Membership, Notice, Proof
from applications.queries.application import workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import grant_values
from applications.workflow import NotAllowed, Status
from directory.models import Grant
from tests.applications import scenes

pytestmark = pytest.mark.django_db
TODAY = scenes.DAY.date()


@pytest.fixture
def scene(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    found = scenes.ready()
    sync(found)
    return found


def sync(scene):
    sync_notices(workspace(scene.stored()), scenes.DAY)


def add(scene, slug, number="", **fields):
    row = scenes.grant(scene.application, scene.partner, slug, number)
    if fields:
        Grant.objects.filter(pk=row.pk).update(**fields)
    sync(scene)
    return row


def remove(scene, grant):
    actions.remove_grant(
        application_id=scene.pk, grant_id=grant.pk, reason="", by=scene.lead, at=scenes.DAY
    )


def enter_again(scene, grant):
    return actions.save_grant(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        grant_id=None,
        values={"agency": grant.agency, "reference": grant.reference},
        seen="",
        by=scene.lead,
        at=scenes.DAY,
    )


def record(notice, by, *, reason="She wrote", day=TODAY, upload=None):
    return actions.record_notice(
        notice_id=notice.pk,
        done_on=day,
        channel="EMAIL",
        done_to="Ola Nordmann, RCN",
        reason=reason,
        upload=upload,
        by=by,
        at=scenes.DAY,
    )


# -- which rows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "number", "before", "after_submission"),
    [
        ("rcn", "337481", "NOT_YET_DUE", "DUE"),
        ("nihr", "NIHR200001", "NOT_YET_DUE", "DUE"),
        ("vinnova", "2025-00304", "NOT_YET_DUE", "DUE"),
        ("nih-nci", "R01CA253329", "NOT_YET_DUE", "DUE"),
        ("nsf", "2434229", "NOT_YET_DUE", "DUE"),
        ("bhf", "RG/15/9/31534", "NOT_YET_DUE", "NOT_YET_DUE"),
        ("ukri", "MR/N013700/1", "NOTHING_OWED", "NOTHING_OWED"),
        ("dfg", "410981386", "NOTHING_OWED", "NOTHING_OWED"),
        ("anr", "ANR-21-CE14-0032", "NOTHING_OWED", "NOTHING_OWED"),
        ("stint", "MG2019-8480", "NOT_YET_DUE", "DUE"),
    ],
)
def test_each_kind_of_row_and_what_submitting_makes_of_it(
    scene, slug, number, before, after_submission
):
    add(scene, slug, number)
    of_agency = Notice.objects.filter(agency__slug=slug).exclude(grant=scene.grant)
    assert of_agency.get().state == before
    scene.submit()
    found = of_agency.get()
    assert found.state == after_submission
    assert found.due_on == (TODAY if after_submission == "DUE" else None)


def test_bhf_is_due_when_the_application_is_adopted(scene):
    add(scene, "bhf", "RG/15/9/31534")
    scene.submit()
    scene.change(status=Status.ADOPTED)
    sync(scene)
    assert Notice.objects.get(agency__slug="bhf").state == "DUE"


def test_the_erc_asks_nothing_and_is_shown(scene):
    add(scene, "erc", "725899")
    assert Notice.objects.get(body__slug="erc").state == "NOTHING_OWED"


def test_two_grants_of_rcn_are_two_rows_each_to_its_own_contact(scene):
    add(scene, "rcn", "337481", contact_name="Ola", contact_email="ola@example.no")
    rows = Notice.objects.filter(body__slug="rcn").order_by("pk")
    assert [(one.grant.reference, one.recipient_email) for one in rows] == [
        ("311393", ""),
        ("337481", "ola@example.no"),
    ]


@pytest.mark.parametrize(
    ("edited", "expected"),
    [("", "right@example.no"), ("chosen@example.no", "chosen@example.no")],
)
def test_a_corrected_contact_is_told_unless_the_holder_chose_another(scene, edited, expected):
    def correct(address):
        actions.save_grant(
            application_id=scene.pk,
            membership_id=scene.partner.pk,
            grant_id=scene.grant.pk,
            values={"contact_email": address},
            seen=fingerprint(grant_values(Grant.objects.get())),
            by=scene.lead,
            at=scenes.DAY,
        )

    correct("wrong@example.no")
    if edited:
        edit(scene, Notice.objects.get(), recipient_email=edited)
    correct("right@example.no")
    assert Notice.objects.get().recipient_email == expected


def test_ssf_and_stint_of_one_holder_are_one_row_to_stint(scene):
    add(scene, "ssf", "FFL15-0196")
    add(scene, "stint", "MG2019-8480")
    assert Notice.objects.filter(body__slug="stint").count() == 1
    # Another holder has a row of her own
    other = scenes.person(scene.application.team, "PARTNER", "Anna", "SE")
    scenes.grant(scene.application, other, "ssf", "CHI19-0048")
    sync(scene)
    assert Notice.objects.filter(body__slug="stint").count() == 2


def test_a_published_address_is_the_recipient(scene):
    add(scene, "nihr", "NIHR200001")
    assert Notice.objects.get(agency__slug="nihr").recipient_email == "international@nihr.ac.uk"


def test_the_day_due_is_the_first_one_and_in_japan(scene):
    scene.submit(at=scenes.DAY.replace(hour=16))  # already the 21st in Japan
    scene.change(title_en="Second version")
    scene.submit(at=scenes.DAY + timedelta(days=3))
    assert Notice.objects.get().due_on == TODAY + timedelta(days=1)


# -- rows go with their grants, unless something was recorded ----------------------------------


def test_an_untouched_row_goes_with_its_grant(scene):
    remove(scene, scene.grant)
    assert Notice.objects.count() == 0


def test_a_recorded_row_stays_crossed_out_and_comes_back_with_its_grant(scene):
    notice = Notice.objects.get()
    record(notice, scene.lead)
    remove(scene, scene.grant)
    assert list(Notice.objects.values_list("state", "removed_at")) == [("RECORDED", scenes.DAY)]
    enter_again(scene, scene.grant)
    assert list(Notice.objects.values_list("pk", "state", "removed_at")) == [
        (notice.pk, "RECORDED", None)
    ]


def test_a_draft_somebody_wrote_stays_crossed_out(scene):
    Notice.objects.update(text="Dear Ola")
    remove(scene, scene.grant)
    assert Notice.objects.get().removed_at == scenes.DAY
    enter_again(scene, scene.grant)
    assert Notice.objects.get().removed_at is None


def test_a_recorded_row_is_not_planned_anew(scene):
    record(Notice.objects.get(), scene.lead)
    scene.submit()
    assert Notice.objects.get().state == "RECORDED"


# -- recording -------------------------------------------------------------------------------


def test_what_was_told_outside_is_recorded_on_behalf_with_a_reason(scene):
    notice = record(Notice.objects.get(), scene.lead, upload=scenes.Upload())
    assert (notice.state, notice.done_on, notice.channel) == ("RECORDED", TODAY, "EMAIL")
    assert (notice.done_by, notice.on_behalf, notice.reason) == (scene.lead, True, "She wrote")
    assert notice.proof == Proof.objects.get()
    event = Event.objects.get()
    assert (event.act, event.details) == ("NOTICE_RECORDED", {"notice": notice.pk})


def test_only_the_holder_records_without_a_reason(scene):
    with pytest.raises(actions.ReasonNeeded):
        record(Notice.objects.get(), scene.lead, reason="  ")
    lead = Membership.objects.get(role="LEAD")
    scenes.grant(scene.application, lead, "nihr", "NIHR200001")
    sync(scene)
    own = record(Notice.objects.get(agency__slug="nihr"), scene.lead, reason="")
    assert (own.on_behalf, own.state) == (False, "RECORDED")


def test_tomorrow_in_japan_is_not_yet(scene):
    notice = Notice.objects.get()
    with pytest.raises(actions.NotYet):
        record(notice, scene.lead, day=TODAY + timedelta(days=1))
    assert Notice.objects.get().state == "NOT_YET_DUE"


def test_a_notice_is_recorded_once(scene):
    notice = record(Notice.objects.get(), scene.lead)
    with pytest.raises(NotAllowed):
        record(notice, scene.lead)
    with pytest.raises(NotAllowed):
        edit(scene, notice, text="It never said that")
    assert Event.objects.count() == 1


def test_choosing_not_to_send_needs_a_reason_and_may_be_made_good(scene):
    def choose(reason):
        return actions.choose_not_to_send(
            notice_id=Notice.objects.get().pk, reason=reason, by=scene.lead, at=scenes.DAY
        )

    with pytest.raises(actions.ReasonNeeded):
        choose(" ")
    assert choose("RCN knows").state == "NOT_SENT_BY_CHOICE"
    assert record(Notice.objects.get(), scene.lead).state == "RECORDED"


def test_where_nothing_is_owed_a_contact_may_be_recorded_and_nothing_refused(scene):
    add(scene, "ukri", "MR/N013700/1")
    notice = Notice.objects.get(agency__slug="ukri")
    with pytest.raises(NotAllowed):
        actions.choose_not_to_send(notice_id=notice.pk, reason="Why", by=scene.lead, at=scenes.DAY)
    assert record(notice, scene.lead).state == "RECORDED"


@pytest.mark.parametrize(
    ("agency", "role", "may"),
    [("AMED", "OFFICER", True), ("AMED", "VIEWER", False), ("JST", "OFFICER", False)],
)
def test_staff_of_the_calls_agency_record_on_behalf(scene, agency, role, may):
    staff = scenes.user("staff", staff_agency=agency, staff_role=role)
    if may:
        assert record(Notice.objects.get(), staff).done_by == staff
    else:
        with pytest.raises(actions.NotPermitted):
            record(Notice.objects.get(), staff)


# -- the draft -------------------------------------------------------------------------------


def edit(scene, notice, *, seen=None, **values):
    return actions.edit_notice(
        notice_id=notice.pk,
        values=values,
        seen=seen or fingerprint(written(notice)),
        by=scene.partner,
        at=scenes.DAY,
    )


def test_two_who_edit_a_draft_are_shown_both_texts(scene):
    notice = Notice.objects.get()
    seen = fingerprint(written(notice))
    edit(scene, notice, text="Hers", recipient_email="ola@example.no")
    with pytest.raises(actions.Conflict) as refusal:
        edit(scene, notice, seen=seen, text="His")
    assert (refusal.value.stored["text"], refusal.value.yours["text"]) == ("Hers", "His")
    assert Notice.objects.get().recipient_email == "ola@example.no"
