"""Hazards 19 and 21: drawn scripts of a server and of workers that die; the end is the table's end."""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from django.db import transaction

from applications import outbox
from applications.models import Message, Notice
from applications.outbox import delivering
from tests.smtp.drawing import World, draw
from tests.smtp.posting import AT, deliver
from tests.smtp.test_table import NOTICES

pytestmark = pytest.mark.django_db
# 10,000 by hand: SMTP_SCRIPTS=10000 pytest tests/smtp/test_drawn.py
NUMBER = int(os.environ.get("SMTP_SCRIPTS", "200"))
FIRST = int(os.environ.get("SMTP_FIRST_SCRIPT", "0"))
LETTERS = 4
LONGEST = timedelta(hours=7)  # no pause is longer
FINAL = {"HANDED_OVER", "HELD", "FAILED"}


class WorkerDied(BaseException):
    """As SIGKILL: nothing of the worker's own runs any more."""


@pytest.fixture
def mortal(sink, monkeypatch):
    """Let a worker die between the server's 250 and its note, where the script wants it."""

    def or_dead(note):
        def noted_or_dead(*args):
            if sink.worker_dies:
                sink.worker_dies = False
                raise WorkerDied
            return note(*args)

        return noted_or_dead

    monkeypatch.setattr(delivering, "noted", or_dead(delivering.noted))
    monkeypatch.setattr(delivering.Notes, "send", or_dead(delivering.Notes.send))


class Play:
    """One script played through the real outbox, real rows and a real connection."""

    def __init__(self, script, sink, post, notices):
        self.script, self.sink, self.connection = script, sink, get_connection()
        sink.script.clear(), sink.greetings.clear(), sink.taken.clear()
        sink.script.extend(script.steps)
        sink.greetings.extend(script.greetings)
        notices = iter(notices)
        self.mails = []
        for number, (letter, minute) in enumerate(script.mails):
            at = AT + timedelta(minutes=minute)
            mail = post.release(next(notices), number, at) if letter else post.own(at)
            self.mails.append(mail.pk)

    def a_worker_passes(self, at):
        try:
            deliver(AT + at, self.connection)
        except WorkerDied:
            self.connection.close()

    def rows(self):
        found = Message.objects.in_bulk(self.mails)
        return [found[pk] for pk in self.mails]

    def taken(self):
        place = {
            f"<{one.dedupe_key.replace(':', '.')}@portal.test>": number
            for number, one in enumerate(self.rows())
        }
        return Counter(place[key] for key in self.sink.message_ids())


def play(script, sink, post, notices):
    """Play the script in the outbox and in the model, hold one against the other after every pass."""
    world, ours = World.of(script), Play(script, sink, post, notices)
    passes = [*script.passes]
    end = passes[-1]
    # Then the server is well, and workers pass now and then: nothing may stay on its way.
    passes += [end + number * LONGEST for number in range(1, 40)]
    for at in passes:
        if at > end and all(row.state in FINAL for row in world.rows):
            break
        world.a_worker_passes(at)
        ours.a_worker_passes(at)
        seen = [(one.state, one.attempts, one.available_at) for one in ours.rows()]
        assert seen == [
            # where a mail is final, nobody looks at its time
            (row.state, row.attempts, found[2] if row.state in FINAL else AT + row.due)
            for row, found in zip(world.rows, seen, strict=True)
        ], at
    ours.connection.close()
    assert ours.taken() == world.taken
    return world, ours


def hold_promises(world, ours):
    """What was promised, whatever the script: the model is not asked."""
    taken = ours.taken()
    for number, one in enumerate(ours.rows()):
        assert one.state in FINAL  # nothing waits or is sent for ever
        assert one.state != "HANDED_OVER" or taken[number] >= 1  # nothing lost
        if one.to_funder:
            assert taken[number] <= 1
            assert Notice.objects.get(pk=one.notice_id).state == NOTICES[one.state]
        else:
            # Once more for each time that nobody could know, and only then
            assert taken[number] <= 1 + world.unknown[number]


def test_drawn_scripts_end_as_the_table_says(sink, mortal, post):
    notices = [post.letter().notice for _letter in range(LETTERS)]
    Message.objects.all().delete()
    seen = Counter()
    for seed in range(FIRST, FIRST + NUMBER):
        script = draw(seed, LETTERS)
        try:
            with transaction.atomic():
                world, ours = play(script, sink, post, notices)
                hold_promises(world, ours)
                seen.update(one.state for one in ours.rows())
                seen["mails"] += len(ours.mails)
                seen["repeats"] += sum(world.taken.values()) - len(world.taken)
                transaction.set_rollback(True)
        except AssertionError as difference:
            raise AssertionError(f"script {seed}: {script}") from difference
    print(f"\n{NUMBER} scripts from {FIRST}: {dict(seen)}")  # noqa: T201 -- asked for with -s
    # The scripts reach every end, and own mail that goes out twice
    assert all(seen[state] for state in FINAL)
    assert seen["repeats"]


def test_control_a_table_that_sends_letters_again_is_found_out(sink, mortal, post, monkeypatch):
    monkeypatch.setattr(
        delivering,
        "outcome_of",
        lambda stage, code, *, to_funder: outbox.outcomes.outcome_of(stage, code, to_funder=False),
    )
    with pytest.raises(AssertionError, match="script"):
        test_drawn_scripts_end_as_the_table_says(sink, mortal, post)
