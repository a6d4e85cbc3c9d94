"""Hazards 20 and 26: several workers at once take each mail once, and a worker stops gently."""

import os
import signal
import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection

from applications.models import Message
from applications.models.message import MessageQuerySet
from applications.outbox import claiming
from tests.applications import scenes
from tests.smtp.nursery import Nursery
from tests.smtp.posting import deliver, many
from tests.smtp.sink import CONTENT

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="workers are other processes: PostgreSQL's pass"
    ),
]
WORKERS = 4
ROWS = 2_000


@contextmanager
def workers(sink, number, lease=600):
    """Have so many real workers ready, each started by its ``start``."""
    found = [Nursery(sink.port, lease=lease) for _worker in range(number)]
    try:
        yield found
    finally:
        for one in found:
            one.close()


def stop(nurseries, victims):
    for victim in victims:
        os.kill(victim, signal.SIGTERM)
    assert [one.wait() for one in nurseries] == ["ended 0"] * len(victims)


def wait_until(true, seconds=300):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_four_workers_hand_over_two_thousand_mails_once_each(sink, post):
    many(post, ROWS)
    with workers(sink, WORKERS) as nurseries:
        victims = [one.start() for one in nurseries]
        wait_until(lambda: not Message.objects.unsent().exists())
        stop(nurseries, victims)
    assert len(sink.taken) == len(set(sink.message_ids())) == ROWS
    assert set(Message.objects.values_list("state", "attempts")) == {("HANDED_OVER", 1)}
    # And all of them worked
    assert sink.connections >= WORKERS


def test_control_without_the_lock_workers_send_the_same_mails(sink, post, monkeypatch):
    many(post, 60)
    together = threading.Barrier(WORKERS)
    update = MessageQuerySet.update

    def claim_together(self, **changes):
        if changes.get("state") == "SENDING":
            together.wait(30)
        return update(self, **changes)

    monkeypatch.setattr(MessageQuerySet, "select_for_update", lambda self, **_how: self)
    monkeypatch.setattr(MessageQuerySet, "update", claim_together)
    scenes.at_once([deliver] * WORKERS)
    assert max(Counter(sink.message_ids()).values()) == WORKERS


def test_sigterm_ends_after_the_present_mail_and_gives_the_batch_back(sink, post):
    # Given a worker in the middle of its batch
    many(post, 200)
    reached, go_on = threading.Event(), threading.Event()

    def at_the_thirtieth(point):
        if point == CONTENT and len(sink.taken) == 29:
            reached.set()
            go_on.wait(30)

    sink.reached = at_the_thirtieth
    with workers(sink, 1) as (nursery,):
        worker = nursery.start()
        assert reached.wait(30)
        # When it is told to stop
        started = time.monotonic()
        os.kill(worker, signal.SIGTERM)
        go_on.set()
        assert nursery.wait() == "ended 0"
        # Then it ends at once, the present mail is noted, the rest waits as if nobody had touched it
        assert time.monotonic() - started < 5
        assert len(sink.taken) == Message.objects.filter(state="HANDED_OVER", attempts=1).count()
        assert len(sink.taken) == 30
        assert Message.objects.filter(state="WAITING", attempts=0).count() == 170
        # And the next worker sends what is left, nothing twice
        worker = nursery.start()
        wait_until(lambda: not Message.objects.unsent().exists())
        stop([nursery], [worker])
    assert len(sink.taken) == len(set(sink.message_ids())) == 200


def test_two_workers_that_find_one_lapsed_letter_hold_it_once(sink, post, monkeypatch):
    # Given a letter whose worker died, and two workers that see it at the same moment
    letter = post.letter()
    claiming.claim_due(scenes.DAY)
    together = threading.Barrier(2)
    noted = claiming.noted

    def note_together(*args):
        together.wait(30)
        return noted(*args)

    monkeypatch.setattr(claiming, "noted", note_together)
    later = scenes.DAY + claiming.LEASE
    tallies = scenes.at_once([lambda: deliver(later)] * 2)
    assert sorted(map(len, tallies)) == [0, 1]  # one held it, the other did nothing and lives
    letter.refresh_from_db()
    assert (letter.state, letter.notice.state) == ("HELD", "HELD")
    assert letter.application.events.filter(act="NOTICE_HELD").count() == 1
    assert sink.taken == []
