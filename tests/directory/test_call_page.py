"""A call's page: where it stands to the second, its deadline in three zones, what it offers."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.directory import factories
from tests.directory.seeds import load_directory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
WHILE_OPEN = datetime(2026, 5, 1, 0, 0, tzinfo=UTC)


def page(client, code="amed-2026-1", language="en", moment=WHILE_OPEN, **query):
    with override(language):
        address = reverse("directory:call", args=[code])
    with patch("django.utils.timezone.now", return_value=moment):
        return client.get(address, query)


def text(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        (factories.OPENS_AT - SECOND, "AHEAD"),
        (factories.OPENS_AT, "OPEN"),
        (factories.CLOSES_AT - SECOND, "OPEN"),
        (factories.CLOSES_AT, "CLOSED"),
    ],
)
def test_page_says_where_the_call_stands_to_the_second(client, moment, opening):
    factories.CallFactory()

    assert page(client, moment=moment).context["opening"] == opening


def test_moved_deadline_holds_from_the_next_look(client):
    # Given a page read while the call was open
    call = factories.CallFactory()
    assert page(client).context["opening"] == "OPEN"

    # When staff move the deadline to before that moment
    call.closes_at = WHILE_OPEN
    call.save()

    # Then the page obeys the new one
    assert page(client).context["opening"] == "CLOSED"


@pytest.mark.parametrize(
    ("zone", "printed"),
    [
        ("America/New_York", "Sunday 31 May 2026, 23:00 EDT (UTC-4)"),
        ("Europe/London", "Monday 1 June 2026, 04:00 BST (UTC+1)"),
        ("Asia/Kolkata", "Monday 1 June 2026, 08:30 IST (UTC+5:30)"),
    ],
)
def test_deadline_is_told_in_japan_utc_and_the_chosen_zone(client, zone, printed):
    factories.CallFactory()

    response = text(page(client, zone=zone))

    assert "Monday 1 June 2026, 12:00 JST (UTC+9)" in response
    assert "Monday 1 June 2026, 03:00 UTC" in response
    assert printed in response


def test_chosen_zone_is_kept_for_the_next_page(client):
    factories.CallFactory()

    chosen = page(client, zone="America/New_York")
    later = page(client)

    assert chosen.cookies["zone"].value == "America/New_York"
    assert chosen.cookies["zone"]["httponly"] is True
    assert "23:00 EDT" in text(later)
    assert "zone" not in later.cookies


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "../../etc/passwd", "<script>", "UTC;x", "x" * 5000, "asia/tokyo "]
)
def test_unknown_zone_is_said_and_changes_nothing(client, zone):
    factories.CallFactory()

    response = page(client, zone=zone)

    assert response.status_code == 200
    assert "We do not know the time zone" in text(response)
    assert "zone" not in response.cookies
    assert "<script>" not in text(response)


def test_cookie_that_is_no_zone_is_ignored(client):
    factories.CallFactory()
    client.cookies["zone"] = "../../etc/passwd"

    response = page(client)

    assert response.context["zone"].name == "Asia/Tokyo"
    assert "We do not know" not in text(response)


def test_signed_in_reader_sees_the_zone_of_the_account(client):
    factories.CallFactory()
    client.force_login(factories.UserFactory(time_zone="Europe/Oslo"))

    assert page(client).context["zone"].name == "Europe/Oslo"


def test_shipped_call_shows_its_facts(client):
    load_directory()

    response = text(page(client, "amed-2024-3"))

    for fact in (
        "This call closed on Tuesday 28 May 2024, 12:00 JST (UTC+9).",
        "Cellular Structure and Function",
        "Complex Systems of Living Organisms",
        "Human Life Stages",
        "At most JPY 115,000,000 in all, without indirect costs",
        "3 to 5 years",
        "ASPIRE-B",
        "List as of Monday 1 July 2024 (edition amed-2024-07-01)",
        "NHGRI was added on 3 July 2024",
    ):
        assert fact in response


def test_page_in_japanese_shows_japanese_data(client):
    load_directory()

    response = text(page(client, "amed-2024-3", language="ja"))

    assert "ASPIRE 2024年度（令和6年度）第3回公募（アライメント）" in response
    assert "細胞の構造と機能" in response
    assert "2024年5月28日（火）" in response


def test_practice_call_says_so_and_a_real_one_does_not(client):
    factories.CallFactory()
    factories.CallFactory(code="practice", is_practice=True)

    assert "This call is for trying the portal." in text(page(client, "practice"))
    assert "This call is for trying the portal." not in text(page(client))


@pytest.mark.parametrize("number_of_areas", [1, 3])
def test_page_asks_as_many_queries_for_three_areas_as_for_one(
    client, number_of_areas, django_assert_num_queries
):
    call = factories.CallFactory()
    factories.CallAreaFactory.create_batch(number_of_areas, call=call)

    with django_assert_num_queries(3):  # call with its edition, changes, areas
        page(client)
