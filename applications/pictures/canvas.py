"""What the dashboard's pictures are made of: a frame with its words, bars, lines of text. Places across in hundredths of the width."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from applications.pictures.lettering import cut

# One bar, in pixels: its words and number, the bar itself, and the gap before the next.
WORDS, BAR, GAP = 20, 14, 12
OF_A_LINE = 32  # letters of a bar's name, which shares its line with the number alone
FULL = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A named number; ``part`` of it is drawn solid and the rest hollow (all of it solid: None)."""

    name: str
    count: int
    said: str = ""  # what stands behind the number
    part: int | None = None


def framed(
    parts: Iterable[SafeString], *, slug: str, title: str, desc: str, height: int
) -> SafeString:
    """Put parts into one drawing that says what it is and what it shows."""
    return format_html(
        '<svg class="chart__drawing" role="img" aria-labelledby="{slug}-title {slug}-desc" '
        'width="100%" height="{height}" font-size="14">'
        '<title id="{slug}-title">{title}</title><desc id="{slug}-desc">{desc}</desc>'
        "{parts}</svg>",
        slug=slug,
        height=height,
        title=title,
        desc=desc,
        parts=format_html_join("", "{}", [(part,) for part in parts]),
    )


def words(
    text: str, *, x: float, y: float, anchor: str = "start", bold: bool = False, kind: str = "label"
) -> SafeString:
    """A line of text that keeps its size on every screen."""
    return format_html(
        '<text class="chart__text" data-text="{}" x="{}%" y="{}" text-anchor="{}" '
        'font-weight="{}" fill="currentColor">{}</text>',
        kind,
        round(x, 2),
        y,
        anchor,
        700 if bold else 400,
        text,
    )


def bars(shown: Iterable[Bar], *, slug: str, title: str, desc: str) -> SafeString:
    """Draw bars below one another, each under its words, the longest across the whole width.

    Nothing is drawn as a line of no length, and its number as 0.
    """
    shown = list(shown)
    longest = max((bar.count for bar in shown), default=0) or 1
    step = WORDS + BAR + GAP
    drawn = [_bar(bar, place * step, longest) for place, bar in enumerate(shown)]
    return framed(drawn, slug=slug, title=title, desc=desc, height=len(drawn) * step)


def _bar(bar: Bar, top: int, longest: int) -> SafeString:
    line = f"{bar.count}{' ' + bar.said if bar.said else ''}"
    solid = bar.count if bar.part is None else bar.part
    rest = format_html(
        '<rect class="chart__rest" data-rest="{}" x="0" y="{}" width="{}%" height="{}" '
        'fill="none" stroke="currentColor" stroke-width="2"/>',
        bar.count,
        top + WORDS,
        _share(bar.count, longest),
        BAR,
    )
    return format_html(
        '<g class="chart__bar" data-count="{count}">{name}{number}'
        '<line class="chart__foot" x1="0" x2="0" y1="{top}" y2="{bottom}" stroke="currentColor" '
        'stroke-width="2"/>{rest}'
        '<rect class="chart__solid" data-solid="{solid}" x="0" y="{top}" width="{width}%" '
        'height="{height}" fill="currentColor"/></g>',
        count=bar.count,
        name=words(cut(bar.name, most=OF_A_LINE), x=0, y=top + WORDS - 6),
        number=words(line, x=FULL, y=top + WORDS - 6, anchor="end", bold=True, kind="number"),
        top=top + WORDS,
        bottom=top + WORDS + BAR,
        rest=rest if bar.part is not None and bar.count else "",
        solid=solid,
        width=_share(solid, longest),
        height=BAR,
    )


def _share(count: int, longest: int) -> float:
    return round(FULL * count / longest, 2)
