"""Measure two things by turns, so that a slow moment of the machine falls on both."""

import gc
from collections.abc import Callable
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


def fewest_by_turns(
    ours: Callable[[], object], floor: Callable[[], object], runs: int, target: float
) -> tuple[float, float]:
    """Return the fewest seconds of each, run A B B A; asked on, up to five times as often, while above target.

    What else the machine does only adds to a time, so the fewest fall towards the page's own: more runs
    take the noise away, and what is slower of itself stays so.
    """
    ours(), floor()
    least = (float("inf"), float("inf"))
    for run in range(5 * runs):
        if run >= runs and least[0] / least[1] <= target:
            break
        # Each goes first in half of the rounds: whoever goes first may pay for both.
        first, second = (ours, floor) if run % 2 else (floor, ours)
        times = took(first), took(second)
        mine, its = times if run % 2 else times[::-1]
        least = min(least[0], mine), min(least[1], its)
    return least


def alone(job: Callable[[], object], runs: int, warm: int = 2) -> float:
    """Return the fewest seconds of one thing that has no floor to be measured by turns with."""
    for _run in range(warm):
        job()
    return min(took(job) for _run in range(runs))
