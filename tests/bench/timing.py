"""Measure two things by turns, so that a slow moment of the machine falls on both."""

import gc
from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter


def took(job: Callable[[], object]) -> float:
    """Return the seconds that one run takes; the garbage of earlier runs is not on its bill."""
    gc.collect()
    started = perf_counter()
    job()
    return perf_counter() - started


def by_turns(
    ours: Callable[[], object],
    floor: Callable[[], object],
    runs: int,
    warm: int = 2,
    of: Callable[[Iterable[float]], float] = median,
) -> tuple[float, float]:
    """Return the median seconds of each (``of=min``: the fewest), run A B A B after a few unmeasured runs."""
    for _run in range(warm):
        ours()
        floor()
    pairs = [(took(ours), took(floor)) for _run in range(runs)]
    return of(a for a, _b in pairs), of(b for _a, b in pairs)


def alone(job: Callable[[], object], runs: int, warm: int = 2) -> float:
    """Return the fewest seconds of one thing that has no floor to be measured by turns with."""
    for _run in range(warm):
        job()
    return min(took(job) for _run in range(runs))
