"""Real threads on PostgreSQL: two approvers at once, and somebody who writes in the draft while it is published."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from applications import actions
from applications.actions import publishing
from applications.models import Publication
from directory.listing import fingerprint_of_edition
from directory.models import Edition, Participation
from tests.applications import drafts, scenes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no row locks: PostgreSQL's pass"
    ),
]


@pytest.fixture
def made():
    return drafts.ready()


def two_approvers(made):
    """Let two press at the same moment, and give back what each met."""
    start, seen = threading.Barrier(2), fingerprint_of_edition(made.stored)
    approvers = [made.approver, drafts.staff("second", "APPROVER")]

    def press(by):
        def pressing():
            start.wait(30)
            return made.publish(by=by, seen=seen)

        return pressing

    return scenes.at_once([press(one) for one in approvers])


def test_two_approvers_at_once_publish_it_once_and_the_other_is_told(made):
    met = two_approvers(made)

    assert sorted(type(one).__name__ for one in met) == ["AlreadyPublished", "Publication"]
    assert Publication.objects.count() == 1


def test_control_without_the_lock_the_database_alone_stands_between_two(made, monkeypatch):
    # Each has asked everything before either writes.
    together, asked = threading.Barrier(2), publishing.obstacles

    def asked_together(*args, **kwargs):
        found = list(asked(*args, **kwargs))
        together.wait(30)
        return found

    monkeypatch.setattr(publishing, "_locked", lambda pk: Edition.objects.get(pk=pk))
    monkeypatch.setattr(publishing, "obstacles", asked_together)

    met = two_approvers(made)

    assert any(isinstance(one, IntegrityError) for one in met)
    assert Publication.objects.count() == 1


def one_waits_for_the_other(first, second):
    """Run ``first`` in a transaction that stays open until ``second`` queues for its lock."""
    holds, free = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            first()
            holds.set()
            assert free.wait(30)

    def follow():
        assert holds.wait(30)
        return second()

    def watch():
        try:
            assert holds.wait(30)
            scenes.wait_for_waiters(1)
        finally:
            free.set()

    held, followed, watched = scenes.at_once([hold, follow, watch])
    assert (held, watched) == (None, None)
    return followed


def rewrite(made):
    rows = Participation.objects.filter(edition=made.draft, agency__slug="kva")
    return lambda: rows.update(summary_en="Everything is asked.")


def test_who_wrote_first_is_waited_for_and_what_they_wrote_is_not_published_unread(made):
    seen = fingerprint_of_edition(made.stored)

    refused = one_waits_for_the_other(rewrite(made), lambda: made.publish(seen=seen))

    assert isinstance(refused, actions.Conflict)
    assert made.stored.published_at is None


def test_who_writes_while_it_is_published_is_refused_by_the_database(made):
    refused = one_waits_for_the_other(made.publish, rewrite(made))

    assert isinstance(refused, IntegrityError)
    row = Participation.objects.get(edition=made.draft, agency__slug="kva")
    assert (row.summary_en, made.stored.published_at) == ("Nothing is asked.", drafts.AT)
