"""What anybody may read without an account: home, one funder, help, privacy, and the calendar."""

from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.directory import factories
from tests.directory.seeds import load_directory

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 2, 1, 0, 0, tzinfo=UTC)
WHILE_OPEN = datetime(2026, 5, 1, 0, 0, tzinfo=UTC)
AFTER = factories.CLOSES_AT


def at(moment):
    """Stop the clock that pages read."""
    return patch("django.utils.timezone.now", return_value=moment)


def page(client, name, *args, language="en", moment=WHILE_OPEN, **query):
    with override(language):
        address = reverse(f"directory:{name}", args=args)
    with at(moment):
        return client.get(address, query)


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def shipped():
    load_directory()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", ["home", "funders", "funders_csv", "calls_ics", "privacy", "help"])
def test_every_public_page_opens_without_an_account_and_without_data(client, name, language):
    assert page(client, name, language=language).status_code == 200


def test_address_without_language_leads_to_the_browsers_language(client):
    response = client.get("/", headers={"accept-language": "ja,en;q=0.5"})

    assert (response.status_code, response.url) == (302, "/ja/")


def test_home_counts_the_shipped_list(client, shipped):
    response = page(client, "home")

    assert "29 funders in 11 countries or areas" in text(response)
    assert [
        (row["country"].code, row["funders"], row["additional"])
        for row in response.context["countries"]
    ] == [
        ("AU", 2, 0),
        ("CA", 2, 0),
        ("EU", 1, 0),
        ("FR", 2, 0),
        ("DE", 1, 0),
        ("NL", 1, 0),
        ("NO", 1, 0),
        ("SE", 4, 1),
        ("CH", 1, 1),
        ("GB", 5, 0),
        ("US", 9, 0),
    ]


def test_home_in_japanese_lists_countries_by_their_reading(client, shipped):
    response = page(client, "home", language="ja")

    assert [row["country"].name for row in response.context["countries"]] == [
        "英国",
        "欧州連合",
        "オーストラリア",
        "オランダ",
        "カナダ",
        "スイス",
        "スウェーデン",
        "ドイツ",
        "ノルウェー",
        "フランス",
        "米国",
    ]


@pytest.mark.parametrize(
    ("moment", "call", "closed"),
    [
        (BEFORE, "amed-2026-1", None),
        (WHILE_OPEN, "amed-2026-1", None),
        (AFTER, None, "amed-2026-1"),
    ],
)
def test_home_shows_the_next_deadline_or_the_last_one(client, moment, call, closed):
    # Given one real call and a practice call that is open all the while
    factories.CallFactory()
    factories.CallFactory(
        code="practice",
        is_practice=True,
        opens_at=datetime(2025, 1, 1, tzinfo=UTC),
        closes_at=datetime(2027, 1, 1, tzinfo=UTC),
    )

    # When home is read before, during or after the real one
    context = page(client, "home", moment=moment).context

    # Then the practice call never stands in for it
    assert getattr(context["call"], "code", None) == call
    assert getattr(context["last_call"], "code", None) == closed
    assert context["practice_call"].code == "practice"


def test_home_with_nothing_open_says_when_the_last_call_closed(client, shipped):
    assert "closed on Tuesday 28 May 2024, 12:00 JST (UTC+9)" in text(page(client, "home"))


def test_silent_row_is_not_said_to_need_nothing(client, shipped):
    response = text(page(client, "funder", "anr"))

    assert "The list asks nothing for ANR; your grant's own terms may." in response
    assert "No contact needed" not in response


def test_row_of_ssf_names_stint_and_says_that_it_is_to_be_confirmed(client, shipped):
    response = page(client, "funder", "ssf")

    assert response.context["notice_to"] == "STINT"
    assert "To be confirmed" in text(response)
    assert reverse("directory:funder", args=["stint"]) in text(response)


def test_address_can_be_copied_and_is_whole(client, shipped):
    assert 'value="InternationalResearch@bhf.org.uk"' in text(page(client, "funder", "bhf"))


def test_funder_page_in_japanese_shows_japanese_data_and_the_english_name(client, shipped):
    response = text(page(client, "funder", "rcn", language="ja"))

    assert "ノルウェー研究評議会" in response
    assert '<span class="quiet fw-normal" lang="en">Research Council of Norway</span>' in response
    assert "Norges forskningsråd" in response


def test_agency_without_a_row_is_said_not_to_be_on_the_list(client, shipped):
    response = page(client, "funder", "nih-nhlbi")

    assert response.status_code == 200
    assert "is not on the list as of Monday 1 July 2024." in text(response)


@pytest.mark.parametrize("name", ["funder", "call"])
def test_unknown_name_is_not_found(client, shipped, name):
    assert page(client, name, "nobody").status_code == 404


@pytest.mark.parametrize(
    ("today", "stale"),
    [(date(2025, 6, 30), False), (date(2025, 7, 1), False), (date(2025, 7, 2), True)],
)
def test_row_older_than_twelve_months_asks_to_check_the_source(client, shipped, today, stale):
    noon = datetime(today.year, today.month, today.day, 3, 0, tzinfo=UTC)

    response = page(client, "funder", "rcn", moment=noon)

    assert ("Check the source before you rely on it." in text(response)) is stale


def test_newest_published_edition_stands_and_a_draft_does_not(client):
    # Given a published edition, a newer one, and a draft that is newer still
    agency = factories.AgencyFactory(slug="rcn", acronym="RCN")
    for code, as_of, published_at in (
        ("old", date(2024, 7, 1), factories.PUBLISHED_AT),
        ("new", date(2026, 1, 1), BEFORE),
        ("draft", date(2026, 3, 1), None),
    ):
        edition = factories.EditionFactory(
            code=code, as_of=as_of, updated_on=as_of, published_at=published_at
        )
        factories.NoticeRuleFactory(participation__edition=edition, participation__agency=agency)

    assert page(client, "funder", "rcn").context["row"].edition.code == "new"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_calendar_keeps_to_the_standard(client, language):
    # Given a call with a long title and marks that the format reserves
    long = "アライメント公募、健康・医療の国際共同研究; phase one, two\\three " * 3
    factories.CallFactory(title_en=long, title_ja=long)

    # When the calendar is read
    response = page(client, "calls_ics", language=language)
    raw = response.content

    # Then lines are short, whole, and the moment is UTC
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    unfolded = raw.decode().replace("\r\n ", "")
    assert "DTSTART:20260601T030000Z" in unfolded.split("\r\n")
    assert "UID:amed-2026-1@localhost" in unfolded.split("\r\n")
    assert "phase one\\, two\\\\three" in unfolded
    assert "\\; phase" in unfolded


def test_privacy_page_says_what_matters(client):
    response = text(page(client, "privacy"))

    assert "Kept until AMED has set a period" in response
    assert "drafts included" in response
    assert "It is not the statutory procedure" in response
