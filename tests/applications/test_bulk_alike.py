"""The bulk check judges rows that are alike once, and each answer is the one that the row gets alone."""

import random
from datetime import date

import pytest

from applications import bulk
from applications.bulk import BulkCheck
from applications.queries.catalogue import edition_facts, load_catalogue
from applications.rules.eligibility import judge
from directory.models import Edition
from tests.bench.numbers import NUMBERS
from tests.directory.seeds import load_directory

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 28)
NAMES = bulk.READ[1:]
FITTING = ["rcn", "300281", "", "2022-04-01", "2026-03-31", "NO"]
SEED = 20_241_126


@pytest.fixture
def fresh():
    """Return a check of a file that has judged no row yet."""
    load_directory()
    catalogue = load_catalogue()
    edition = edition_facts(Edition.objects.get(code="amed-2024-07-01"))
    return lambda: BulkCheck(catalogue, edition, DAY, NAMES)


def drawn(draw: random.Random) -> list[str]:
    """A row of few words each, so that many are alike in all but one cell."""
    _slug, agency, country, number = draw.choice(NUMBERS)
    numbers = [
        number(draw.randrange(50)),
        "",
        " ",
        "R01HL111111",
        "5R01CA253329-04",
        "ANR-21-CE14-1",
    ]
    return [
        draw.choice([agency, agency, f" {agency} ", "NIH", "Natonal Science Foundation"]),
        draw.choice(numbers),
        draw.choice(["", "CFREF", "CERC", "Another"]),
        draw.choice(["", "2022-04-01", "2025-04-01", "2024-02-30"]),
        draw.choice(["", "2023-03-31", "2024-06-30", "2026-03-31"]),
        draw.choice([country, "JP", "", "XYZ"]),
    ]  # fmt: skip


def test_drawn_rows_answer_as_each_alone(fresh):
    draw = random.Random(SEED)
    rows = [drawn(draw) for _row in range(3_000)]
    check = fresh()

    together = [check.judged(row) for row in rows]

    assert together == [fresh().judged(row) for row in rows]
    assert {answer[1] for answer in together} == {
        *("FITS", "FITS_IF", "CANNOT_TELL", "DOES_NOT_FIT", "ERROR")
    }


@pytest.mark.parametrize(
    ("row", "column", "other"),
    [
        (FITTING, "agency", "SSF"),
        (["", *FITTING[1:]], "reference", "NIHR206858"),
        (FITTING, "reference", "NIHR206858"),
        (["TIPS", "", "CFREF", *FITTING[3:]], "programme", "CERC"),
        (FITTING, "starts_on", "2024-05-29"),
        (FITTING, "ends_on", "2024-05-27"),
        (FITTING, "country", "JP"),
    ],
)
def test_a_row_that_differs_in_one_cell_is_judged_itself(fresh, row, column, other):
    second = [other if name == column else cell for name, cell in zip(NAMES, row, strict=True)]
    check = fresh()

    answers = check.judged(row), check.judged(second)

    assert answers == (fresh().judged(row), fresh().judged(second))
    assert answers[0] != answers[1]


def test_numbers_that_read_alike_are_judged_once_and_no_others(fresh, monkeypatch):
    judged = []

    def counted(grant, *rest):
        judged.append(grant.reference)
        return judge(grant, *rest)

    monkeypatch.setattr(bulk, "judge", counted)
    check = fresh()
    for number in ("300281", "300282", "NIHR206858", "300283", "", "NIHR206859"):
        check.judged(["rcn", number, *FITTING[2:]])

    assert judged == ["300281", "NIHR206858", ""]


def test_a_file_of_rows_that_all_differ_is_held_in_part(fresh, monkeypatch):
    monkeypatch.setattr(bulk, "ANSWERS_KEPT", 3)
    check = fresh()
    rows = [[*FITTING[:4], f"2024-05-{day}", "NO"] for day in range(20, 31)]

    answers = [check.judged(row)[1] for row in [*rows, *rows]]

    assert answers == 2 * [*["DOES_NOT_FIT"] * 8, *["FITS"] * 3]
    assert len(check.answers) <= 3
