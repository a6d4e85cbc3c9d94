"""What the timeline says in words: its finding, the key to its marks, and the table with everything it draws."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from applications.pictures.marks import MARKS, shape
from applications.pictures.timeline import Lane, Timeline
from applications.workflow import DONE, NEEDS_A_PERSON, NoticeState
from directory.formatting import JAPAN, is_japanese, moment


def finding(timeline: Timeline) -> str:
    """Return what the picture shows, in sentences: the sum, then the most pressing."""
    return joined(_findings(timeline))


def joined(sentences: Iterable[str]) -> str:
    """Put sentences behind one another; Japanese ones need no space between them."""
    return ("" if is_japanese(get_language()) else " ").join(sentences)


def _findings(timeline: Timeline) -> list[str]:
    asked = [lane.state for lane in timeline.lanes if lane.asked]
    if not asked:
        return [_("The list asks for no notice here.")]
    found = Counter(asked)
    done = sum(found[state] for state in DONE)
    troubled = sum(found[state] for state in NEEDS_A_PERSON)
    parts = [
        ngettext(
            "%(done)s of %(count)s notice has been given.",
            "%(done)s of %(count)s notices have been given.",
            len(asked),
        )
        % {"done": done, "count": len(asked)}
    ]
    if troubled:
        parts.append(
            ngettext("%(count)s needs a person.", "%(count)s need a person.", troubled)
            % {"count": troubled}
        )
    for state, sentence in _counted(found):
        if found[state]:
            parts.append(sentence % {"count": found[state]})
    return parts


def _counted(found: Counter[str]) -> list[tuple[NoticeState, str]]:
    due = found[NoticeState.DUE]
    later = found[NoticeState.NOT_YET_DUE]
    away = found[NoticeState.RELEASED]
    unsent = found[NoticeState.NOT_SENT_BY_CHOICE]
    return [
        (
            NoticeState.DUE,
            ngettext(
                "%(count)s is due and not yet given.", "%(count)s are due and not yet given.", due
            ),
        ),
        (
            NoticeState.RELEASED,
            ngettext(
                "%(count)s is on its way to the mail server.",
                "%(count)s are on their way to the mail server.",
                away,
            ),
        ),
        (
            NoticeState.NOT_YET_DUE,
            ngettext("%(count)s is not due yet.", "%(count)s are not due yet.", later),
        ),
        (
            NoticeState.NOT_SENT_BY_CHOICE,
            ngettext(
                "%(count)s is not sent, by choice.", "%(count)s are not sent, by choice.", unsent
            ),
        ),
    ]


def key(timeline: Timeline) -> list[tuple[SafeString, str]]:
    """Return the marks that occur, each with its words."""
    used = {mark.kind for mark in timeline.marks}
    return [(shape(kind), str(words)) for kind, words in MARKS.items() if kind in used]


def table(timeline: Timeline) -> dict[str, Any]:
    """Return all that is drawn as columns and rows: one row a mark, and one for a lane without any."""
    columns = [
        _("Notice to"),
        _("Grant holder"),
        _("State"),
        _("What happened"),
        _("Japan time"),
        "UTC",
    ]
    rows = [row for lane in timeline.lanes for row in _rows(lane)]
    return {"columns": columns, "rows": rows}


def _rows(lane: Lane) -> list[list[Any]]:
    who = _isolated(lane.holder, lane.holder_lang)
    start = [lane.body, who, lane.state_words]
    if not lane.marks:
        return [[*start, _("Nothing has happened yet."), "–", "–"]]
    language = get_language()
    return [
        [
            *start,
            str(MARKS[mark.kind]),
            moment(mark.at, JAPAN, language),
            moment(mark.at, "UTC", language),
        ]
        for mark in lane.marks
    ]


def _isolated(name: str, lang: str) -> SafeString:
    if lang:
        return format_html('<bdi lang="{}">{}</bdi>', lang, name)
    return format_html("<bdi>{}</bdi>", name)
