"""What changed between two lists, and what a list said on a day: page, file, one funder's own history."""

import csv
import io
from datetime import date, timedelta

import pytest

from tests.directory.factories import (
    PUBLISHED_AT,
    AgencyFactory,
    ConditionFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
)

pytestmark = pytest.mark.django_db
PAGE, FILE = "/en/funders/history/", "/en/funders/history.csv"


def edition(number, rows, **more):
    """The list of one month; ``rows`` are what differs from a plain row, by slug."""
    day = date(2024, number, 1)
    made = EditionFactory(
        code=f"amed-2024-{number:02}-x", as_of=day, updated_on=day + timedelta(2),
        published_at=PUBLISHED_AT + timedelta(number), **more,
    )  # fmt: skip
    for place, (slug, values) in enumerate(rows.items(), 1):
        row = ParticipationFactory(
            edition=made, agency=AgencyFactory(slug=slug), position=place, **values.get("row", {})
        )
        NoticeRuleFactory(participation=row, **values.get("rule", {}))
    return made


@pytest.fixture
def lists():
    """Four lists: vr comes, rcn asks less and gets a date, anr goes, all but one go; and a draft that nobody sees."""
    plain = {"rcn": {}, "anr": {}}
    edition(1, plain)
    second = edition(2, {"vr": {}, "rcn": {"rule": {"strength": "ENCOURAGED"}, "row": {"added_on": date(2024, 2, 1)}}, "anr": {}})  # fmt: skip
    ConditionFactory(participation=second.rows.get(agency__slug="vr"))
    edition(3, {"vr": {"row": {"summary_en": "=Words"}}, "rcn": {}})
    edition(4, {"lone": {}})
    EditionFactory(code="amed-draft", as_of=date(2024, 9, 1), updated_on=date(2024, 9, 1), published_at=None)  # fmt: skip


def rows(response):
    content = b"".join(response.streaming_content).decode("utf-8")
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")))


FIRST, SECOND, THIRD = (f"amed-2024-0{number}-x" for number in (1, 2, 3))


def test_the_file_tells_each_field_that_changed_with_codes(client, lists):
    found = rows(client.get(FILE, {"from": FIRST, "to": SECOND, "headers": "codes"}))

    assert found[0] == ["slug", "agency", "change", "field", "before", "after"]
    told = [line for line in found[1:] if line[0] != "vr"]
    assert told == [
        ["rcn", "RCN", "CHANGED", "strength", "REQUESTED", "ENCOURAGED"],
        ["rcn", "RCN", "CHANGED", "added_on", "", "2024-02-01"],
    ]
    assert ["vr", "VR", "ADDED", "conditions", "", "ERC_SCOPE"] in found
    assert not [
        line for line in found if line[3] in ("slug", "acronym", "position", "to_confirm_en")
    ]


def test_a_cell_that_a_spreadsheet_would_run_is_guarded(client, lists):
    found = rows(client.get(FILE, {"from": SECOND, "to": THIRD}))

    assert ["vr", "Research Council VR", "Changed", "summary in English", "What VR asks.", "'=Words"] in found  # fmt: skip


def test_the_page_says_who_came_who_went_and_what_changed(client, lists):
    page = client.get(PAGE, {"from": FIRST, "to": THIRD})

    assert [(one["agency"].slug, one["kind"]) for one in page.context["by_funder"]] == [
        ("vr", "ADDED"),
        ("anr", "GONE"),
    ]
    assert "amed-draft" not in page.content.decode()


def test_the_other_way_round_tells_the_opposite(client, lists):
    page = client.get(PAGE, {"from": SECOND, "to": FIRST})

    assert [(one["agency"].slug, one["kind"]) for one in page.context["by_funder"]] == [
        ("rcn", "CHANGED"),
        ("vr", "GONE"),
    ]


def test_words_of_a_value_are_in_the_readers_language(client, lists):
    page = client.get(PAGE.replace("/en/", "/ja/"), {"from": FIRST, "to": SECOND})

    [rcn] = [one for one in page.context["by_funder"] if one["agency"].slug == "rcn"]
    assert rcn["rows"][0][1:] == ["連絡が求められている", "連絡が奨励されている"]


@pytest.mark.parametrize(
    ("asked", "before", "after"),
    [
        ({}, THIRD, "amed-2024-04-x"),
        ({"to": SECOND}, FIRST, SECOND),
        ({"from": "2024-01-20", "to": "2024-02-20"}, FIRST, SECOND),
        ({"to": FIRST}, None, FIRST),
    ],
)
def test_left_out_the_newest_list_is_held_against_the_one_before(
    client, lists, asked, before, after
):
    found = client.get(PAGE, asked).context["asked"]

    assert (found.before and found.before.code, found.after.code) == (before, after)


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"from": "amed-draft"}, 400, "No published list has the code “amed-draft”"),
        ({"to": "nothing"}, 400, "No published list has the code “nothing”"),
        ({"from": "2023-12-31"}, 200, "The earliest one is as of Monday 1 January 2024"),
        ({"from": FIRST, "to": FIRST}, 200, "say the same of every funder"),
        ({"to": FIRST}, 200, "No earlier list is kept here"),
    ],
)
def test_what_cannot_be_compared_is_said_in_words(client, lists, asked, status, words):
    page = client.get(PAGE, asked)

    assert page.status_code == status
    assert words in page.content.decode()
    file = client.get(FILE, asked)
    if page.context["asked"].problem:
        assert file.status_code == 302
    else:
        assert len(rows(file)) == 1  # headings alone


# -- one funder ----------------------------------------------------------------------------
def test_a_funder_page_tells_how_the_list_came_to_say_it(client, lists):
    found = client.get("/en/funders/rcn/", {"edition": THIRD}).context["history"]

    assert [(one["edition"].code, one["kind"]) for one in found] == [
        ("amed-2024-04-x", "GONE"),
        (THIRD, "CHANGED"),
        (SECOND, "CHANGED"),
        (FIRST, "ADDED"),
    ]
    assert [row[1:] for row in found[2]["rows"]] == [
        ["Asked to tell", "Encouraged to tell"],
        ["–", "1 February 2024"],
    ]


def test_a_place_in_the_list_alone_is_no_change(client):
    edition(1, {"rcn": {}, "vr": {}})
    edition(2, {"vr": {}, "rcn": {}})

    found = client.get("/en/funders/rcn/").context["history"]

    assert [one["kind"] for one in found] == ["ADDED"]
    assert "say the same of every funder" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_more_lists_take_no_more_statements(client, number, django_assert_num_queries):
    for month in range(1, number + 2):
        edition(month, {"rcn": {"row": {"summary_en": f"{month}"}}, "vr": {}})

    with django_assert_num_queries(11):  # the names of the bodies among them
        client.get("/en/funders/rcn/")
    with django_assert_num_queries(7):
        client.get(PAGE, {"from": FIRST, "to": SECOND})


# -- as of -----------------------------------------------------------------------------------
@pytest.mark.parametrize("asked", [{"edition": SECOND}, {"as_of": "2024-02-03"}, {"edition": "2024-03-02"}])  # fmt: skip
def test_list_file_and_funder_say_what_the_list_said_then(client, lists, asked):
    page = client.get("/en/funders/", asked)
    assert {row.agency.slug for row in page.context["rows"]} == {"rcn", "vr", "anr"}
    assert "A newer one, as of Monday 1 April 2024, has replaced it." in page.content.decode()
    [(name, value)] = asked.items()
    assert f'href="/en/funders/rcn/?{name}={value}"' in page.content.decode()
    assert f'<input type="hidden" name="{name}" value="{value}">' in page.content.decode()

    assert {line[0] for line in rows(client.get("/en/funders.csv", asked))[1:]} == {"rcn", "vr", "anr"}  # fmt: skip

    funder = client.get("/en/funders/rcn/", asked)
    assert funder.context["rule"].strength == "ENCOURAGED"
    assert f"edition={SECOND}" in funder.content.decode()


def test_the_newest_list_is_not_said_to_be_replaced(client, lists):
    page = client.get("/en/funders/").content.decode()

    assert "has replaced it" not in page
    assert 'href="/en/funders/lone/"' in page


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"edition": "amed-draft"}, 400, "No published list has the code “amed-draft”"),
        ({"as_of": "yesterday"}, 400, "is not a day"),
        ({"as_of": "2024-01-01"}, 200, "No list of Monday 1 January 2024 is kept here"),
    ],
)
def test_a_question_without_a_list_is_answered_in_words(client, lists, asked, status, words):
    for address in ("/en/funders/", "/en/funders/rcn/"):
        page = client.get(address, asked)
        assert page.status_code == status
        assert words in page.content.decode()
        # A day before the first list is answered calmly; red is for what has to be mended.
        assert ("banner--problem" in page.content.decode()) == (status == 400)
    assert client.get("/en/funders.csv", asked).status_code == 302
