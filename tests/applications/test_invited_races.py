"""Real threads on PostgreSQL: fifty press the same button; a partner answers while the lead submits."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from applications import actions
from applications.actions import answering, submission
from applications.models import Application, Event, Invitation, Message, PersonalLink, Role, Version
from applications.queries.application import workspace
from applications.queries.invitations import own_facts
from directory.models import Call
from tests.applications import invited, scenes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no row locks: PostgreSQL's pass"
    ),
]


@pytest.fixture
def scene():
    found = scenes.ready()
    now = timezone.now()
    Call.objects.update(opens_at=now - timedelta(days=30), closes_at=now + timedelta(days=1))
    Call.objects.update(reference_on=scenes.CLOSES.date())
    return found


def confirmations():
    return Event.objects.filter(act="CONFIRMED").count()


# -- hazard 49: accepted twice at once ---------------------------------------------------------


@pytest.mark.parametrize("crowd", [2, 50])
def test_of_many_who_press_at_once_one_confirms_and_all_see_the_same(scene, crowd):
    invitation, _token = invited.ask(scene)
    seen, start = invited.facts(scene), threading.Barrier(crowd)

    def press():
        start.wait(30)
        return invited.confirm(scene, invitation, seen=seen)

    outcomes = scenes.at_once([press] * crowd)

    assert {(one.ended_how, one.ended_at) for one in outcomes} == {
        ("CONFIRMED", Invitation.objects.get().ended_at)
    }
    assert confirmations() == 1
    assert PersonalLink.objects.count() == 1
    assert Message.objects.filter(kind="TEAM").count() == 2  # the lead and the deputy


def test_control_without_the_lock_each_of_eight_confirms(scene, monkeypatch):
    invitation, _token = invited.ask(scene)
    seen, together = invited.facts(scene), threading.Barrier(8)

    def read_without_lock(invitation_id, _at):
        found = Invitation.objects.select_related("membership__researcher__institution").get(
            pk=invitation_id
        )
        return Application.objects.select_related("call__edition", "edition", "team", "area").get(
            pk=found.application_id
        ), found

    def facts_together(*which):
        together.wait(30)
        return own_facts(*which)

    monkeypatch.setattr(answering, "_claim_invitation", read_without_lock)
    monkeypatch.setattr(answering, "own_facts", facts_together)

    scenes.at_once([lambda: invited.confirm(scene, invitation, seen=seen)] * 8)

    assert confirmations() == 8


def test_of_yes_and_no_at_once_one_holds(scene):
    invitation, _token = invited.ask(scene)
    seen = invited.facts(scene)

    def decline():
        return actions.decline_invitation(
            invitation_id=invitation.pk, reason="", account=None, at=timezone.now()
        )

    yes, no = scenes.at_once([lambda: invited.confirm(scene, invitation, seen=seen), decline])

    lost = [isinstance(one, actions.InvitationOver) for one in (yes, no)]
    assert sorted(lost) == [False, True]
    assert Event.objects.filter(act__in=["CONFIRMED", "DECLINED"]).count() == 1


# -- hazard 15: a partner answers while the lead submits ---------------------------------------


def snapshot_says_confirmed(version, member):
    (found,) = [one for one in version.content["inputs"]["people"] if one["id"] == f"P{member.pk}"]
    return bool(found["confirmed_at"])


def history_says_confirmed(member):
    """Whether the member was confirmed at the submission, told from the order of the events."""
    before = Event.objects.filter(pk__lt=Event.objects.get(act="SUBMIT").pk)
    last = before.filter(details__membership=member.pk).order_by("pk").last()
    return last.act == "CONFIRMED"


def race(scene, answer):
    """Let the lead submit and a second partner answer at the same time."""
    seen, start = scene.seen(), threading.Barrier(2)

    def together(job):
        def run():
            start.wait(30)
            return job()

        return run

    jobs = [together(lambda: scene.submit(seen=seen, at=timezone.now())), together(answer)]
    return scenes.at_once(jobs)


def second_partner(scene):
    member = scenes.person(
        scene.application.team, Role.PARTNER, "Ola Normann", "NO", email="ola@example.no"
    )
    invitation, _token = invited.ask(scene, member)
    seen = invited.fingerprint(own_facts(scene.stored(), member))
    return member, invitation, seen


@pytest.mark.parametrize("_round", range(6))
def test_the_snapshot_holds_exactly_who_was_confirmed_at_its_commit(scene, _round):
    member, invitation, seen = second_partner(scene)

    submitted, confirmed = race(scene, lambda: invited.confirm(scene, invitation, seen=seen))

    assert confirmed.ended_how == "CONFIRMED"
    if isinstance(submitted, actions.Conflict):  # the partner came first: the lead looks again
        assert not Version.objects.exists()
        scene.submit()
    version = Version.objects.get()
    assert snapshot_says_confirmed(version, member) == history_says_confirmed(member)
    assert Message.objects.filter(kind="TEAM", recipient=scene.lead.email).count() == 1


@pytest.mark.parametrize("_round", range(6))
def test_a_withdrawal_during_the_submission_is_in_it_or_after_it(scene, _round):
    member, invitation, seen = second_partner(scene)
    invited.confirm(scene, invitation, seen=seen)

    def withdraw():
        return actions.withdraw_consent(
            application_id=scene.pk,
            membership_id=member.pk,
            reason="",
            by=member,
            at=timezone.now(),
        )

    submitted, _withdrawn = race(scene, withdraw)

    if isinstance(submitted, actions.Conflict):
        scene.submit()
    version = Version.objects.get()
    assert snapshot_says_confirmed(version, member) == history_says_confirmed(member)
    news = Message.objects.filter(kind="TEAM", recipient=scene.lead.email)
    assert news.count() == 2  # confirmed, withdrawn: the other side is told of both


def test_control_without_the_lock_the_snapshot_contradicts_the_history(scene, monkeypatch):
    """A submission that read before the withdrawal and commits after it."""
    member, invitation, seen = second_partner(scene)
    invited.confirm(scene, invitation, seen=seen)
    read, answered = threading.Event(), threading.Event()

    def read_then_wait(application):
        found = workspace(application)
        read.set()
        answered.wait(30)
        return found

    def claim_without_lock(application_id, _act, _by):
        return Application.objects.select_related("call__edition", "edition", "team", "area").get(
            pk=application_id
        )

    def withdraw():
        read.wait(30)
        actions.withdraw_consent(
            application_id=scene.pk,
            membership_id=member.pk,
            reason="",
            by=member,
            at=timezone.now(),
        )
        answered.set()

    shown = scene.seen()
    monkeypatch.setattr(submission, "claim", claim_without_lock)
    monkeypatch.setattr(submission, "workspace", read_then_wait)
    outcomes = scenes.at_once([lambda: scene.submit(seen=shown, at=timezone.now()), withdraw])

    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert snapshot_says_confirmed(Version.objects.get(), member)
    assert not history_says_confirmed(member)
