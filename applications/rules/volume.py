"""Whether somebody read or took out far more on a day than they usually do (hazard 53)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

LOOKS_BACK = timedelta(days=30)
TIMES = 3


class Measure(StrEnum):
    READINGS = "READINGS"  # pages with personal data, evidence among them
    LISTED = "LISTED"  # rows of lists that name people, as leafed through
    EXPORTS = "EXPORTS"
    ROWS = "ROWS"  # of exports with personal columns


# Below this nothing is unusual, however quiet the days before were; and it is the usual day of
# somebody who has none yet.
LEAST = {Measure.READINGS: 30, Measure.LISTED: 300, Measure.EXPORTS: 10, Measure.ROWS: 1_000}


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """What one person did on one day, by one measure."""

    person: int
    day: date
    measure: Measure
    amount: int


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day far above the person's own; ``usual`` is None where there is no earlier day."""

    person: int
    day: date
    measure: Measure
    amount: int
    usual: float | None


def unusual_days(days: Iterable[DayOfUse]) -> list[UnusualDay]:
    """Return the days of at least ``LEAST`` that exceed three times the person's usual day, newest first.

    The usual day is the median of the person's own days with any such use in the 30 days before;
    without such a day it is ``LEAST``.
    """
    series: dict[tuple[int, Measure], dict[date, int]] = defaultdict(dict)
    for one in days:
        series[one.person, one.measure][one.day] = one.amount
    found = []
    for (person, measure), amounts in series.items():
        for day, amount in amounts.items():
            if amount < LEAST[measure]:
                continue
            before = [
                other for earlier, other in amounts.items() if day - LOOKS_BACK <= earlier < day
            ]
            usual = median(before) if before else None
            if amount > TIMES * (LEAST[measure] if usual is None else usual):
                found.append(UnusualDay(person, day, measure, amount, usual))
    return sorted(found, key=lambda one: (one.day, one.person, one.measure), reverse=True)
