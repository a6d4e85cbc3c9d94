"""Dates, moments, money and remaining time, as people read them in English and in Japanese.

Nothing here asks the clock or the database: moments and languages are handed in.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

JAPAN = "Asia/Tokyo"

ZONES: Sequence[tuple[str, str | Promise]] = [
    ("Asia/Tokyo", gettext_lazy("Japan")),
    ("UTC", gettext_lazy("UTC")),
    ("Europe/London", gettext_lazy("United Kingdom")),
    ("Europe/Paris", gettext_lazy("France")),
    ("Europe/Berlin", gettext_lazy("Germany")),
    ("Europe/Amsterdam", gettext_lazy("Netherlands")),
    ("Europe/Brussels", gettext_lazy("Brussels")),
    ("Europe/Oslo", gettext_lazy("Norway")),
    ("Europe/Stockholm", gettext_lazy("Sweden")),
    ("Europe/Zurich", gettext_lazy("Switzerland")),
    ("America/New_York", gettext_lazy("New York")),
    ("America/Chicago", gettext_lazy("Chicago")),
    ("America/Denver", gettext_lazy("Denver")),
    ("America/Los_Angeles", gettext_lazy("Los Angeles")),
    ("America/Anchorage", gettext_lazy("Anchorage")),
    ("Pacific/Honolulu", gettext_lazy("Honolulu")),
    ("America/St_Johns", gettext_lazy("St. John's")),
    ("America/Halifax", gettext_lazy("Halifax")),
    ("America/Toronto", gettext_lazy("Toronto")),
    ("America/Winnipeg", gettext_lazy("Winnipeg")),
    ("America/Edmonton", gettext_lazy("Edmonton")),
    ("America/Vancouver", gettext_lazy("Vancouver")),
    ("Australia/Perth", gettext_lazy("Perth")),
    ("Australia/Adelaide", gettext_lazy("Adelaide")),
    ("Australia/Brisbane", gettext_lazy("Brisbane")),
    ("Australia/Sydney", gettext_lazy("Sydney and Melbourne")),
]

# Formats, not sentences: the reader's language decides, not strftime's locale.
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS_JA = "月火水木金土日"
MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A_WEEK = 7
MAN, OKU = 10_000, 100_000_000


def is_japanese(language: str | None) -> bool:
    """Whether ``language`` is any form of Japanese."""
    return (language or "").split("-")[0] == "ja"


def long_date(day: date, language: str | None) -> str:
    """``Tuesday 10 March 2026`` or ``2026年3月10日（火）``; the month never as a bare number in English."""
    if is_japanese(language):
        return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS_JA[day.weekday()]}）"
    return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def short_date(day: date, language: str | None) -> str:
    """``10 March 2026`` or ``2026年3月10日``, for a cell of a table; the month never as a bare number in English."""
    if is_japanese(language):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(name: str | None) -> str:
    """``name`` when it is a time zone of the IANA list, else the empty string."""
    return name if name and name in _known_zones() else ""


def zone_label(name: str) -> str:
    """The place a zone is named after, in the active language where we offer it."""
    offered = dict(ZONES)
    return str(offered[name]) if name in offered else name.rsplit("/", 1)[-1].replace("_", " ")


def utc_offset(at: datetime) -> str:
    """``UTC+9``, ``UTC-2:30``, or ``UTC`` for no difference."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def clock(at: datetime, zone: str, language: str | None = None) -> str:
    """The 24-hour time with its zone: ``12:00 JST (UTC+9)``. ``at`` must be aware."""
    local = at.astimezone(ZoneInfo(zone))
    abbreviation, offset = local.tzname() or "", utc_offset(local)
    if not re.fullmatch(r"[A-Z]{2,5}", abbreviation) or abbreviation == offset:
        return f"{local:%H:%M} {offset}"
    brackets = "（{}）" if is_japanese(language) else " ({})"
    return f"{local:%H:%M} {abbreviation}{brackets.format(offset)}"


def moment(at: datetime, zone: str, language: str | None) -> str:
    """Date and time in ``zone``: ``Tuesday 10 March 2026, 12:00 JST (UTC+9)``."""
    day = long_date(at.astimezone(ZoneInfo(zone)).date(), language)
    return day + ("" if is_japanese(language) else ", ") + clock(at, zone, language)


def day_and_time(at: datetime, zone: str, language: str | None) -> str:
    """Date and time in ``zone`` for a cell of a table that names the zone: ``10 March 2026, 12:00``."""
    local = at.astimezone(ZoneInfo(zone))
    between = " " if is_japanese(language) else ", "
    return f"{short_date(local.date(), language)}{between}{local:%H:%M}"


def is_noon(at: datetime, zone: str) -> bool:
    """Whether ``at`` is exactly noon in ``zone``, which deadlines name in words."""
    local = at.astimezone(ZoneInfo(zone))
    return (local.hour, local.minute, local.second) == (12, 0, 0)


def time_left(until: datetime, now: datetime) -> str:
    """What remains, in the active language: days and hours in the last week, then hours and minutes.

    Rounded down, so that nobody is promised a minute that is not there.
    """
    rest = until - now
    if rest <= timedelta():
        return _("The deadline has passed")
    if rest < MINUTE:
        return _("Less than a minute left")
    parts = _parts(rest)
    if len(parts) == 1:
        return _("%(time)s left") % {"time": parts[0]}
    return _("%(time)s %(smaller_time)s left") % {"time": parts[0], "smaller_time": parts[1]}


def age(since: datetime, now: datetime) -> str:
    """How long ago ``since`` was, in the active language and rounded down: 2 days 4 hours."""
    passed = now - since
    if passed < MINUTE:
        return _("less than a minute")
    parts = _parts(passed)
    if len(parts) == 1:
        return parts[0]
    return _("%(time)s %(smaller_time)s") % {"time": parts[0], "smaller_time": parts[1]}


def _parts(time: timedelta) -> list[str]:
    """Days from a week on, days and hours below it, then hours and minutes; of a minute or more."""
    days, hours, minutes = time // DAY, time % DAY // HOUR, time % HOUR // MINUTE
    if days >= A_WEEK:
        return [_days(days)]
    if days:
        return [_days(days), _hours(hours)] if hours else [_days(days)]
    if hours:
        return [_hours(hours), _minutes(minutes)] if minutes else [_hours(hours)]
    return [_minutes(minutes)]


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}


def _minutes(count: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


def yen(amount: int, language: str | None) -> str:
    """``JPY 115,000,000``, or ``115,000,000円（1億1,500万円）`` where 万 divides it evenly."""
    if not is_japanese(language):
        return f"JPY {amount:,}"
    oku, rest = divmod(abs(amount), OKU)
    if not amount or rest % MAN:
        return f"{amount:,}円"
    sign = "-" if amount < 0 else ""
    large = (f"{oku:,}億" if oku else "") + (f"{rest // MAN:,}万" if rest else "")
    return f"{amount:,}円（{sign}{large}円）"


def script_language(written: str) -> str:
    """``ja`` for a name with kana or Chinese characters, else the empty string: nothing is guessed."""
    return (
        "ja"
        if re.search(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]", written)
        else ""
    )


def in_latin(written: str) -> bool:
    """Whether every letter of a name is Latin; marks such as the okina count as Latin too."""
    return all(
        unicodedata.name(letter, "").startswith(("LATIN", "FULLWIDTH LATIN", "MODIFIER LETTER"))
        for letter in written
        if letter.isalpha()
    )


def person_name(written: str, latin: str, language: str | None) -> tuple[str, str]:
    """A name as ``(first, in brackets)``; the second is empty where one writing is enough.

    People who write their name in Latin letters are shown as they write it, in their own order.
    Other names stand first on Japanese pages, and after the Latin ones elsewhere (ux.md 3).
    """
    if not latin or latin == written or in_latin(written):
        return written, ""
    return (written, latin) if is_japanese(language) else (latin, written)


def in_utc(at: datetime) -> str:
    """The machine-readable form for ``<time datetime>``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
