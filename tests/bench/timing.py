"""Measure two things by turns, so that a slow moment of the machine falls on both."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


def took(job: Callable[[], object]) -> float:
    """Return the seconds that one run takes; the garbage of earlier runs is not on its bill."""
    gc.collect()
    started = perf_counter()
    job()
    return perf_counter() - started


def by_turns(
    ours: Callable[[], object], floor: Callable[[], object], runs: int, warm: int = 2
) -> tuple[float, float]:
    """Return the median seconds of each, run A B A B after a few unmeasured runs."""
    for _run in range(warm):
        ours()
        floor()
    pairs = [(took(ours), took(floor)) for _run in range(runs)]
    return median(a for a, _b in pairs), median(b for _a, b in pairs)


@dataclass(frozen=True, slots=True)
class Beside:
    """Seconds of the one and of the other, and how many times the one is the other."""

    ours: float
    floor: float
    times: float


def side_by_side(
    ours: Callable[[], object], floor: Callable[[], object], rounds: int, target: float
) -> Beside:
    """Return the medians over rounds of A B B A; asked on, up to five times as often, while above target.

    Each round is held against itself: a machine that is slower for a while slows both of it, one that
    grows slower by the minute weighs on both alike, and each goes first once. Neither the fewest seconds
    nor the medians of each do that: of equal pages some came out as 0.8 and some as 1.35 times the other.
    """
    ours(), floor()
    found: list[tuple[float, float]] = []
    times = float("inf")
    while len(found) < rounds or (len(found) < 5 * rounds and times > target):
        first, second, third, fourth = took(ours), took(floor), took(floor), took(ours)
        found.append((first + fourth, second + third))
        times = median(a / b for a, b in found)
    return Beside(median(a for a, _b in found) / 2, median(b for _a, b in found) / 2, times)


def alone(job: Callable[[], object], runs: int, warm: int = 2) -> float:
    """Return the fewest seconds of one thing that has no floor to be measured by turns with."""
    for _run in range(warm):
        job()
    return min(took(job) for _run in range(runs))
