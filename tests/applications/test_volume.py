"""Hazard 53: a month of work of eight people, and one day of one of them that stands out."""

import random
from datetime import date, timedelta

import pytest

from applications.rules.volume import DayOfUse, Measure, UnusualDay, unusual_days

SEED = 20_261_126
FIRST = date(2026, 6, 1)
WORKING_DAYS = [day for day in (FIRST + timedelta(n) for n in range(30)) if day.weekday() < 5]
OUTLIER = DayOfUse(3, date(2026, 6, 24), Measure.READINGS, 140)


def a_month() -> list[DayOfUse]:
    """Eight people of different habits: 4 to 40 pages a day, two exports of a few hundred rows."""
    chance = random.Random(SEED)
    days = []
    for person in range(1, 9):
        habit = 5 * person
        for day in WORKING_DAYS:
            pages = chance.randint(habit - 3, habit + 3)
            days.append(DayOfUse(person, day, Measure.READINGS, pages))
            if chance.random() < 0.3:
                days.append(DayOfUse(person, day, Measure.EXPORTS, chance.randint(1, 3)))
                days.append(DayOfUse(person, day, Measure.ROWS, chance.randint(50, 600)))
    return days


def without(month: list[DayOfUse], gone: DayOfUse) -> list[DayOfUse]:
    place = (gone.person, gone.day, gone.measure)
    return [one for one in month if (one.person, one.day, one.measure) != place]


def test_of_a_month_of_work_exactly_the_one_day_stands_out():
    month = a_month()
    days = [*without(month, OUTLIER), OUTLIER]
    random.Random(SEED).shuffle(days)

    [found] = unusual_days(days)

    assert (found.person, found.day, found.measure, found.amount) == (
        *(3, date(2026, 6, 24), Measure.READINGS, 140),
    )
    assert 12 <= found.usual <= 18


def test_the_month_without_it_has_none():
    """Negative control: the busy colleague of 40 pages a day is not taken for it."""
    month = a_month()

    assert max(one.amount for one in month if one.measure == Measure.READINGS) > 40
    assert unusual_days(month) == []


def of(*amounts: int, measure: Measure = Measure.READINGS, person: int = 1) -> list[DayOfUse]:
    """One person's days, one after the other; 0 is a day without any use."""
    return [
        DayOfUse(person, FIRST + timedelta(place), measure, amount)
        for place, amount in enumerate(amounts)
        if amount
    ]


@pytest.mark.parametrize(
    "days, found",
    [
        pytest.param(of(10, 10, 30), [], id="three times is not more than three times"),
        pytest.param(of(10, 10, 31), [(31, 10)], id="more than three times"),
        pytest.param(of(1, 1, 29), [], id="a small number is never unusual"),
        pytest.param(of(90), [], id="on the first day of all, three times the least"),
        pytest.param(of(91), [(91, None)], id="much on the first day of all"),
        pytest.param(of(10, 0, 12, 0, 40), [(40, 11)], id="days without use do not count"),
        pytest.param(of(10, *[0] * 30, 91), [(91, None)], id="thirty-one days ago is forgotten"),
        pytest.param(of(10, *[0] * 29, 40), [(40, 10)], id="thirty days ago counts"),
        pytest.param(of(10, 40, 20, 20), [(40, 10)], id="what came later does not excuse"),
        pytest.param(of(1, 9, measure=Measure.EXPORTS), [], id="nine exports"),
        pytest.param(of(1, 10, measure=Measure.EXPORTS), [(10, 1)], id="ten exports"),
        pytest.param(of(40, 299, measure=Measure.LISTED), [], id="under three hundred listed"),
        pytest.param(of(40, 300, measure=Measure.LISTED), [(300, 40)], id="three hundred listed"),
        pytest.param(
            of(29 * 50, measure=Measure.LISTED), [(1450, None)], id="29 pages of 50 people"
        ),
        pytest.param(of(300, 999, measure=Measure.ROWS), [], id="under a thousand rows"),
        pytest.param(of(300, 1000, measure=Measure.ROWS), [(1000, 300)], id="a thousand rows"),
    ],
)
def test_the_rule(days, found):
    assert [(one.amount, one.usual) for one in unusual_days(days)] == found


def test_people_and_measures_are_each_held_against_themselves():
    days = [
        *of(10, 10, 50, person=1),
        *of(50, 50, 50, person=2),
        *of(5, 5, 20, person=1, measure=Measure.EXPORTS),
    ]

    assert [(one.person, one.measure, one.amount, one.usual) for one in unusual_days(days)] == [
        (1, Measure.READINGS, 50, 10),
        (1, Measure.EXPORTS, 20, 5),
    ]


def test_the_newest_comes_first():
    days = [*of(100), DayOfUse(2, FIRST + timedelta(9), Measure.READINGS, 100)]

    assert unusual_days(days) == [
        UnusualDay(2, FIRST + timedelta(9), Measure.READINGS, 100, None),
        UnusualDay(1, FIRST, Measure.READINGS, 100, None),
    ]
