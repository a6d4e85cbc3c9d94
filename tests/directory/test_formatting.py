"""How dates, moments, money and remaining time read, in both languages and across clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from directory import formatting

NOON_10_MARCH = datetime(2026, 3, 10, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Tuesday 10 March 2026"),
        ("en-gb", "Tuesday 10 March 2026"),
        ("ja", "2026年3月10日（火）"),
        (None, "Tuesday 10 March 2026"),
    ],
)
def test_a_day_is_written_out_and_never_as_bare_numbers(language, expected):
    assert formatting.long_date(date(2026, 3, 10), language) == expected


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        # The United States change their clocks on 8 March 2026, Europe on 29 March, Australia on 5 April.
        (6, "America/New_York", "Thursday 5 March 2026, 22:00 EST (UTC-5)"),
        (10, "America/New_York", "Monday 9 March 2026, 23:00 EDT (UTC-4)"),
        (20, "America/New_York", "Thursday 19 March 2026, 23:00 EDT (UTC-4)"),
        (10, "America/Los_Angeles", "Monday 9 March 2026, 20:00 PDT (UTC-7)"),
        (10, "America/St_Johns", "Tuesday 10 March 2026, 00:30 NDT (UTC-2:30)"),
        (10, "Europe/London", "Tuesday 10 March 2026, 03:00 GMT (UTC)"),
        (20, "Europe/London", "Friday 20 March 2026, 03:00 GMT (UTC)"),
        (30, "Europe/London", "Monday 30 March 2026, 04:00 BST (UTC+1)"),
        (20, "Europe/Oslo", "Friday 20 March 2026, 04:00 CET (UTC+1)"),
        (30, "Europe/Oslo", "Monday 30 March 2026, 05:00 CEST (UTC+2)"),
        (20, "Australia/Sydney", "Friday 20 March 2026, 14:00 AEDT (UTC+11)"),
        (10, "Asia/Tokyo", "Tuesday 10 March 2026, 12:00 JST (UTC+9)"),
        (10, "UTC", "Tuesday 10 March 2026, 03:00 UTC"),
        (10, "America/Sao_Paulo", "Tuesday 10 March 2026, 00:00 UTC-3"),
    ],
)
def test_noon_in_japan_elsewhere(day, zone, expected):
    assert formatting.moment(datetime(2026, 3, day, 3, tzinfo=UTC), zone, "en") == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Tokyo", "2026年3月10日（火）12:00 JST（UTC+9）"),
        ("America/New_York", "2026年3月9日（月）23:00 EDT（UTC-4）"),
        ("UTC", "2026年3月10日（火）03:00 UTC"),
    ],
)
def test_a_moment_in_japanese(zone, expected):
    assert formatting.moment(NOON_10_MARCH, zone, "ja") == expected


@pytest.mark.parametrize(
    "language, expected",
    [("ja", "2026年3月10日 12:00"), ("en", "10 March 2026, 12:00")],
)
def test_a_moment_where_the_heading_names_the_zone(language, expected):
    at = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)

    assert formatting.day_and_time(at, formatting.JAPAN, language) == expected


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        (NOON_10_MARCH, "Asia/Tokyo", True),
        (NOON_10_MARCH + timedelta(seconds=1), "Asia/Tokyo", False),
        (NOON_10_MARCH, "UTC", False),
    ],
)
def test_noon_is_noon_to_the_second(at, zone, expected):
    assert formatting.is_noon(at, zone) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Europe/Oslo", "Europe/Oslo"),
        ("Mars/Base", ""),
        ("../../etc/passwd", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_zones_of_the_list_are_taken(name, expected):
    assert formatting.known_zone(name) == expected


def test_every_zone_we_offer_exists():
    assert [name for name, _label in formatting.ZONES if not formatting.known_zone(name)] == []


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (timedelta(days=40, hours=5), "40 days left"),
        (timedelta(days=7), "7 days left"),
        (timedelta(days=6, hours=23, minutes=59), "6 days 23 hours left"),
        (timedelta(days=2, hours=4), "2 days 4 hours left"),
        (timedelta(days=1), "1 day left"),
        (timedelta(hours=23, minutes=59, seconds=59), "23 hours 59 minutes left"),
        (timedelta(hours=1, minutes=1), "1 hour 1 minute left"),
        (timedelta(minutes=12), "12 minutes left"),
        (timedelta(seconds=59), "Less than a minute left"),
        (timedelta(), "The deadline has passed"),
        (-timedelta(days=1), "The deadline has passed"),
    ],
)
def test_time_left_is_rounded_down_and_never_promises_too_much(rest, expected):
    with translation.override("en"):
        assert formatting.time_left(NOON_10_MARCH, NOON_10_MARCH - rest) == expected


@pytest.mark.parametrize(
    ("amount", "english", "japanese"),
    [
        (115_000_000, "JPY 115,000,000", "115,000,000円（1億1,500万円）"),
        (200_000_000, "JPY 200,000,000", "200,000,000円（2億円）"),
        (5_000_000, "JPY 5,000,000", "5,000,000円（500万円）"),
        (12_345, "JPY 12,345", "12,345円"),
        (0, "JPY 0", "0円"),
    ],
)
def test_yen_are_grouped_and_japanese_pages_add_man(amount, english, japanese):
    assert (formatting.yen(amount, "en"), formatting.yen(amount, "ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("山田 春男", "ja"), ("髙﨑", "ja"), ("サトウ", "ja"), ("Åse Ødegård", ""), ("", "")],
)
def test_the_language_of_a_name_is_told_by_its_script_alone(written, expected):
    assert formatting.script_language(written) == expected


def test_machines_read_the_moment_in_utc():
    assert formatting.in_utc(NOON_10_MARCH) == "2026-03-10T03:00:00Z"
