"""The list of funders: narrowed by its filter, the same rows as a file, in the reader's order."""

import csv
import io
import re
from datetime import date
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from directory.columns import FUNDERS
from directory.listing import folded
from tests.append_only import lifted
from tests.applications.exporting import sheet_cells
from tests.directory import factories
from tests.directory.seeds import load_directory

pytestmark = pytest.mark.django_db
NIH = ["nci", "nhgri", "nia", "niaid", "niams", "nichd", "niddk", "nimh"]


@pytest.fixture(scope="module")
def shipped(django_db_setup, django_db_blocker):
    """The shipped list, loaded once for all tests here and taken away after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_directory()
        yield
        transaction.set_rollback(True)


def listed(client, language="en", **query):
    with override(language):
        response = client.get(reverse("directory:funders"), query)
    return [row.agency.slug for row in response.context["rows"]]


def downloaded(client, language="en", **query):
    with override(language):
        response = client.get(reverse("directory:funders_csv"), query)
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"country": "NO"}, {"rcn"}),
        ({"country": "EU"}, {"erc"}),
        ({"participation": "EXISTING_OR_ADDITIONAL"}, {"vinnova", "snsf"}),
        ({"strength": "REQUESTED"}, {"rcn", "stint", "ssf", "vinnova", "nihr", "bhf"}),
        ({"strength": "ENCOURAGED"}, {f"nih-{code}" for code in NIH} | {"nsf"}),
        ({"strength": "ENQUIRY"}, {"arc", "nhmrc", "cihr", "tips", "dfg", "snsf"}),
        ({"strength": "NOT_NEEDED"}, {"erc", "ukri", "wellcome"}),
        ({"strength": "NONE_STATED"}, {"anr", "inca", "zonmw", "src", "cruk"}),
        ({"programme": "CERC"}, {"tips"}),
        ({"programme": "ANY", "country": "CA"}, {"cihr"}),
        ({"country": "SE", "strength": "NONE_STATED"}, {"src"}),
        ({"q": "vr"}, {"src"}),
        ({"q": "ＮＩＭＨ"}, {"nih-nimh"}),
        ({"q": "vetenskapsradet"}, {"src"}),
        ({"q": "recherche sante"}, {"cihr"}),
        ({"q": "ノルウェー"}, {"rcn"}),
        ({"q": "ﾉﾙｳｪｰ"}, {"rcn"}),
        ({"q": "mental health institute"}, {"nih-nimh"}),
        ({"q": "medical research council", "country": "GB"}, {"ukri"}),
        ({"country": "NO", "strength": "ENQUIRY"}, set()),
    ],
)
def test_filter_keeps_the_rows_it_says(client, shipped, query, found):
    assert set(listed(client, **query)) == found


def test_search_does_not_take_one_kana_for_another():
    assert folded("ｶﾞ") == folded("ガ") != folded("カ")


def test_list_is_by_country_then_name_in_english(client, shipped):
    assert listed(client) == [
        *("arc", "nhmrc", "cihr", "tips", "erc", "inca", "anr", "dfg", "zonmw", "rcn"),
        *("stint", "ssf", "src", "vinnova", "snsf", "bhf", "cruk", "nihr", "ukri", "wellcome"),
        *("nih-nichd", "nih-nci", "nih-nhgri", "nih-niaid", "nih-niams", "nih-niddk", "nih-nimh"),
        *("nih-nia", "nsf"),
    ]


def test_list_is_by_reading_of_the_country_in_japanese(client, shipped):
    order = listed(client, language="ja")

    assert order[:6] == ["bhf", "cruk", "nihr", "ukri", "wellcome", "erc"]
    assert order[-1] == "nsf"
    assert len(order) == 29


def test_count_and_remedy_are_said(client, shipped):
    some = client.get(reverse("directory:funders"), {"country": "SE"}).content.decode()
    none = client.get(
        reverse("directory:funders"), {"country": "NO", "strength": "ENQUIRY"}
    ).content.decode()

    assert "4 of 29 funders" in some
    assert "0 of 29 funders" in none
    assert "Remove Country or area: Norway" in none
    assert 'href="?strength=ENQUIRY"' in none


@pytest.mark.parametrize(
    "query",
    [
        {"country": "XX"},
        {"country": ["NO", "SE"]},
        {"participation": "existing"},
        {"strength": "'; DROP TABLE directory_agency; --"},
        {"programme": "\ud800".encode("utf-8", "surrogatepass")},
        {"q": "x" * 5000},
        {"q": "%_\\"},
        {"q": "\u202e\u200b"},
        {"nonsense[]": "1", "page": "-1"},
    ],
)
def test_no_parameter_breaks_the_list_or_the_file(client, shipped, query):
    asked = "?" + urlencode(query, doseq=True)

    assert client.get(reverse("directory:funders") + asked).status_code == 200
    assert client.get(reverse("directory:funders_csv") + asked).status_code in (200, 302)


def test_file_of_a_filter_that_cannot_be_read_leads_back_to_the_list(client, shipped):
    response = client.get(reverse("directory:funders_csv"), {"country": "XX"})

    assert (response.status_code, response.url) == (302, "/en/funders/?country=XX")


@pytest.mark.parametrize(
    "query",
    [{}, {"country": "SE"}, {"strength": "ENCOURAGED"}, {"q": "research", "country": "GB"}],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_file_holds_the_rows_of_the_list_in_its_order(client, shipped, query, language):
    _headings, *rows = downloaded(client, language, **query)

    assert [row[0] for row in rows] == listed(client, language, **query)


def test_file_with_codes_is_for_machines(client, shipped):
    headings, *rows = downloaded(client, headers="codes")
    by_slug = {row[0]: dict(zip(headings, row, strict=True)) for row in rows}

    assert headings == [
        *("slug", "country", "agency", "acronym", "participation", "programmes"),
        *("notice_strength", "notice_trigger", "notice_to", "conditions", "summary"),
        *("to_confirm", "source", "as_of", "edition"),
    ]
    assert {slug: row["notice_to"] for slug, row in by_slug.items()} == {
        "arc": "arc-international@arc.gov.au",
        "nhmrc": "help@nhmrc.gov.au",
        "cihr": "CIHR",
        "tips": "TIPS",
        "dfg": "raoul.wagner@dfg.de",
        "rcn": "contact at RCN",
        "stint": "STINT",
        "ssf": "STINT",
        "vinnova": "Vinnova",
        "snsf": "international@snf.ch",
        "bhf": "InternationalResearch@bhf.org.uk",
        "nihr": "international@nihr.ac.uk",
        "ukri": "international@mrc.ukri.org",
        "wellcome": "fundingsupport@wellcome.org",
        "nsf": "programme officer at NSF",
        **{f"nih-{code}": f"programme officer at NIH-{code.upper()}" for code in NIH},
        **dict.fromkeys(("erc", "anr", "inca", "zonmw", "src", "cruk"), ""),
    }
    assert by_slug["tips"]["programmes"] == "CERC;CFREF"
    assert by_slug["erc"]["conditions"] == "ERC_SCOPE"
    assert by_slug["bhf"]["notice_trigger"] == "ON_COLLABORATION"
    assert by_slug["rcn"]["as_of"] == "2024-07-01"
    assert by_slug["rcn"]["edition"] == "amed-2024-07-01"
    assert by_slug["erc"]["country"] == "EU"


def test_file_for_people_has_words_in_their_language(client, shipped):
    headings, row = downloaded(client, language="ja", country="NO")

    assert row[1] == "ノルウェー"
    assert row[2] == "ノルウェー研究評議会"
    assert "notice_strength" not in headings


FIRST_DAY = date(1899, 12, 30)  # of Excel's calendar


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("headers", ["", "codes"])
def test_workbook_says_what_the_csv_says_each_cell_in_its_kind(client, shipped, language, headers):
    heading, *lines = downloaded(client, language, headers=headers)
    with override(language):
        response = client.get(
            reverse("directory:funders_csv"), {"format": "xlsx", "headers": headers}
        )

    first, *cells = sheet_cells(response.getvalue())

    assert [cell[2] for cell in first] == heading
    assert len(lines) == 29
    for line, row in zip(lines, cells, strict=True):
        assert row == [
            ("n", "yyyy-mm-dd", str((date.fromisoformat(text) - FIRST_DAY).days))
            if column.kind == "date"
            else ("s", "General", text)
            for column, text in zip(FUNDERS, line, strict=True)
            if text
        ]


def test_page_says_which_columns_the_file_has(client, shipped):
    page = client.get(reverse("directory:funders")).content.decode()

    [within] = re.findall(r'<details class="disclosure">(.*?)</details>', page, re.DOTALL)
    assert "Columns of the file" in within
    assert re.findall("<code>(.*?)</code>", within) == downloaded(client, headers="codes")[0]


@pytest.mark.parametrize("number_of_funders", [1, 3])
def test_list_asks_as_many_queries_for_three_as_for_one(
    client, number_of_funders, django_assert_num_queries
):
    # Given a newer edition with some rows that target a programme and set a condition
    newer = factories.EditionFactory(
        code="newer", as_of=date(2026, 1, 1), updated_on=date(2026, 1, 1)
    )
    for _row in range(number_of_funders):
        rule = factories.NoticeRuleFactory(participation__edition=newer)
        with lifted():
            rule.participation.programmes.add(factories.ProgrammeFactory())
        factories.ConditionFactory(participation=rule.participation)

    # When the list is opened and searched
    # Then: edition, countries, programmes, names searched, rows, their programmes, conditions, total
    with django_assert_num_queries(8):
        response = client.get(reverse("directory:funders"), {"q": "council"})
    assert len(response.context["rows"]) == number_of_funders
