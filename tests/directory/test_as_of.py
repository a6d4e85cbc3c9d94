"""Which edition an address means: a code, a day, nothing; and what is no question."""

from datetime import UTC, date, datetime

import pytest

from directory.as_of import asked_edition
from tests.directory.factories import EditionFactory

pytestmark = pytest.mark.django_db
PUBLISHED = datetime(2024, 8, 1, tzinfo=UTC)


@pytest.fixture
def lists():
    def made(code, owner, day, published_at=PUBLISHED):
        return EditionFactory(
            code=code, owner=owner, as_of=day, updated_on=day, published_at=published_at
        )

    made("amed-first", "AMED", date(2024, 7, 3))
    made("amed-second", "AMED", date(2025, 1, 10))
    made("amed-draft", "AMED", date(2025, 2, 1), None)
    made("jst-first", "JST", date(2024, 5, 1))


@pytest.mark.parametrize(
    ("params", "owner", "code"),
    [
        ({}, "AMED", "amed-second"),
        ({}, "JST", "jst-first"),
        ({"edition": "amed-first"}, "AMED", "amed-first"),
        ({"edition": "jst-first"}, "AMED", "jst-first"),
        ({"edition": "2025-01-09"}, "AMED", "amed-first"),
        ({"edition": "2025-01-10"}, "AMED", "amed-second"),
        ({"as_of": "2024-07-03"}, "AMED", "amed-first"),
        ({"as_of": " 2030-01-01 "}, "AMED", "amed-second"),
        ({"as_of": "2024-07-03"}, "JST", "jst-first"),
        # No list of that day is kept: an answer, not a mistake.
        ({"as_of": "2024-07-02"}, "AMED", None),
    ],
)
def test_an_address_means_one_edition(lists, params, owner, code):
    asked = asked_edition(params, owner)

    assert (asked.edition and asked.edition.code, asked.problem) == (code, "")


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        (
            {"edition": "amed-draft"},
            "No published list has the code “amed-draft”. Leave it out for the newest list.",
        ),
        (
            {"edition": "20240703"},
            "No published list has the code “20240703”. Leave it out for the newest list.",
        ),
        ({"as_of": "3 July"}, "“3 July” is not a day. Write it as 2024-07-10."),
        ({"as_of": "20240703"}, "“20240703” is not a day. Write it as 2024-07-10."),
        ({"as_of": "2024-02-30"}, "“2024-02-30” is not a day. Write it as 2024-07-10."),
        (
            {"as_of": "2024-07-03", "edition": "amed-first"},
            "Ask for an edition or for a day, not for both.",
        ),
    ],
)
def test_what_is_no_question_is_answered_with_how_to_ask(lists, params, problem):
    asked = asked_edition(params, "AMED")

    assert (asked.edition, asked.problem) == (None, problem)
