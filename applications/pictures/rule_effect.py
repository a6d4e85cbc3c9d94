"""What another list would move: best verdicts now and by the draft, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.pictures.canvas import BAR, FULL, GAP, WORDS, framed, words
from applications.pictures.cells import column
from applications.pictures.funnel import listed
from applications.pictures.sayings import joined

ARROW = "→"


@dataclass(frozen=True, slots=True)
class Shift:
    """One verdict: how many applications that differ have it at best, now and by the draft."""

    words: str
    drafts: tuple[int, int]
    submitted: tuple[int, int]


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """Every verdict, best first; ``drafts`` and ``submitted`` differ, of ``judged`` applications."""

    shifts: tuple[Shift, ...]
    judged: int
    drafts: int
    drafts_turn: int
    submitted: int


def effect_finding(effect: RuleEffect) -> str:
    """Say how many drafts move and how many submitted ones would differ but stay as they are."""
    if not effect.drafts and not effect.submitted:
        return ngettext(
            "%(count)s application was judged by both lists, and nothing differs.",
            "%(count)s applications were judged by both lists, and nothing differs.",
            effect.judged,
        ) % {"count": effect.judged}
    said = []
    if effect.drafts:
        said.append(
            ngettext(
                "%(count)s draft would differ; the best verdict of %(turn)s would be another.",
                "%(count)s drafts would differ; the best verdict of %(turn)s would be another.",
                effect.drafts,
            )
            % {"count": effect.drafts, "turn": effect.drafts_turn}
        )
    if effect.submitted:
        said.append(
            ngettext(
                "%(count)s submitted application would be judged otherwise, and keeps the list it was submitted under.",
                "%(count)s submitted applications would be judged otherwise, and keep the list they were submitted under.",
                effect.submitted,
            )
            % {"count": effect.submitted}
        )
    return joined(said)


def effect_table(effect: RuleEffect) -> dict[str, Any]:
    """Return the verdicts as columns and rows."""
    columns = [
        column(_("Best verdict")),
        column(_("Drafts now"), numeric=True),
        column(_("Drafts by the new list"), numeric=True),
        column(_("Submitted, as they stay"), numeric=True),
        column(_("Submitted, by the new list"), numeric=True),
    ]
    rows = [[one.words, *one.drafts, *one.submitted] for one in effect.shifts]
    return {"columns": columns, "rows": rows}


def draw_effect(effect: RuleEffect, slug: str) -> SafeString:
    """Draw two bars for each verdict: hollow the drafts that have it now, solid those that would."""
    longest = max((count for one in effect.shifts for count in one.drafts), default=0) or 1
    step = WORDS + 2 * BAR + GAP
    each = [f"{one.words}: {_said(one)}" for one in effect.shifts]
    return framed(
        (_shift(one, place * step, longest) for place, one in enumerate(effect.shifts)),
        slug=slug,
        title=_("Drafts that differ, by their best verdict"),
        desc=joined([effect_finding(effect), listed(each)]),
        height=len(effect.shifts) * step,
    )


def _said(shift: Shift) -> str:
    before, after = shift.drafts
    return f"{before} {ARROW} {after}"


def _shift(shift: Shift, top: int, longest: int) -> SafeString:
    return format_html(
        '<g class="chart__bar" data-shift="{said}">{name}{number}'
        '<line class="chart__foot" x1="0" x2="0" y1="{start}" y2="{end}" stroke="currentColor" '
        'stroke-width="2"/>{before}{after}</g>',
        said=_said(shift),
        name=words(shift.words, x=0, y=top + WORDS - 6),
        number=words(
            _said(shift), x=FULL, y=top + WORDS - 6, anchor="end", bold=True, kind="number"
        ),
        start=top + WORDS,
        end=top + WORDS + 2 * BAR,
        **dict(_pair(shift, top + WORDS, longest)),
    )


def _pair(shift: Shift, top: int, longest: int) -> Iterator[tuple[str, SafeString]]:
    before, after = (round(FULL * count / longest, 2) for count in shift.drafts)
    yield (
        "before",
        format_html(
            '<rect class="chart__rest" data-before="{}" x="0" y="{}" width="{}%" height="{}" '
            'fill="none" stroke="currentColor" stroke-width="2"/>',
            *(shift.drafts[0], top + 1, before, BAR - 2),
        ),
    )
    yield (
        "after",
        format_html(
            '<rect class="chart__solid" data-after="{}" x="0" y="{}" width="{}%" height="{}" '
            'fill="currentColor"/>',
            *(shift.drafts[1], top + BAR, after, BAR),
        ),
    )
