"""The timeline as SVG: places in hundredths of the width, so that text keeps its size on every screen."""

from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.pictures.lettering import COLUMNS, columns_of, cut
from applications.pictures.marks import MARKS, shape
from applications.pictures.sayings import finding, joined
from applications.pictures.timeline import Lane, Timeline, levels, place
from applications.wording import day, short_day
from directory.formatting import JAPAN, ZoneInfo, moment

# Rows of the picture, in pixels: two labels of lines, then lanes of two lines of text and their marks.
LABEL, TEXT, STEP, GAP, FOOT = 20, 20, 22, 18, 28
TOP = 2 * LABEL + 8
SEPARATOR = " · "
LEAST = 8


def draw(timeline: Timeline, slug: str) -> SafeString:
    """Return the drawing; ``slug`` makes its ids unique on the page. The same data, the same bytes."""
    span = timeline.span
    top, lanes = TOP, []
    for lane in timeline.lanes:
        height, drawn = _lane(lane, top, span)
        lanes.append((drawn,))
        top += height
    bottom = top
    lines = [
        _line(timeline.closes_at, _("Deadline %(day)s"), "deadline", LABEL - 6, bottom, span),
        _line(timeline.now, _("Today %(day)s"), "today", 2 * LABEL - 6, bottom, span),
    ]
    return format_html(
        '<svg class="timeline__drawing" role="img" aria-labelledby="{slug}-title {slug}-desc" '
        'width="100%" height="{height}" font-size="14">'
        '<title id="{slug}-title">{title}</title><desc id="{slug}-desc">{desc}</desc>'
        "{lines}{lanes}{ends}</svg>",
        slug=slug,
        height=bottom + FOOT,
        title=_("Timeline of the notices"),
        desc=_description(timeline),
        lines=format_html_join("", "{}", [(line,) for line in lines]),
        lanes=format_html_join("", "{}", lanes),
        ends=_ends(span, bottom),
    )


def _description(timeline: Timeline) -> str:
    language = get_language()
    lanes = [
        _("%(body)s, %(holder)s: %(state)s.")
        % {"body": lane.body, "holder": lane.holder, "state": lane.state_words}
        for lane in timeline.lanes
    ]
    deadline = _("The deadline is %(moment)s.") % {
        "moment": moment(timeline.closes_at, JAPAN, language)
    }
    return joined([finding(timeline), deadline, *lanes])


def _line(
    at: datetime,
    words: str,
    name: str,
    baseline: int,
    bottom: int,
    span: tuple[datetime, datetime],
) -> SafeString:
    """A moment that concerns all lanes: an upright line with its own label, on the roomier side."""
    where = place(at, span)
    return format_html(
        '<line class="timeline__{name}" data-line="{name}" x1="{x}%" x2="{x}%" y1="{y1}" y2="{y2}" '
        'stroke="currentColor" stroke-width="2" stroke-dasharray="{dashes}"/>'
        '<text class="timeline__text" x="{x}%" y="{baseline}" text-anchor="{anchor}" '
        'fill="currentColor">{words}</text>',
        name=name,
        x=where,
        y1=baseline + 5,
        y2=bottom,
        dashes="none" if name == "deadline" else "3 5",
        baseline=baseline,
        anchor="end" if where > 50 else "start",
        words=words % {"day": short_day(_in_japan(at))},
    )


def _lane(lane: Lane, top: int, span: tuple[datetime, datetime]) -> tuple[int, SafeString]:
    """One notice: name and state above, marks on their line; returns its height too."""
    places = [place(mark.at, span) for mark in lane.marks]
    steps = levels(places)
    line = top + 2 * TEXT + STEP // 2 + 2
    marks = format_html_join(
        "",
        '<svg x="{}%" y="{}" overflow="visible" data-at="{}"><title>{}</title>{}</svg>',
        [
            (where, line + step * STEP, mark.at.isoformat(), MARKS[mark.kind], shape(mark.kind))
            for mark, where, step in zip(lane.marks, places, steps, strict=True)
        ],
    )
    # A long label leaves the name a few letters all the same.
    body = cut(lane.body)
    room = max(COLUMNS - columns_of(body) - len(SEPARATOR), LEAST)
    lang = format_html(' lang="{}"', lane.holder_lang) if lane.holder_lang else ""
    drawn = format_html(
        '<g class="timeline__lane">'
        '<line class="timeline__track" x1="0" x2="100%" y1="{line}" y2="{line}" '
        'stroke="currentColor"/>'
        '<text class="timeline__text" x="0" y="{name}" fill="currentColor">'
        '<tspan font-weight="700">{body}</tspan>{separator}'
        '<tspan unicode-bidi="isolate"{lang}>{holder}</tspan></text>'
        '<text class="timeline__text" x="0" y="{state}" fill="currentColor">{words}</text>'
        "{marks}</g>",
        line=line,
        name=top + TEXT - 5,
        body=body,
        separator=SEPARATOR,
        lang=lang,
        holder=cut(lane.holder, room),
        state=top + 2 * TEXT - 5,
        words=lane.state_words,
        marks=marks,
    )
    return 2 * TEXT + STEP * max([1, *(step + 1 for step in steps)]) + GAP, drawn


def _ends(span: tuple[datetime, datetime], bottom: int) -> SafeString:
    """The first and the last day shown, at their ends."""
    return format_html_join(
        "",
        '<text class="timeline__text timeline__end" x="{}%" y="{}" text-anchor="{}" '
        'fill="currentColor">{}</text>',
        [
            (where, bottom + FOOT - 8, anchor, day(_in_japan(at)))
            for where, anchor, at in ((0, "start", span[0]), (100, "end", span[1]))
        ],
    )


def _in_japan(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(JAPAN))
