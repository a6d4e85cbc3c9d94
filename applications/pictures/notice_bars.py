"""The notices of a call by state."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.pictures.canvas import Bar, bars
from applications.pictures.cells import column, linked
from applications.pictures.funnel import listed
from applications.pictures.sayings import joined
from applications.workflow import DONE, NEEDS_A_PERSON, NoticeState


@dataclass(frozen=True, slots=True)
class InState:
    """How many notices stand in one state, and the address of their list."""

    state: NoticeState
    words: str
    count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class NoticesByState:
    """Every state, in the order of a notice's life."""

    states: tuple[InState, ...]

    def among(self, states: frozenset[NoticeState]) -> int:
        return sum(one.count for one in self.states if one.state in states)


def notices_finding(notices: NoticesByState) -> str:
    """Say how many notices are given, due and in trouble."""
    number = sum(one.count for one in notices.states)
    if not number:
        return _("There are no notices yet.")
    due, troubled = notices.among(frozenset({NoticeState.DUE})), notices.among(NEEDS_A_PERSON)
    said = [
        ngettext(
            "%(done)s of %(count)s notice has been given.",
            "%(done)s of %(count)s notices have been given.",
            number,
        )
        % {"done": notices.among(DONE), "count": number}
    ]
    if due:
        sentence = ngettext(
            "%(count)s is due and not yet given.", "%(count)s are due and not yet given.", due
        )
        said.append(sentence % {"count": due})
    if troubled:
        sentence = ngettext("%(count)s needs a person.", "%(count)s need a person.", troubled)
        said.append(sentence % {"count": troubled})
    return joined(said)


def notices_table(notices: NoticesByState) -> dict[str, Any]:
    """Return the states as columns and rows."""
    columns = [column(_("State")), column(_("Notices"), numeric=True)]
    rows = [[one.words, linked(one.address, one.count)] for one in notices.states]
    return {"columns": columns, "rows": rows}


def draw_notices(notices: NoticesByState, slug: str) -> SafeString:
    """Draw a bar for each state."""
    return bars(
        [Bar(one.words, one.count) for one in notices.states],
        slug=slug,
        title=_("Notices by state"),
        desc=joined(
            [
                notices_finding(notices),
                listed([f"{one.words}: {one.count}" for one in notices.states]),
            ]
        ),
    )
