"""Real threads on PostgreSQL: several workers remind at once, and each holder gets one mail with a link that works."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from applications import actions, outbox
from applications.actions import claiming, reminding
from applications.models import Event, Message, PersonalLink
from applications.models.invitation import token_digest
from tests.applications import scenes
from tests.applications.invited import secret_of
from tests.applications.test_races import without_keys

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no row locks: PostgreSQL's pass"
    ),
]
AT = scenes.DAY + timedelta(days=3)
WORKERS = 6


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    found = scenes.ready()
    found.submit()
    outbox.mail_gate()
    return found


def workers():
    return scenes.at_once([lambda: actions.owe_due_reminders(at=AT)] * WORKERS)


def test_six_workers_at_once_owe_one_mail_whose_link_works(scene):
    outcomes = [*workers(), *workers()]

    assert Counter(outcomes) == {1: 1, 0: 2 * WORKERS - 1}
    mail = Message.objects.get(kind="DUE")
    link = PersonalLink.objects.get(revoked_at=None)
    assert link.token_digest == token_digest(secret_of(mail))
    assert Event.objects.filter(act="NOTICE_REMINDED").count() == 1


def test_control_without_lock_and_key_each_worker_sends(scene, monkeypatch):
    together, owe = threading.Barrier(WORKERS), reminding._owe

    def owed_together(*given):
        together.wait(30)
        owe(*given)

    def unlocked(queryset, **_how):
        return queryset

    monkeypatch.setattr(reminding, "_alone", lambda: True)
    monkeypatch.setattr(reminding, "_owe", owed_together)
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", unlocked)
    with without_keys((Message, Message._meta.get_field("dedupe_key"))):
        workers()

        assert Message.objects.filter(kind="DUE").count() == WORKERS
