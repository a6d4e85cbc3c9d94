"""The funnel of a call: how many applications reached each stage, and where most stop."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.pictures.canvas import Bar, bars
from applications.pictures.cells import column, linked
from applications.pictures.sayings import joined


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: its words, how many came so far, and the address of their list."""

    words: str
    count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages in order; each counts whoever came further, so numbers never rise."""

    steps: tuple[Step, ...]

    def share(self, step: Step) -> int:
        """Hundredths of those who began, rounded down so that only all are a hundred."""
        begun = self.steps[0].count
        return 100 * step.count // begun if begun else 0


def funnel_finding(funnel: Funnel) -> str:
    """Say how many came to the end, and after which stage most stopped."""
    first, last = funnel.steps[0], funnel.steps[-1]
    if not first.count:
        return _("No application has been begun.")
    said = [
        ngettext(
            "%(done)s of %(count)s application is submitted.",
            "%(done)s of %(count)s applications are submitted.",
            first.count,
        )
        % {"done": last.count, "count": first.count}
    ]
    lost, before, after = max(
        (
            (one.count - other.count, one, other)
            for one, other in zip(funnel.steps, funnel.steps[1:], strict=False)
        ),
        key=lambda found: found[0],
    )
    if lost:
        said.append(
            ngettext(
                "The largest step is from “%(before)s” to “%(after)s”: %(count)s application is not there yet.",
                "The largest step is from “%(before)s” to “%(after)s”: %(count)s applications are not there yet.",
                lost,
            )
            % {"before": before.words, "after": after.words, "count": lost}
        )
    return joined(said)


def funnel_table(funnel: Funnel) -> dict[str, Any]:
    """Return the stages as columns and rows."""
    columns = [
        column(_("Stage")),
        column(_("Applications"), numeric=True),
        column(_("Of those begun"), numeric=True),
    ]
    rows = [
        [step.words, linked(step.address, step.count), f"{funnel.share(step)}%"]
        for step in funnel.steps
    ]
    return {"columns": columns, "rows": rows}


def draw_funnel(funnel: Funnel, slug: str) -> SafeString:
    """Draw a bar for each stage."""
    shown = [Bar(step.words, step.count, f"({funnel.share(step)}%)") for step in funnel.steps]
    each = [f"{step.words}: {step.count}" for step in funnel.steps]
    return bars(
        shown,
        slug=slug,
        title=_("Applications by the stage reached"),
        desc=joined([funnel_finding(funnel), listed(each)]),
    )


def listed(parts: list[str]) -> str:
    """Put short parts behind one another as one sentence of a description."""
    return _("%(parts)s.") % {"parts": _(", ").join(parts)}
