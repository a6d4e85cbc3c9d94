"""What the timeline shows: lanes of notices with their marks, the deadline and today; and where each moment lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from applications.pictures.marks import MarkKind
from applications.workflow import NoticeState

# Room at both ends for a mark whose middle lies there, in hundredths of the width.
MARGIN = 3.0
# Marks that lie closer to one another than this stand below one another.
CLOSE = 7.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that happened to a notice."""

    kind: MarkKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """One notice: whom it tells, whose it is, where it stands and what happened to it."""

    body: str
    holder: str
    holder_lang: str  # "" where the language of the name is not known
    state: NoticeState
    state_words: str
    asked: bool  # whether the list asks for it, or it follows one that was given
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """The lanes in the order of the page; ``closes_at`` is the application's deadline."""

    lanes: tuple[Lane, ...]
    closes_at: datetime
    now: datetime

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(mark for lane in self.lanes for mark in lane.marks)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The first and the last moment shown; a day on both sides of a single one."""
        moments = [mark.at for mark in self.marks] + [self.closes_at, self.now]
        first, last = min(moments), max(moments)
        if first == last:
            return first - timedelta(days=1), last + timedelta(days=1)
        return first, last


def place(at: datetime, span: tuple[datetime, datetime]) -> float:
    """Return where a moment lies between the two ends, in hundredths of the width."""
    first, last = span
    return round(MARGIN + (100 - 2 * MARGIN) * ((at - first) / (last - first)), 2)


def levels(places: Sequence[float]) -> list[int]:
    """Return how many steps below its line each mark stands, so that none hides another.

    ``places`` rise. A mark takes the highest step where the one before it is far enough away.
    """
    taken: list[float] = []
    found = []
    for here in places:
        step = next((n for n, last in enumerate(taken) if here - last >= CLOSE), len(taken))
        taken[step : step + 1] = [here]
        found.append(step)
    return found
