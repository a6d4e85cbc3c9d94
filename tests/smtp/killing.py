"""Kill real workers with SIGKILL at chosen points of their conversations, and hold the sink against the table."""

import os
import signal
import threading
import time
from collections import Counter
from random import Random

from applications.models import Message, MessageState, Notice
from applications.models.message import UNSENT
from tests.smtp import sink as points
from tests.smtp.nursery import Nursery
from tests.smtp.posting import Post
from tests.smtp.sink import Sink

# Half of the kills come when the server has just said 250: the moment that matters.
POINTS = (
    *[points.ANSWERED] * 5,
    points.GREETING,  # claimed, and nothing begun
    points.MAIL,
    points.RCPT,
    points.DATA,
    points.CONTENT,  # taken by the server, not answered yet
)


class Killer:
    """Kills the worker at a point, once for each time it is loaded."""

    def __init__(self) -> None:
        self.point, self.skip, self.victim = "", 0, 0
        self.killed = threading.Event()

    def load(self, victim: int, point: str, skip: int) -> None:
        """Aim at a worker: at the point, after having let it pass ``skip`` times."""
        self.killed.clear()
        self.skip, self.victim, self.point = skip, victim, point

    def reached(self, point: str) -> None:
        """Called by the sink, in its thread, at every point of every conversation."""
        if point != self.point or not self.victim:
            return
        if self.skip:
            self.skip -= 1
            return
        os.kill(self.victim, signal.SIGKILL)
        self.victim = 0
        self.killed.set()


def kill(times: int, *, own: int, letters: int, seed: int = 0, **workers) -> Counter[str]:
    """Send mail by workers that are killed so often, then by one that is left alone; count what became of it."""
    post, chance = Post(), Random(seed)
    for place in range(own + letters):
        post.letter() if place * letters % (own + letters) < letters else post.own()
    sink, killer, kills = Sink().start(), Killer(), Counter()
    sink.reached = killer.reached
    nursery = Nursery(sink.port, **workers)
    try:
        for _kill in range(times):
            point = chance.choice(POINTS)
            worker = nursery.start()
            # A worker connects once in its life; the rest it does often.
            killer.load(worker, point, 0 if point == points.GREETING else chance.randrange(3))
            assert killer.killed.wait(30), f"nothing left to be killed at {point}"
            assert nursery.wait() == "ended -9"
            kills[point] += 1
        worker = nursery.start()
        until = time.monotonic() + 120
        while Message.objects.filter(state__in=UNSENT).exists():
            assert time.monotonic() < until, "something is on its way for ever"
            time.sleep(0.05)
        os.kill(worker, signal.SIGTERM)
        assert nursery.wait() == "ended 0"
    finally:
        nursery.close()
        sink.stop()
    return told(sink) + kills


def told(sink: Sink) -> Counter[str]:
    """Hold the sink's log against the table."""
    taken, found = Counter(sink.message_ids()), Counter()
    for one in Message.objects.all():
        times = taken.pop(f"<{one.dedupe_key.replace(':', '.')}@portal.test>", 0)
        whose = "letters" if one.to_funder else "own"
        found[f"{whose} {MessageState(one.state).value}"] += 1
        found["lost"] += one.state == MessageState.HANDED_OVER and not times
        found["lost"] += one.state in UNSENT
        found[f"repeats of {whose}"] += max(times - 1, 0)
        if one.to_funder:
            notice = Notice.objects.get(pk=one.notice_id)
            found["notices that stand elsewhere"] += notice.state != one.state
    found["taken without a row"] += sum(taken.values())
    return found
