"""Beginning: from the checker's answers, copied from an older application, or again."""

from datetime import date, timedelta

import pytest

from applications import actions
from applications.actions import claiming
from applications.models import Application, Event, Membership, Notice, ReliedGrant, Team
from applications.queries.application import workspace
from applications.workflow import NotAllowed, Status
from directory.models import Agency, Call, CallArea, Grant, Researcher
from tests.applications import scenes

pytestmark = pytest.mark.django_db
PERSON = {"name": "山田 花子", "institution_name": "東京大学", "institution_country": "JP"}


@pytest.fixture
def clock(monkeypatch):
    def turn_to(moment):
        monkeypatch.setattr(claiming, "database_now", lambda: moment)

    turn_to(scenes.DAY)
    return turn_to


@pytest.fixture
def scene(clock):
    return scenes.ready()


def start(lead, call, **more):
    return actions.start_application(
        call_id=call.pk, person=PERSON, by=lead, at=scenes.DAY, field="healthcare", **more
    )


def checked_grant():
    return {
        "holder_name": "Kari Nordmann",
        "person": {"institution_name": "NTNU", "institution_country": "NO"},
        "agency": Agency.objects.get(slug="rcn"),
        "reference": "311393",
        "starts_on": date(2022, 1, 1),
        "ends_on": date(2026, 12, 31),
    }


def test_a_team_begins_with_its_lead_and_what_the_checker_was_told(clock):
    call, lead = scenes.load_directory(), scenes.user("lead")
    draft = start(lead, call, grants=[checked_grant()])
    assert (draft.status, draft.field, draft.receipt) == (Status.DRAFT, "healthcare", None)
    assert list(draft.team.memberships.order_by("pk").values_list("role", "confirmed_how")) == [
        ("LEAD", "SELF"),
        ("PARTNER", ""),
    ]
    (judged,) = workspace(draft).judged
    assert (judged.facts.agency, judged.assessment.verdict) == ("rcn", "FITS")
    assert Notice.objects.get().state == "NOT_YET_DUE"
    assert Event.objects.get().act == "CREATED"
    # The team's address tells nothing and cannot be counted through
    assert len(draft.team.ref) == 8


@pytest.mark.parametrize("distance", [timedelta(0), timedelta(milliseconds=1)])
def test_nothing_begins_after_the_deadline(clock, distance):
    call, lead = scenes.load_directory(), scenes.user("lead")
    clock(scenes.CLOSES + distance)
    with pytest.raises(actions.CallClosed):
        start(lead, call, grants=[checked_grant()])
    for model in (Team, Application, Membership, Researcher, Grant, Event):
        assert model.objects.count() == 0


def test_two_teams_of_one_lead_share_neither_people_nor_grants(clock):
    call, lead = scenes.load_directory(), scenes.user("lead")
    first = start(lead, call, grants=[checked_grant()])
    second = start(lead, call, grants=[checked_grant()])
    assert first.team != second.team
    assert (Researcher.objects.count(), Grant.objects.count()) == (4, 2)


# -- copying into another call ---------------------------------------------------------------


@pytest.fixture
def next_call(scene):
    old = scene.application.call
    call = Call.objects.create(
        code="practice",
        owner="AMED",
        title_en="Next",
        title_ja="次",
        edition=old.edition,
        opens_at=old.opens_at,
        closes_at=scenes.CLOSES + timedelta(days=365),
        budget_cap_jpy=1,
    )
    CallArea.objects.create(call=call, code="cells", position=1, name_en="Cells", name_ja="細胞")
    return call


def copy(scene, call, by=None):
    return actions.copy_application(
        application_id=scene.pk, call_id=call.pk, by=by or scene.lead, at=scenes.DAY
    )


def test_a_copy_has_its_own_people_and_grants_and_no_confirmations(scene, next_call, clock):
    copied = copy(scene, next_call)
    assert (copied.status, copied.team.copied_from) == (Status.DRAFT, scene.application.team)
    assert (copied.title_ja, copied.title_en) == ("細胞の記憶", "Memory of cells")
    # What belongs to the other call is asked anew
    assert (copied.area, copied.years, copied.budget_jpy) == (None, None, None)
    people = copied.team.memberships.order_by("pk")
    assert [(one.researcher.name, one.role, one.confirmed_how) for one in people] == [
        ("山田 花子", "LEAD", "SELF"),
        ("鈴木 一郎", "DEPUTY", ""),
        ("Kari Nordmann", "PARTNER", ""),
    ]
    assert Grant.objects.filter(key="311393").count() == 2
    # The original is as it was
    assert scene.submit().version == 1
    Grant.objects.filter(holder=people[2].researcher).update(title="Changed in the copy")
    assert Grant.objects.get(pk=scene.grant.pk).title == ""


def test_a_copy_into_the_same_call_keeps_the_answers(scene):
    copied = copy(scene, scene.application.call)
    assert (copied.area.code, copied.years, copied.budget_jpy) == ("cells", 3, 90_000_000)


def test_what_was_removed_is_not_copied(scene, next_call):
    ReliedGrant.objects.update(removed_at=scenes.DAY)
    Membership.objects.filter(pk=scene.partner.pk).update(removed_at=scenes.DAY)
    copied = copy(scene, next_call)
    assert list(copied.team.memberships.values_list("role", flat=True)) == ["LEAD", "DEPUTY"]
    assert copied.relied.count() == 0


def test_strangers_copy_nothing_and_a_closed_call_takes_nothing(scene, next_call, clock):
    with pytest.raises(actions.NotPermitted):
        copy(scene, next_call, by=scenes.user("stranger"))
    clock(next_call.closes_at)
    with pytest.raises(actions.CallClosed):
        copy(scene, next_call)
    assert Team.objects.count() == 1


# -- again after a withdrawal ----------------------------------------------------------------


def withdraw(scene):
    actions.withdraw_application(application_id=scene.pk, reason="", by=scene.lead, at=scenes.DAY)


def again(scene):
    return actions.start_again(application_id=scene.pk, by=scene.lead, at=scenes.DAY)


def test_again_with_the_same_people_grants_and_answers(scene):
    withdraw(scene)
    draft = again(scene)
    assert (draft.team, draft.title_en, draft.years) == (
        scene.application.team,
        "Memory of cells",
        3,
    )
    assert list(draft.relied.values_list("grant", flat=True)) == [scene.grant.pk]
    assert Event.objects.latest("pk").details == {"again_after": scene.pk}


def test_only_a_withdrawn_application_is_begun_again(scene):
    with pytest.raises(NotAllowed):
        again(scene)


def test_nothing_is_begun_again_after_the_deadline(scene, clock):
    withdraw(scene)
    clock(scenes.CLOSES)
    with pytest.raises(actions.CallClosed):
        again(scene)
    assert Application.objects.count() == 1
