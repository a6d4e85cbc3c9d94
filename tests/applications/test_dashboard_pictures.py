"""The dashboard's pictures: every number of the data stands in the drawing and in the table, 0 too, and none says another."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from applications.pictures.canvas import OF_A_LINE, Bar, bars
from applications.pictures.coverage import (
    Coverage,
    Funder,
    Place,
    coverage_finding,
    draw_coverage,
    funders_table,
    places_table,
)
from applications.pictures.curve import Course, Curve, Day, curve_finding, curve_table, draw_curve
from applications.pictures.funnel import Funnel, Step, draw_funnel, funnel_finding, funnel_table
from applications.pictures.lettering import cut
from applications.pictures.notice_bars import (
    InState,
    NoticesByState,
    draw_notices,
    notices_finding,
    notices_table,
)
from applications.pictures.queue_age import (
    InMailState,
    Queue,
    draw_queue,
    queue_finding,
    queue_table,
)
from applications.workflow import NoticeState as N

NOW = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)
HOSTILE = "\"'><script>alert(1)</script>&amp;]]> and on and on"
FUNNEL = Funnel(
    (Step("Begun", 12, "?a"), Step("Asked", 9), Step("Confirmed", 8), Step("Submitted", 0))
)
COVERAGE = Coverage(
    places=(Place("United States", 6, 0), Place("Norway", 3, 2), Place("France", 0, 0)),
    funders=(
        *(Funder("NIH", "Institutes", "United States", "Existing", 6, "?nih"),),
        *(Funder("RCN", "Council", "Norway", "Additional", 3), Funder("ANR", "Agence", "France", "Existing", 0)),
    ),
    others=1,
)  # fmt: skip
CURVE = Curve(
    Course("now-1", 40, (Day(30, 2), Day(12, 5)), days_left=10),
    Course("last-1", 50, (Day(50, 1), Day(11, 7), Day(0, 20))),
)
NOTICES = NoticesByState(
    (InState(N.DUE, "Due", 4), InState(N.RECORDED, "Done", 3), InState(N.HELD, "Held", 0))
)


def queue(minutes):
    oldest = None if minutes is None else NOW - timedelta(minutes=minutes)
    states = (InMailState("Waiting", 3, "?w"), InMailState("Held", 0))
    return Queue(0 if minutes is None else 3, oldest, NOW, states)


DRAWN = {
    "funnel": (draw_funnel, FUNNEL),
    "coverage": (draw_coverage, COVERAGE),
    "curve": (draw_curve, CURVE),
    "notices": (draw_notices, NOTICES),
    "queue": (draw_queue, queue(125)),
}


def parsed(drawn):
    return ElementTree.fromstring(drawn)  # noqa: S314 -- what the portal drew itself


def texts(drawing, kind):
    return [one.text for one in drawing.iter("text") if one.get("data-text") == kind]


def drawn_bars(drawing):
    """Of each bar: its number as data, as text, and its widths."""
    return [
        (
            int(one.get("data-count")),
            int(re.match(r"\d+", texts(one, "number")[0])[0]),
            [float(part.get("width")[:-1]) for part in one.findall("rect")],
        )
        for one in drawing.findall("g")
    ]


def cells(table, place=1):
    return [int(re.sub(r"<[^>]+>", "", str(row[place]))) for row in table["rows"]]


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_data_make_the_same_bytes_named_and_without_style_or_script(name):
    draw, shown = DRAWN[name]
    drawn = draw(shown, "slug")
    drawing = parsed(drawn)

    assert drawn == draw(shown, "slug")
    assert (
        re.findall(r"\sstyle=|<script|\son[a-z]+=|href|<style|<foreignObject|<image", drawn) == []
    )
    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby") == "slug-title slug-desc"
    assert [one.get("id") for one in drawing[:2]] == ["slug-title", "slug-desc"]
    assert drawing.get("font-size") == "14"
    paints = {one.get("fill") for one in drawing.iter() if one.get("fill")}
    assert paints <= {"currentColor", "none"}
    with translation.override("ja"):
        assert parsed(draw(shown, "slug")).get("role") == "img"


def test_bars_of_the_funnel_are_its_numbers_and_0_is_drawn_as_0():
    drawing = parsed(draw_funnel(FUNNEL, "slug"))

    assert drawn_bars(drawing) == [
        (12, 12, [100.0]),
        (9, 9, [75.0]),
        (8, 8, [66.67]),
        (0, 0, [0.0]),
    ]
    assert texts(drawing, "number") == ["12 (100%)", "9 (75%)", "8 (66%)", "0 (0%)"]
    assert cells(funnel_table(FUNNEL)) == [12, 9, 8, 0]
    assert str(funnel_table(FUNNEL)["rows"][0][1]) == '<a href="?a">12</a>'
    assert "Begun: 12, Asked: 9, Confirmed: 8, Submitted: 0." in drawing[1].text


def test_the_funnel_says_where_most_stop():
    assert funnel_finding(FUNNEL) == (
        "0 of 12 applications are submitted. The largest step is from “Confirmed” to “Submitted”: "
        "8 applications are not there yet."
    )
    assert funnel_finding(Funnel((Step("Begun", 1), Step("Submitted", 1)))) == (
        "1 of 1 application is submitted."
    )
    nothing = Funnel((Step("Begun", 0), Step("Submitted", 0)))
    assert funnel_finding(nothing) == "No application has been begun."
    assert drawn_bars(parsed(draw_funnel(nothing, "slug"))) == [(0, 0, [0.0]), (0, 0, [0.0])]


def test_coverage_draws_each_place_with_the_part_that_may_get_more():
    drawing = parsed(draw_coverage(COVERAGE, "slug"))

    # The hollow bar is the whole, the solid one its part; nothing has neither.
    assert drawn_bars(drawing) == [
        (6, 6, [100.0, 0.0]),
        (3, 3, [50.0, 33.33]),
        (0, 0, [0.0]),
    ]
    assert texts(drawing, "number") == ["6", "3 (2 may get more)", "0"]
    assert cells(places_table(COVERAGE)) == [6, 3, 0]
    assert cells(places_table(COVERAGE), 2) == [0, 2, 0]
    assert cells(funders_table(COVERAGE), 3) == [6, 3, 0, 1]
    assert coverage_finding(COVERAGE) == (
        "2 of the 3 funders on the list have at least one team. Most teams: United States 6, Norway 3."
    )


def test_the_lines_step_where_the_days_are_and_end_where_the_calls_have_come():
    drawing = parsed(draw_curve(CURVE, "slug"))
    paths = {one.get("data-line"): one.get("d") for one in drawing.iter("path")}

    # 50 days are a thousand across; 20 submissions are 150 pixels above the ground at 196.
    assert paths == {
        "now": "M200 196H400V181H760V158.5H800",
        "last": "M0 196H0V188.5H780V143.5H1000V46H1000",
    }
    assert texts(drawing, "end") == ["now-1: 5", "last-1: 20"]
    assert texts(drawing, "axis") == ["50 days before", "Deadline"]
    dashes = {one.get("data-line"): one.get("stroke-dasharray") for one in drawing.iter("path")}
    assert dashes == {"now": "none", "last": "6 5"}


def test_the_table_of_the_lines_holds_every_step_and_leaves_open_what_is_to_come():
    assert curve_table(CURVE)["rows"] == [
        [50, 0, 1], [30, 2, 1], [12, 5, 1], [11, 5, 7], [10, 5, 7], [0, "–", 20],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("curve", "said"),
    [
        (
            CURVE,
            "5 applications have been submitted. 10 days before the deadline of the last call "
            "(last-1) it was 7 of its 20.",
        ),
        (
            Curve(Course("a", 9, (Day(1, 1),)), CURVE.last),
            "1 application has been submitted. In the last call (last-1) it was 20.",
        ),
        (
            Curve(Course("a", 9, ())),
            "0 applications have been submitted. There is no earlier call to compare with.",
        ),
    ],
)
def test_the_lines_finding_compares_at_the_same_distance_from_the_deadline(curve, said):
    assert curve_finding(curve) == said


@pytest.mark.parametrize(("now", "last"), [(5, 5), (20, 19), (19, 20), (0, 0)])
def test_names_at_the_ends_of_lines_never_lie_on_one_another(now, last):
    curve = Curve(Course("a", 9, (Day(1, now),)), Course("b", 9, (Day(1, last),)))
    drawing = parsed(draw_curve(curve, "slug"))

    first, second = (
        float(one.get("y")) for one in drawing.iter("text") if one.get("data-text") == "end"
    )
    assert abs(first - second) >= 18
    assert min(first, second) >= 14  # within the picture


def test_notices_are_drawn_and_told_state_by_state():
    drawing = parsed(draw_notices(NOTICES, "slug"))

    assert [(count, said) for count, said, _widths in drawn_bars(drawing)] == [
        (4, 4),
        (3, 3),
        (0, 0),
    ]
    assert cells(notices_table(NOTICES)) == [4, 3, 0]
    assert notices_finding(NOTICES) == (
        "3 of 7 notices have been given. 4 are due and not yet given."
    )
    assert (
        notices_finding(NoticesByState((InState(N.DUE, "Due", 0),))) == "There are no notices yet."
    )


@pytest.mark.parametrize(
    ("minutes", "band", "place", "said"),
    [
        (None, 0, 0.0, "0 mails wait."),
        (0, 0, 0.0, "less than a minute ago. That is usual."),
        (5, 0, 16.67, "5 minutes ago. That is usual."),
        (10, 0, 33.33, "10 minutes ago. That is usual."),
        (35, 1, 50.0, "35 minutes ago. That is slow: mail usually leaves within ten minutes."),
        (60, 1, 66.67, "1 hour ago. That is slow: mail usually leaves within ten minutes."),
        (750, 2, 83.33, "12 hours 30 minutes ago. That is too long: the mail server may refuse mail, or no worker may be running."),
        (99_999, 2, 100.0, "69 days ago. That is too long: the mail server may refuse mail, or no worker may be running."),
    ],
)  # fmt: skip
def test_the_age_of_the_queue_lies_in_its_band(minutes, band, place, said):
    shown = queue(minutes)
    (mark,) = (
        one for one in parsed(draw_queue(shown, "slug")).iter("rect") if one.get("data-waited")
    )

    assert (shown.band, shown.place, mark.get("width")) == (band, place, f"{place}%")
    assert mark.get("data-waited") == str(60 * (minutes or 0))
    assert queue_finding(shown).endswith(said)
    assert queue_finding(shown)[0] == ("0" if minutes is None else "3")
    assert cells(queue_table(shown)) == [3, 0]


def test_a_hostile_name_is_text_in_the_drawing_and_whole_in_the_table():
    long = HOSTILE * 3
    drawing = parsed(bars([Bar(long, 1)], slug="slug", title=HOSTILE, desc=HOSTILE))
    funders = Coverage((), (Funder("X", HOSTILE, "", "", 0),), 0)

    assert texts(drawing, "label") == [cut(long, most=OF_A_LINE)]
    assert texts(drawing, "label")[0].startswith(HOSTILE[:30])
    assert {one.tag for one in drawing.iter()} <= {
        *("svg", "title", "desc", "g", "line", "rect", "text")
    }
    assert funders_table(funders)["rows"][0][0] == f"X – {HOSTILE}"
