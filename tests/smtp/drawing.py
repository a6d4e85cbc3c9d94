"""Scripts drawn by chance, and the world as it must stand after them: a second outbox, in plain Python."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from tests.smtp.expected import (
    AFTER,
    LEASE,
    SERVER_REST,
    TRIES,
    Row,
    keeps_connection,
    meaning,
)
from tests.smtp.sink import CONTENT, GREETING, STAGES, Step

JUMPS = (0.5, 1, 1, 2, 4, 5, 9, 11, 30, 120, 360, 1440)


@dataclass(frozen=True)
class Script:
    """What waits (a letter or not, and since which minute), what the server does, when a worker passes."""

    mails: tuple[tuple[bool, int], ...]
    steps: tuple[Step | None, ...]
    greetings: tuple[Step | None, ...]
    passes: tuple[timedelta, ...]


def draw(seed: int, most_letters: int) -> Script:
    """Draw one script; the same seed draws the same."""
    chance = Random(seed)
    mails = [(chance.random() < 0.5, chance.choice((0, 0, 1, 7))) for _ in range(3)]
    mails += [(chance.random() < 0.3, 0) for _ in range(chance.randrange(5))]
    letters = [place for place, (letter, _at) in enumerate(mails) if letter]
    for place in letters[most_letters:]:
        mails[place] = (False, mails[place][1])
    steps = [_step(chance) for _ in range(chance.randrange(4, 16))]
    greetings = [_greeting(chance) for _ in range(chance.randrange(5))]
    moment, passes = timedelta(0), []
    for _pass in range(chance.randrange(4, 14)):
        passes.append(moment)
        moment += timedelta(minutes=chance.choice(JUMPS))
    return Script(tuple(mails), tuple(steps), tuple(greetings), tuple(passes))


def _step(chance: Random) -> Step | None:
    kind = chance.random()
    stage = chance.choice(STAGES)
    if kind < 0.30:
        return None
    if kind < 0.70:
        return Step(stage, chance.choice(list(AFTER)), hangs_up=chance.random() < 0.2)
    if kind < 0.90:
        return Step(stage, keeps=stage == CONTENT and chance.random() < 0.5)
    if kind < 0.995:
        return Step(CONTENT, keeps=True, worker_dies=True)
    return Step(stage, silent=True, keeps=stage == CONTENT and chance.random() < 0.5)


def _greeting(chance: Random) -> Step | None:
    code = chance.choice((None, 421, 554))
    return Step(GREETING, code) if chance.random() < 0.5 else None


@dataclass
class World:
    """Mails, a server with a script, and workers that come one after another."""

    rows: list[Row]
    steps: deque[Step | None]
    greetings: deque[Step | None]
    connected: bool = False
    taken: Counter[int] = field(default_factory=Counter)
    unknown: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, script: Script) -> "World":
        rows = [Row(letter, timedelta(minutes=minute)) for letter, minute in script.mails]
        return cls(rows, deque(script.steps), deque(script.greetings))

    def a_worker_passes(self, at: timedelta) -> None:
        """One batch, as product.md 6 and the table want it."""
        for row in self.rows:
            if row.state == "SENDING" and row.due <= at:
                if row.letter:
                    row.state = "HELD"
                elif row.attempts == TRIES:
                    row.state = "FAILED"
        batch = self._batch(at)
        for row in batch:
            row.state, row.attempts, row.due = "SENDING", row.attempts + 1, at + LEASE
        while batch:
            what = self._converse(batch[0])
            if what == "died":
                return
            if what == "server":
                for row in batch:
                    row.state, row.due = "WAITING", at + SERVER_REST
                    row.attempts -= 1
                return
            batch.pop(0).follow(what, at)

    def _batch(self, at: timedelta) -> list[Row]:
        due = [row for row in self.rows if row.state in ("WAITING", "SENDING") and row.due <= at]
        due.sort(key=lambda row: row.due)  # stable: the earlier written goes first
        batch: list[Row] = []
        for row in due:
            alone = row.letter or row.state == "SENDING"
            if alone and batch:
                break
            batch.append(row)
            if alone:
                break
        return batch

    def _converse(self, row: Row) -> str:
        place = next(n for n, one in enumerate(self.rows) if one is row)
        if not self.connected:
            if self.greetings and self.greetings.popleft():
                return "server"
            self.connected = True
        step = self.steps.popleft() if self.steps else None
        self.connected = keeps_connection(step)
        if step is None or step.keeps:
            self.taken[place] += 1
        if step and step.at == CONTENT and (step.code is None or step.worker_dies):
            self.unknown[place] += 1
        if step and step.worker_dies:
            return "died"
        return meaning(step, letter=row.letter)
