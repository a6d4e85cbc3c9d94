"""Staff and a worker reach for the same mail at once, on PostgreSQL: it leaves or it is stopped, never both."""

import threading

import pytest
from django.core import mail
from django.db import connection, transaction

from applications import actions, outbox
from applications.models import Event, Message
from applications.outbox import claiming
from tests.applications import mails, scenes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no row locks: PostgreSQL's pass"
    ),
]
AT = scenes.DAY
ACTS = [actions.hold_message, actions.discard_message]


@pytest.fixture
def scene(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return scenes.ready()


@pytest.mark.parametrize("act", ACTS)
def test_what_a_worker_takes_while_staff_wait_for_it_is_the_workers(scene, act):
    # Given a worker that has just taken the mail, and has not committed
    message, officer = mails.own(scene), mails.staff()
    taken, free = threading.Event(), threading.Event()

    def work():
        with transaction.atomic():
            batch = claiming.claim_due(AT)
            taken.set()
            free.wait(30)
        return [one.pk for one in batch]

    def stop():
        taken.wait(30)
        return act(message_id=message.pk, reason="r", by=officer, at=AT)

    def watch():
        scenes.wait_for_waiters(1)
        free.set()

    # When staff reach for it meanwhile
    batch, stopped, _none = scenes.at_once([work, stop, watch])
    assert batch == [message.pk]

    # Then staff are told so, and nothing of theirs is written
    assert isinstance(stopped, actions.BeingHandedOver)
    assert Message.objects.get().state == "SENDING"
    assert Event.objects.filter(user=officer).count() == 0


@pytest.mark.parametrize("act", ACTS)
def test_ten_times_at_once_the_mail_leaves_or_is_stopped_and_never_both(scene, act):
    officer = mails.staff()
    for _time in range(10):
        message = mails.own(scene)
        sent = len(mail.outbox)
        start = threading.Barrier(2)

        def stop(pk=message.pk, start=start):
            start.wait(30)
            return act(message_id=pk, reason="r", by=officer, at=AT).state

        def work(start=start):
            start.wait(30)
            return outbox.deliver_due(now=lambda: AT)

        stopped, _tally = scenes.at_once([stop, work])

        left = len(mail.outbox) - sent
        message.refresh_from_db()
        refused = isinstance(stopped, actions.BeingHandedOver | actions.NotAllowed)
        assert (left, refused) in [(1, True), (0, False)], (stopped, message.state)
        assert message.state == ("HANDED_OVER" if left else stopped)
