"""Real threads on PostgreSQL: fifty presses of the button send one letter, fifty answers are one."""

import threading

import pytest
from django.core import mail
from django.db import connection

from applications import actions
from applications.actions import releasing as releasing_actions
from applications.models import Event, Message, Notice, ReleasedLetter
from directory.models import Call
from tests.append_only import lifted
from tests.applications import scenes
from tests.applications.letter_box import deliver
from tests.applications.pages import FAR
from tests.applications.releasing import OFFICER, mail_of, ready, release
from tests.applications.test_races import without_keys

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no row locks: PostgreSQL's pass"
    ),
]
CROWD = 50


@pytest.fixture
def scene():
    found = scenes.ready()
    Call.objects.update(closes_at=FAR, reference_on=scenes.CLOSES.date())
    return ready(found)


def test_fifty_releases_at_once_are_one_letter(scene):
    seen, start = mail_of().fingerprint, threading.Barrier(CROWD)

    def press():
        start.wait(30)
        return release(scene, seen=seen)

    outcomes = scenes.at_once([press] * CROWD)

    released = [one for one in outcomes if isinstance(one, ReleasedLetter)]
    refused = [one for one in outcomes if isinstance(one, actions.NotAllowed)]
    assert (len(released), len(refused)) == (1, CROWD - 1)
    assert Message.objects.filter(kind="NOTICE").count() == ReleasedLetter.objects.count() == 1
    assert Event.objects.filter(act="NOTICE_RELEASED").count() == 1
    deliver()
    deliver()
    assert [one.to for one in mail.outbox] == [[OFFICER]]


def test_control_without_lock_and_key_presses_at_once_send_several(scene, monkeypatch):
    seen, together = mail_of().fingerprint, threading.Barrier(8)

    def read_together(notice_id, _by, _act):
        notice = Notice.objects.select_related("holder__researcher", "body").get(pk=notice_id)
        together.wait(30)
        return notice

    monkeypatch.setattr(releasing_actions, "claim_notice", read_together)
    with without_keys((Message, Message._meta.get_field("dedupe_key"))):
        scenes.at_once([lambda: release(scene, seen=seen)] * 8)
        sent = Message.objects.filter(kind="NOTICE").count()
        with lifted():
            Event.objects.all().delete()
        ReleasedLetter.objects.all().delete()
    assert sent > 1


def test_fifty_answers_at_once_are_one(scene):
    letter = release(scene)
    jobs = [
        lambda number=number: actions.acknowledge_letter(
            letter_id=letter.pk, note=f"Note {number}", at=scenes.DAY
        )
        for number in range(CROWD)
    ]

    outcomes = scenes.at_once(jobs)

    stored = ReleasedLetter.objects.get()
    assert {one.note for one in outcomes} == {stored.note}
    assert Event.objects.filter(act="NOTICE_ACKNOWLEDGED").count() == 1
