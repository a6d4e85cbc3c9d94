"""Real threads on PostgreSQL: an invitation pressed by many at once, a reminder while the person confirms."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from applications import actions
from applications.actions import inviting
from applications.models import Application, Event, Invitation, Message
from applications.queries.fingerprints import fingerprint
from applications.queries.invitations import own_facts
from directory.models import Call
from tests.applications import scenes
from tests.applications.test_races import without_keys

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no row locks: PostgreSQL's pass"
    ),
]


@pytest.fixture
def asked():
    scene = scenes.ready()
    now = timezone.now()
    Call.objects.update(opens_at=now - timedelta(days=30), closes_at=now + timedelta(days=1))
    scenes.unconfirmed(scene.partner)
    return scene


def inviting_by(scene, by):
    return lambda: actions.invite(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        agency_id=None,
        by=by,
        at=timezone.now(),
    )


def test_pressed_ten_times_at_once_one_mail_is_owed(asked):
    outcomes = scenes.at_once([inviting_by(asked, by) for by in (asked.lead, asked.deputy)] * 5)

    kinds = sorted(type(one).__name__ for one in outcomes)
    assert kinds == ["Invitation"] + ["TooSoon"] * 9
    assert (Invitation.objects.count(), Message.objects.count()) == (1, 1)


def test_control_without_lock_and_key_each_press_sends(asked, monkeypatch):
    together = threading.Barrier(4)

    def unlocked(application_id, _by):
        return Application.objects.select_related("call__edition", "edition", "team", "area").get(
            pk=application_id
        )

    def asked_together(*_any, **_more):
        together.wait(30)

    monkeypatch.setattr(inviting, "claim_to_invite", unlocked)
    monkeypatch.setattr(inviting, "must_be_askable", asked_together)
    key = next(
        one for one in Invitation._meta.constraints if one.name == "member_has_one_open_invitation"
    )
    with without_keys((Invitation, key)):
        scenes.at_once([inviting_by(asked, asked.lead)] * 4)

        assert Message.objects.count() == 4


@pytest.mark.parametrize("_time", range(10))
def test_a_reminder_while_the_person_confirms_leaves_one_truth(asked, _time):
    # Given an invitation that may be reminded of, and its page open before the person
    old = actions.invite(
        application_id=asked.pk,
        membership_id=asked.partner.pk,
        agency_id=None,
        by=asked.lead,
        at=timezone.now() - timedelta(hours=73),
    )
    seen = fingerprint(own_facts(asked.stored(), asked.partner))

    def remind():
        return actions.remind(
            application_id=asked.pk,
            membership_id=asked.partner.pk,
            by=asked.lead,
            at=timezone.now(),
        )

    def confirm():
        return actions.confirm_invitation(
            invitation_id=old.pk, answers={}, seen=seen, account=None, at=timezone.now()
        )

    # When both queue for the same row
    outcomes = []
    with scenes.held(Application):
        both = threading.Thread(target=lambda: outcomes.extend(scenes.at_once([remind, confirm])))
        both.start()
        scenes.wait_for_waiters(2)
    both.join(30)

    # Then one of them came first, and the other was told so by name
    reminded, confirmed = outcomes
    asked.partner.refresh_from_db()
    acts = set(Event.objects.values_list("act", flat=True))
    if isinstance(reminded, Invitation):
        assert isinstance(confirmed, actions.InvitationOver)
        assert (asked.partner.confirmed_how, "CONFIRMED" in acts) == ("", False)
        assert Invitation.objects.open().count() == 1
    else:
        assert isinstance(reminded, actions.InvitationOver)
        assert (asked.partner.confirmed_how, "REMINDED" in acts) == ("SELF", False)
        assert Invitation.objects.open().count() == 0
