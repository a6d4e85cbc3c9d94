"""The checker and the bulk check under requests that nobody means well: a readable page, never a failure."""

import logging
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.applications.scenes import load_directory

pytestmark = pytest.mark.django_db
CHECK, BULK = "/en/check/", "/ja/check/bulk/"
SEED = 20_261_123
RCN = {
    "field": "healthcare",
    "country": "NO",
    "agency": "rcn",
    "reference": "300281",
    "starts_on": "2022-04-01",
    "ends_on": "2026-03-31",
    "on": "2024-05-28",
    "edition": "amed-2024-07-01",
}
NASTY = [
    "", "\0", "a\0b", "\ud800", "\u202e\u200b", "髙﨑\ufa1b", "x" * 10_000, "%s%(x)s", "{{7*7}}",
    "=1+1", "＝1", "-1", "0", "²", "1e9", "999999999999", "0000-00-00", "9999-12-31", "2024-02-30",
    "２０２４", "2024-5-28", "2024/05/28", "Mar", "nih", "NIH-NCI", "other", "tips", "CERC", "EU", "JP",
    "gb", "healthcare", "both", "5R01AI143730-04", "5R01HL143730-04", "amed-2024-07-01", "details",
    "answer", "about", "<script>", "'", '"', "&", ";", "\r\n", "a b",
]  # fmt: skip
NAMES = [
    *RCN, "programme", "step", "starts_on_0", "starts_on_1", "starts_on_2", "ends_on_0", "ends_on_1",
    "ends_on_2", "on_0", "show", "download", "zzz",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _directory():
    load_directory()
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def drawn(draw: random.Random) -> dict[str, str]:
    given = {**RCN} if draw.random() < 0.7 else {}
    for _field in range(draw.randrange(1, 5)):
        given[draw.choice(NAMES)] = draw.choice(NASTY).encode("utf-8", "replace").decode()
    return given


def drawn_file(draw: random.Random) -> bytes:
    mark = draw.choice([",", ",", ";", "\t"])
    heading = ["agency", "reference", "row_id", "programme", "starts_on", "ends_on", "country", "x"]
    draw.shuffle(heading)
    lines = [heading[: draw.randrange(5, 9)]]
    lines += [[draw.choice(NASTY) for _cell in heading] for _row in range(draw.randrange(6))]
    text = draw.choice(["\n", "\r\n"]).join(mark.join(line) for line in lines)
    content = text.encode(draw.choice(["utf-8", "utf-8-sig", "utf-16", "cp932"]), "replace")
    if draw.random() < 0.3:
        content = content[: draw.randrange(len(content) + 1)]
    return draw.randbytes(60) if draw.random() < 0.1 else content


@pytest.mark.parametrize(
    "bad",
    [
        {"on": "garbage"},
        {"on": "2024-02-30"},
        {"on": "99999999999-1-1"},
        {"starts_on": "2024-13-45"},
        {"ends_on": "9999-12-31"},
        {"edition": "zzz"},
        {"edition": "x" * 10_000},
        {"country": "XX"},
        {"field": "magic"},
        {"agency": "x" * 10_000},
        {"reference": "7" * 10_000},
        {"programme": "p" * 10_000},
        {"reference": "a\u202eb"},
        {"agency": "a\0b"},
    ],
)
def test_bad_parameter_is_a_readable_page(client, bad):
    response = client.get(CHECK, {**RCN, **bad})

    assert response.status_code == 400
    assert "<h1" in response.content.decode()


def test_drawn_addresses_of_the_checker(client):
    draw = random.Random(SEED)
    client.raise_request_exception = False

    statuses = [client.get(CHECK, drawn(draw)).status_code for _one in range(250)]

    assert [status for status in statuses if status >= 500] == []
    assert {200, 302, 400} <= set(statuses)


def test_drawn_files_of_the_bulk_check(client):
    draw = random.Random(SEED)
    client.raise_request_exception = False

    statuses = []
    for _one in range(150):
        file = SimpleUploadedFile(
            draw.choice(["a.csv", "髙.csv", "../../etc/passwd", "=1+1.csv", "a" * 300]),
            drawn_file(draw),
        )
        year = draw.choice(["", "", "", draw.choice(NASTY)]).encode("utf-8", "replace").decode()
        data = {"file": file, draw.choice(["show", "download"]): "1", "on_0": year}
        statuses.append(client.post(BULK, data).status_code)

    assert [status for status in statuses if status >= 500] == []
    assert 200 in statuses
