"""The checker as a visitor meets it: two short forms, one answer at an address that keeps it."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from directory.models import Edition
from tests.append_only import lifted
from tests.applications.lists import LATER, later_list
from tests.applications.scenes import load_directory
from tests.journeys.portal import checksum

pytestmark = pytest.mark.django_db
CHECK = "/en/check/"
EDITION = "amed-2024-07-01"
RCN = {
    "field": "healthcare",
    "country": "NO",
    "agency": "rcn",
    "reference": "300281",
    "starts_on": "2022-04-01",
    "ends_on": "2026-03-31",
    "on": "2024-05-28",
    "edition": EDITION,
}
STARTS_IN_BOXES = {"starts_on_0": "２０２２", "starts_on_1": "4", "starts_on_2": "１"}
ENDS_IN_BOXES = {"ends_on_0": "2026", "ends_on_1": "Mar", "ends_on_2": "31"}


@pytest.fixture(autouse=True)
def _directory():
    load_directory()


def asked(client, **changes):
    return client.get(CHECK, {**RCN, **changes})


def verdict(response) -> str:
    return response.context["assessment"].verdict.value


def words(response) -> str:
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(bare).split())


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def test_story_of_a_visitor_who_answers_every_question(client):
    # given the first page, with its three questions
    first = client.get(CHECK)
    assert list(first.context["form"].fields) == ["field", "country", "agency"]

    # when they are answered, and then the grant's own
    about = {"field": "healthcare", "country": "NO", "agency": "rcn", "step": "details"}
    second = client.get(CHECK, about)
    shown = [field.name for field in second.context["form"].visible_fields()]
    assert shown == ["reference", "starts_on", "ends_on"]
    third = client.get(
        CHECK,
        {**about, "step": "answer", "reference": "300281", **STARTS_IN_BOXES, **ENDS_IN_BOXES},
    )

    # then the reader is led to an address that holds date and edition, and no step
    today = timezone.localdate().isoformat()
    assert third.status_code == 302
    assert query(third["Location"]) == {**RCN, "on": today}

    # and what stands there does not change from one visit to the next
    address = third["Location"].replace(today, "2024-05-28")
    assert [verdict(client.get(address)), client.get(address).status_code] == ["FITS", 200]


def test_answer_shows_reasons_notice_source_and_what_comes_next(client):
    response = asked(client)
    text = words(response)

    missing = [
        sentence
        for sentence in [
            "Fits the published conditions as of 1 July 2024. AMED decides.",
            "This is guidance; AMED decides.",
            "RCN is on the list.",
            "The grant is running on the reference date, 28 May 2024.",
            "Asked to tell",
            "The researcher who holds the grant.",
            "the contact person of the grant at RCN",
            "Upon application",
            "edition amed-2024-07-01",
            "Start a team with these answers",
        ]
        if sentence not in text
    ]
    assert missing == []
    start = re.search(r'href="(/en/teams/start/\?[^"]+)"', response.content.decode())[1]
    assert query(unescape(start)) == RCN
    shared = re.search(r'value="(http[^"]+)"', response.content.decode())[1]
    assert query(unescape(shared)) == RCN


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "FITS"),
        ({"field": "other"}, "FITS"),
        ({"field": "both"}, "FITS"),
        ({"field": ""}, "FITS"),
        ({"ends_on": "2024-05-27"}, "DOES_NOT_FIT"),
        ({"country": "JP"}, "DOES_NOT_FIT"),
        ({"agency": "other", "reference": ""}, "DOES_NOT_FIT"),
        ({"agency": "nih", "reference": "5R01HL143730-04"}, "DOES_NOT_FIT"),
        ({"starts_on": "", "ends_on": "", "reference": ""}, "CANNOT_TELL"),
        ({"country": ""}, "CANNOT_TELL"),
        ({"agency": "", "reference": ""}, "CANNOT_TELL"),
        ({"agency": "no such funder"}, "CANNOT_TELL"),
        ({"agency": "tips", "country": "CA", "reference": ""}, "CANNOT_TELL"),
        ({"agency": "tips", "country": "CA", "reference": "", "programme": "CERC"}, "FITS"),
        ({"agency": "tips", "country": "CA", "reference": "", "programme": "other"}, "DOES_NOT_FIT"),
        ({"agency": "", "country": "US", "reference": "5R01AI143730-04"}, "FITS"),
        ({"agency": "erc", "country": "DE", "reference": ""}, "FITS_IF"),
        ({"agency": "rcn", "country": "EU"}, "FITS"),
    ],
)  # fmt: skip
def test_verdicts(client, changes, expected):
    asked_for = {name: value for name, value in {**RCN, **changes}.items() if value}

    response = client.get(CHECK, asked_for)

    assert (response.status_code, verdict(response)) == (200, expected)
    # However it turns out, it is an answer: never dressed as an error.
    assert "error-summary" not in response.content.decode()
    assert "Error:" not in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"field": "other"}, "https://www.jst.go.jp/aspire/"),
        ({"field": "both"}, "Healthcare and another field: ask AMED"),
        ({"country": "IN"}, "No funder of this country is on the list: India"),
        ({"country": "IN"}, "<li>Norway</li>"),
        ({"agency": "nih", "reference": "5R01HL143730-04"}, "NIH-NHLBI (not on the list)"),
        ({"starts_on": "", "ends_on": ""}, "Give the first and the last day of the grant."),
        ({"ends_on": "2024-05-27"}, "What would change this"),
        ({"agency": "nih-nhgri", "country": "US", "reference": ""}, "was added to the list on"),
    ],
)
def test_what_an_answer_adds(client, changes, expected):
    asked_for = {name: value for name, value in {**RCN, **changes}.items() if value}

    page = client.get(CHECK, asked_for).content.decode()

    assert expected in page


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"agency": "VR"}, {"agency": "src"}),
        ({"agency": "The Research Council of Norway"}, {"agency": "rcn"}),
        ({"country": "ｎｏ"}, {"country": "NO"}),
        ({"starts_on": "2022/4/1"}, {"starts_on": "2022-04-01"}),
        ({"starts_on": "２０２２－０４－０１"}, {"starts_on": "2022-04-01"}),
        ({"field": "Healthcare"}, {"field": "healthcare"}),
        ({"reference": " 300281 "}, {"reference": "300281"}),
    ],
)
def test_address_is_led_to_its_plain_form_once(client, given, expected):
    response = asked(client, **given)

    assert response.status_code == 302
    assert query(response["Location"]) == {**RCN, **expected}
    assert client.get(response["Location"]).status_code == 200


def test_answer_without_date_and_edition_gets_both(client):
    response = client.get(CHECK, {"agency": "rcn", "starts_on": "2022-04-01"})

    assert query(response["Location"]) == {
        "agency": "rcn",
        "starts_on": "2022-04-01",
        "on": timezone.localdate().isoformat(),
        "edition": EDITION,
    }


def test_shared_answer_is_marked_once_a_newer_list_is_published(client):
    Edition.objects.create(
        code="later",
        owner="AMED",
        as_of=date(2025, 4, 1),
        updated_on=date(2025, 4, 1),
        source="https://example.org/list",
        published_at=timezone.now(),
    )

    response = asked(client)

    assert verdict(response) == "FITS"
    assert "A newer one, as of Tuesday 1 April 2025, has been published since." in words(response)
    assert query(response.context["again"]) == {**RCN, "edition": "later"}


def test_edition_that_is_not_published_is_nobodys_to_see(client):
    Edition.objects.create(
        code="draft",
        owner="AMED",
        as_of=date(2025, 4, 1),
        updated_on=date(2025, 4, 1),
        source="https://example.org/list",
    )

    response = asked(client, edition="draft")

    assert response.status_code == 400
    assert "No published list has the code “draft”." in words(response)
    # The questions go on with the newest list: nobody could mend what stands in a hidden field.
    assert not {"edition", "as_of"} & dict(response.context["carried"]).keys()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"step": "details"}, ["field", "country"]),
        ({"step": "details", "field": "both"}, ["country"]),
        ({"field": ""}, ["field", "country"]),
        ({"step": "answer", "field": "both", "country": "NO", "starts_on_0": "2024"}, ["starts_on"]),
        ({"step": "answer", "field": "both", "country": "NO",
          "starts_on": "2024-02-01", "ends_on": "2024-01-31"}, ["ends_on"]),
    ],
)  # fmt: skip
def test_skipped_question_is_named_at_the_top_and_at_its_place(client, language, given, fields):
    response = client.get(f"/{language}/check/", given)
    form = response.context["form"]
    page = response.content.decode()

    assert (response.status_code, list(form.errors)) == (200, fields)
    summary = page[page.index('class="error-summary"') :].split("</div>")[0]
    for field in fields:
        [sentence] = form.errors[field]
        assert sentence in unescape(summary)
        assert unescape(page).count(sentence) >= 2


def test_back_keeps_every_answer(client):
    details = asked(client, step="details")
    first = client.get(CHECK + details.context["back"])
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', first.content.decode()))

    assert first.context["form"].initial["agency"] == "rcn"
    assert {name: kept[name] for name in ("reference", "starts_on_0", "ends_on_2", "on")} == {
        "reference": "300281",
        "starts_on_0": "2022",
        "ends_on_2": "31",
        "on": "2024-05-28",
    }


def test_link_from_a_funders_page_opens_the_questions_with_the_funder_chosen(client):
    response = client.get(CHECK, {"agency": "nih-nhlbi", "country": "US"})

    assert response.status_code == 200
    assert '<option value="nih-nhlbi" selected>' in response.content.decode()
    assert "error-summary" not in response.content.decode()


def test_check_only_reads(client):
    before = checksum()

    asked(client)

    assert checksum() == before
    assert client.post(CHECK, RCN).status_code == 405


def test_without_a_published_list_the_page_says_so(client):
    with lifted():
        Edition.objects.update(published_at=None)

    assert "No list has been published here yet." in words(client.get(CHECK))


def test_answer_costs_a_fixed_number_of_queries(client, django_assert_num_queries):
    asked(client)
    with django_assert_num_queries(10):
        asked(client)

    later_list(rcn={})
    with django_assert_num_queries(14):  # the edition by its code; what both lists say, in three
        asked(client)


# -- as of another list ---------------------------------------------------------------------
# What is asked -> what it is by the shipped list and by a later one, and what the later one says.
TWO_ANSWERS = {
    "a condition comes": (
        {}, {"rcn": {"condition": "ERC_SCOPE"}}, ("FITS", "FITS_IF"),
        "The holder has still to confirm that the collaboration involves research",
    ),
    "a condition goes": (
        {"agency": "erc", "country": "DE", "reference": ""}, {"erc": {}}, ("FITS_IF", "FITS"),
        "The list sets no condition for grants of this funder.",
    ),
    "a programme": (
        {}, {"rcn": {"programme": "FRIPRO"}}, ("FITS", "CANNOT_TELL"),
        "The programme of the grant is not given.",
    ),
    "a funder goes": ({}, {"nsf": {}}, ("FITS", "DOES_NOT_FIT"), "RCN is not on the list."),
    "a funder comes": (
        {"agency": "nih-nhlbi", "country": "US", "reference": ""}, {"nih-nhlbi": {}},
        ("DOES_NOT_FIT", "FITS"), "NIH-NHLBI is on the list.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TWO_ANSWERS)
@pytest.mark.parametrize("name", ["as_of", "edition"])
def test_the_same_answers_as_of_two_dates_have_two_explained_answers(client, case, name):
    changes, rows, expected, sentence = TWO_ANSWERS[case]
    later_list(**rows)
    asked_for = {key: value for key, value in {**RCN, **changes}.items() if value}
    del asked_for["edition"]

    answers = [
        client.get(CHECK, {**asked_for, name: day}, follow=True)
        for day in ("2024-07-10", "2025-04-02")
    ]

    # Each is led to an address that keeps its answer: the list's code, and no day of asking.
    codes = [EDITION, LATER]
    pinned = [query(answer.redirect_chain[-1][0]) for answer in answers]
    assert pinned == [{**asked_for, "edition": code} for code in codes]
    assert tuple(map(verdict, answers)) == expected
    assert sentence in words(answers[1])
    assert sentence not in words(answers[0])
    assert [
        f"edition {code}" in words(answer) for code, answer in zip(codes, answers, strict=True)
    ] == [True, True]


@pytest.mark.parametrize(
    ("asked_for", "status", "sentence"),
    [
        ({"as_of": "1999-01-01"}, 200, "No list of that day is kept here."),
        ({"as_of": "soon"}, 400, "“soon” is not a day. Write it as 2024-07-10."),
        ({"as_of": "2024-07-10", "edition": EDITION}, 400, "not for both"),
        ({"as_of": "2024\u202e"}, 400, "names an edition of the list that does not exist"),
    ],
)
def test_a_day_without_a_list_is_said_and_the_questions_go_on(client, asked_for, status, sentence):
    bare = {key: value for key, value in RCN.items() if key != "edition"}

    response = client.get(CHECK, {**bare, **asked_for})

    assert (response.status_code, sentence in words(response)) == (status, True)
    kept = dict(response.context["carried"])
    assert (kept["on"], {"edition", "as_of"} & kept.keys()) == ("2024-05-28", set())


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({"nsf": {}}, "RCN is not on the newer list any more."),
        (
            {"rcn": {"strength": "ENCOURAGED", "condition": "ERC_SCOPE"}},
            "The newer list says something else of RCN. Changed: ",
        ),
    ],
)
def test_a_superseded_answer_says_what_changed_for_its_funder(client, rows, sentence):
    assert "newer list" not in words(asked(client))
    later_list(**rows)

    assert sentence in words(asked(client))


def test_the_form_asks_the_same_question_as_of_another_day(client):
    page = asked(client).content.decode()
    form = page[page.index('<form method="get" action="/en/check/"') :].split("</form>")[0]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))

    assert sent == {key: value for key, value in RCN.items() if key != "edition"}
    assert 'type="date" name="as_of"' in form
    later_list(rcn={"condition": "ERC_SCOPE"})
    answered = client.get(CHECK, {**sent, "as_of": "2025-05-01"}, follow=True)
    assert verdict(answered) == "FITS_IF"
    # The lists themselves are links, too.
    assert f"edition={LATER}" in asked(client).content.decode()
