"""The timeline as a picture: every mark and number is the data's, in the drawing and in the table alike."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from applications import pictures
from applications.pictures import Lane, Mark, MarkKind, Timeline
from applications.pictures.drawing import draw
from applications.pictures.lettering import cut
from applications.pictures.timeline import CLOSE, levels
from applications.workflow import NoticeState as N

CLOSES = datetime(2024, 5, 28, 3, 0, tzinfo=UTC)
NOW = datetime(2024, 5, 30, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
K = MarkKind
LANES = (
    Lane(
        *("RCN", "Kari Nordmann", "", N.BOUNCED, "Came back", True),
        marks=(
            Mark(K.EDITED, CLOSES - 9 * DAY),
            Mark(K.RELEASED, CLOSES - 8 * DAY),
            Mark(K.HANDED_OVER, CLOSES - 8 * DAY),
            Mark(K.BOUNCED, CLOSES - 7 * DAY),
        ),
    ),
    Lane("NIHR", "山田 花子", "ja", N.RECORDED, "Done", True, (Mark(K.RECORDED, CLOSES - DAY),)),
    Lane("ANR", "Zoé Petit", "", N.NOTHING_OWED, "Nothing owed", False),
)
SHOWN = Timeline(LANES, CLOSES, NOW)
HOSTILE = "\"'><script>alert(1)</script>&amp;]]><b onload=x> and on and on"


def parsed(drawn):
    return ElementTree.fromstring(drawn)  # noqa: S314 -- what the portal drew itself


def svg(timeline=SHOWN):
    return parsed(draw(timeline, "slug"))


def marks_of(drawing):
    """What each lane draws: kind and moment of every mark."""
    return [
        [(one.find("path").get("data-mark"), one.get("data-at")) for one in lane.iter("svg")]
        for lane in drawing.findall("g")
    ]


def lane_texts(drawing):
    return [["".join(text.itertext()) for text in lane.findall("text")] for lane in drawing]


def test_every_mark_of_the_data_is_drawn_once_in_its_lane_with_its_moment():
    drawing = svg()

    assert marks_of(drawing) == [
        [(mark.kind.value, mark.at.isoformat()) for mark in lane.marks] for lane in LANES
    ]
    assert lane_texts(drawing.findall("g")) == [
        ["RCN · Kari Nordmann", "Came back"],
        ["NIHR · 山田 花子", "Done"],
        ["ANR · Zoé Petit", "Nothing owed"],
    ]


def test_marks_lie_where_their_moments_lie_and_none_hides_another():
    drawing = svg()
    first, last = CLOSES - 9 * DAY, NOW

    def expected(at):
        return round(3 + 94 * ((at - first) / (last - first)), 2)

    for lane, drawn in zip(LANES, drawing.findall("g"), strict=True):
        places = [(float(one.get("x")[:-1]), int(one.get("y"))) for one in drawn.iter("svg")]
        assert [x for x, _y in places] == [expected(mark.at) for mark in lane.marks]
        for place, (x, y) in enumerate(places):
            for other_x, other_y in places[place + 1 :]:
                assert y != other_y or abs(x - other_x) >= CLOSE
    lines = {line.get("data-line"): line.get("x1") for line in drawing.findall("line")}
    assert lines == {"deadline": f"{expected(CLOSES)}%", "today": f"{expected(NOW)}%"}


@pytest.mark.parametrize(
    ("places", "steps"),
    [([], []), ([3], [0]), ([3, 4, 5], [0, 1, 2]), ([3, 4, 10, 11, 12], [0, 1, 0, 1, 2])],
)
def test_marks_that_crowd_stand_below_one_another(places, steps):
    assert levels(places) == steps


def test_the_table_holds_the_same_marks_and_a_row_for_a_lane_without_any():
    table = pictures.table(SHOWN)

    assert table["columns"] == [
        *("Notice to", "Grant holder", "State", "What happened", "Japan time", "UTC")
    ]
    assert [[row[0], row[3], row[5]] for row in table["rows"]] == [
        ["RCN", "Letter edited", "Sunday 19 May 2024, 03:00 UTC"],
        ["RCN", "Released by the holder", "Monday 20 May 2024, 03:00 UTC"],
        ["RCN", "Handed to the mail server", "Monday 20 May 2024, 03:00 UTC"],
        ["RCN", "Came back undeliverable", "Tuesday 21 May 2024, 03:00 UTC"],
        ["NIHR", "Recorded as done", "Monday 27 May 2024, 03:00 UTC"],
        ["ANR", "Nothing has happened yet.", "–"],
    ]
    assert table["rows"][0][4] == "Sunday 19 May 2024, 12:00 JST (UTC+9)"
    assert table["rows"][4][1] == '<bdi lang="ja">山田 花子</bdi>'


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "The list asks for no notice here."),
        ([N.HANDED_OVER], "1 of 1 notice has been given."),
        ([N.RECORDED, N.ACKNOWLEDGED], "2 of 2 notices have been given."),
        (
            [N.HELD, N.FAILED, N.BOUNCED, N.RECORDED],
            "1 of 4 notices have been given. 3 need a person.",
        ),
        (
            [N.DUE, N.DUE, N.RELEASED, N.NOT_YET_DUE, N.NOT_SENT_BY_CHOICE, N.HELD],
            "0 of 6 notices have been given. 1 needs a person. 2 are due and not yet given. "
            "1 is on its way to the mail server. 1 is not due yet. 1 is not sent, by choice.",
        ),
    ],
)
def test_the_finding_counts_every_notice_asked_for_once(states, said):
    lanes = [Lane("RCN", "Kari", "", state, "", asked=True) for state in states]
    lanes.append(Lane("ANR", "Zoé", "", N.NOTHING_OWED, "", asked=False))

    assert pictures.finding(Timeline(tuple(lanes), CLOSES, NOW)) == said


def test_the_picture_says_what_it_shows_in_the_page_s_language():
    english, (title, desc) = svg(), svg()[:2]
    with translation.override("ja"):
        japanese = draw(SHOWN, "slug")

    assert english.get("role") == "img"
    assert english.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert desc.text.startswith("1 of 2 notices have been given. 1 needs a person.")
    assert "The deadline is Tuesday 28 May 2024, 12:00 JST (UTC+9)." in desc.text
    assert "RCN, Kari Nordmann: Came back." in desc.text
    assert "2024年5月28日（火）12:00 JST（UTC+9）" in japanese


def test_the_same_data_make_the_same_bytes_without_style_or_script():
    drawn = draw(SHOWN, "slug")

    assert drawn == draw(Timeline(LANES, CLOSES, NOW), "slug")
    assert (
        re.findall(r"\sstyle=|<script|\son[a-z]+=|href|<style|<foreignObject|<image", drawn) == []
    )
    assert {text.get("fill") for text in svg().iter("text")} == {"currentColor"}


def test_every_kind_of_mark_has_words_and_a_shape_of_its_own():
    drawn = {kind: parsed(pictures.shape(kind)) for kind in MarkKind}
    forms = {(one.get("d"), one.get("fill")) for one in drawn.values()}

    assert set(pictures.MARKS) == set(MarkKind)
    assert len(forms) == len(MarkKind)
    assert [words for _shape, words in pictures.key(SHOWN)] == [
        *("Letter edited", "Released by the holder", "Handed to the mail server"),
        *("Recorded as done", "Came back undeliverable"),
    ]


def test_a_hostile_name_is_text_in_the_drawing_and_whole_in_the_table():
    lane = Lane("RCN", HOSTILE, "", N.DUE, HOSTILE, True, (Mark(K.DUE, NOW),))
    hostile = Timeline((lane,), CLOSES, NOW)
    drawing = svg(hostile)

    name, words = lane_texts(drawing.findall("g"))[0]
    assert (name, words) == (f"RCN · {HOSTILE[:23]}…", HOSTILE)
    assert {one.tag for one in drawing.iter()} <= {
        *("svg", "title", "desc", "g", "line", "path", "text", "tspan")
    }
    (row,) = pictures.table(hostile)["rows"]
    assert parsed(row[1]).text == HOSTILE


@pytest.mark.parametrize(
    ("name", "columns", "kept"),
    [
        ("Kari Nordmann", 36, "Kari Nordmann"),
        ("x" * 24, 36, "x" * 24),
        ("x" * 25, 36, "x" * 23 + "…"),
        ("Jürgen " * 5, 36, "Jürgen Jürgen Jürgen Jü…"),
        ("e\u0301" * 25, 36, "e\u0301" * 23 + "…"),
        ("山" * 20, 36, "山" * 17 + "…"),
        ("Kari Nordmann", 10, "Kari Nord…"),
        ("", 36, ""),
    ],
)
def test_names_are_cut_at_whole_letters(name, columns, kept):
    assert cut(name, columns) == kept


def test_a_single_moment_is_drawn_in_the_middle():
    alone = Timeline((Lane("RCN", "Kari", "", N.DUE, "Due", True, (Mark(K.DUE, NOW),)),), NOW, NOW)

    (mark,) = (one for lane in svg(alone).findall("g") for one in lane.iter("svg"))
    assert mark.get("x") == "50.0%"
