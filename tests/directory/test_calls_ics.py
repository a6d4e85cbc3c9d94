"""The calendar of deadlines tells calendars which of two readings of an event is the newer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from directory.models import CallChange
from tests.directory import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 2, 1, 0, tzinfo=UTC)


def change(call, at, *, closes, edition=None):
    after = edition or call.edition
    CallChange.objects.create(
        call=call,
        at=at,
        by=factories.UserFactory(),
        reason_en="Why",
        reason_ja="理由",
        opens_before=call.opens_at,
        opens_after=call.opens_at,
        closes_before=call.closes_at,
        closes_after=closes,
        edition_before=call.edition,
        edition_after=after,
    )
    call.closes_at, call.edition = closes, after
    call.save()


def lines(client) -> list[str]:
    names = ("UID", "SEQUENCE", "LAST-MODIFIED", "DTSTART")
    text = client.get(reverse("directory:calls_ics")).content.decode()
    return [line for line in text.split("\r\n") if line.startswith(names)]


def test_a_moved_deadline_has_a_higher_sequence_and_the_same_uid(client, django_assert_num_queries):
    call = factories.CallFactory()
    assert lines(client) == [
        "UID:amed-2026-1@localhost",
        "SEQUENCE:0",
        "DTSTART:20260601T030000Z",
    ]

    for hours in (1, 2):
        change(call, AT + timedelta(hours=hours), closes=call.closes_at + timedelta(hours=1))
    # Another list in force moves no deadline.
    change(
        call,
        AT + timedelta(days=1),
        closes=call.closes_at,
        edition=factories.EditionFactory(code="newer"),
    )

    with django_assert_num_queries(1):
        assert lines(client) == [
            "UID:amed-2026-1@localhost",
            "SEQUENCE:2",
            "LAST-MODIFIED:20260502T030000Z",
            "DTSTART:20260601T050000Z",
        ]
