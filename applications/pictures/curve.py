"""The submissions of a call day by day, added up, against those of the last call, counted from either's deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.pictures.canvas import framed, words
from applications.pictures.cells import column, linked
from applications.pictures.sayings import joined

# In pixels: words above the lines, the lines' own height, words below. The lines are drawn in a
# field of a thousand across, which is stretched to the width of the screen.
TOP, HEIGHT, FOOT, ACROSS = 46, 150, 26, 1000
CLOSE = 18  # two labels nearer than this would lie on one another
LEFT, RIGHT = 0.0, 100.0


@dataclass(frozen=True, slots=True)
class Day:
    """How many had submitted by the end of a day so many days before the deadline; the address of their list."""

    days_left: int
    total: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """One call: its code, days on which somebody submitted (the earliest first), and how far it has come."""

    code: str
    length: int  # days from its opening to its deadline
    days: tuple[Day, ...]
    days_left: int = 0  # of today, once its deadline has passed 0
    address_of_none: str = ""

    @property
    def total(self) -> int:
        return self.days[-1].total if self.days else 0

    def at(self, days_left: int) -> Day:
        """The last day that counts, so many days before the deadline."""
        past = [day for day in self.days if day.days_left >= days_left]
        return past[-1] if past else Day(days_left, 0, self.address_of_none)


@dataclass(frozen=True, slots=True)
class Curve:
    """This call, and the last one of the same agency where there is one."""

    now: Course
    last: Course | None = None

    @property
    def courses(self) -> tuple[Course, ...]:
        return (self.now, self.last) if self.last else (self.now,)

    @property
    def length(self) -> int:
        return max(1, *(course.length for course in self.courses))

    @property
    def highest(self) -> int:
        return max(course.total for course in self.courses)

    def x(self, days_left: int) -> float:
        """Where a day lies, in hundredths of the width; the deadline lies at the right end."""
        return round(RIGHT * (1 - min(days_left, self.length) / self.length), 2)

    def y(self, total: int) -> float:
        """How high a number lies, in pixels from the top."""
        return round(TOP + HEIGHT * (1 - total / (self.highest or 1)), 2)


def curve_finding(curve: Curve) -> str:
    """Say how many have submitted, and how many had at the same distance from the last call's deadline."""
    now, last = curve.now, curve.last
    said = [
        ngettext(
            "%(count)s application has been submitted.",
            "%(count)s applications have been submitted.",
            now.total,
        )
        % {"count": now.total}
    ]
    if last is None:
        said.append(_("There is no earlier call to compare with."))
    elif now.days_left:
        days = ngettext("%(count)d day", "%(count)d days", now.days_left) % {"count": now.days_left}
        then = last.at(now.days_left).total
        said.append(
            _(
                "%(days)s before the deadline of the last call (%(call)s) it was %(then)s of its %(all)s."
            )
            % {"days": days, "call": last.code, "then": then, "all": last.total}
        )
    else:
        said.append(
            _("In the last call (%(call)s) it was %(all)s.")
            % {"call": last.code, "all": last.total}
        )
    return joined(said)


def curve_table(curve: Curve) -> dict[str, Any]:
    """Return a row for each day on which either number rose, and for today and the deadline."""
    days = {day.days_left for course in curve.courses for day in course.days}
    days |= {curve.now.days_left, 0}
    columns: list[Any] = [column(_("Days before the deadline"), numeric=True)]
    columns += [
        column(_("Submitted in %(call)s") % {"call": course.code}, numeric=True)
        for course in curve.courses
    ]
    rows = [
        [left, *(_cell(course, left) for course in curve.courses)]
        for left in sorted(days, reverse=True)
    ]
    return {"columns": columns, "rows": rows}


def _cell(course: Course, days_left: int) -> Any:
    if days_left < course.days_left:
        return "–"  # still to come
    day = course.at(days_left)
    return linked(day.address, day.total)


def draw_curve(curve: Curve, slug: str) -> SafeString:
    """Draw both step lines, each named at its end."""
    shown = [(curve.now, "now", "none")]
    if curve.last:
        shown.insert(0, (curve.last, "last", "6 5"))
    parts = [_axis(curve), *(_line(curve, *one) for one in shown), *_names(curve)]
    return framed(
        parts,
        slug=slug,
        title=_("Submissions, added up"),
        desc=curve_finding(curve),
        height=TOP + HEIGHT + FOOT,
    )


def _axis(curve: Curve) -> SafeString:
    bottom = TOP + HEIGHT
    days = ngettext("%(count)d day before", "%(count)d days before", curve.length)
    return format_html(
        '<line class="chart__axis" x1="0" x2="100%" y1="{y}" y2="{y}" stroke="currentColor"/>{}{}',
        words(days % {"count": curve.length}, x=LEFT, y=bottom + FOOT - 8, kind="axis"),
        words(_("Deadline"), x=RIGHT, y=bottom + FOOT - 8, anchor="end", kind="axis"),
        y=bottom,
    )


def _line(curve: Curve, course: Course, name: str, dashes: str) -> SafeString:
    return format_html(
        '<svg x="0" y="0" width="100%" height="{height}" viewBox="0 0 {across} {height}" '
        'preserveAspectRatio="none" overflow="visible"><path class="chart__line chart__line--{name}" '
        'data-line="{name}" data-total="{total}" d="{path}" fill="none" stroke="currentColor" '
        'stroke-width="{width}" stroke-dasharray="{dashes}" vector-effect="non-scaling-stroke"/></svg>',
        height=TOP + HEIGHT + FOOT,
        across=ACROSS,
        name=name,
        total=course.total,
        path=_path(curve, course),
        width=3 if name == "now" else 2,
        dashes=dashes,
    )


def _path(curve: Curve, course: Course) -> str:
    """From the opening on the ground up a step for each day, and level to where the call has come."""

    def across(days_left: int) -> str:
        return f"{curve.x(days_left) * ACROSS / RIGHT:g}"

    path = f"M{across(course.length)} {curve.y(0):g}"
    for day in course.days:
        path += f"H{across(day.days_left)}V{curve.y(day.total):g}"
    return f"{path}H{across(course.days_left)}"


def _names(curve: Curve) -> Sequence[SafeString]:
    """Each line's name and number at its end, one moved up where they would lie on one another."""
    ends = [curve.y(course.total) - 6 for course in curve.courses]
    if len(ends) == 2 and abs(ends[0] - ends[1]) < CLOSE:
        higher = 0 if ends[0] <= ends[1] else 1
        ends[higher] = ends[1 - higher] - CLOSE
    return [
        words(
            f"{course.code}: {course.total}",
            x=curve.x(course.days_left),
            y=round(y, 2),
            anchor="end" if curve.x(course.days_left) > RIGHT / 2 else "start",
            bold=course is curve.now,
            kind="end",
        )
        for course, y in zip(curve.courses, ends, strict=True)
    ]
