"""The bulk check's page: one form, two buttons, nothing stored, errors that name their place."""

import csv
import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from directory.models import Edition
from tests.append_only import lifted
from tests.applications.lists import later_list
from tests.applications.scenes import load_directory
from tests.journeys.portal import checksum

pytestmark = pytest.mark.django_db
BULK = "/en/check/bulk/"
HEAD = "row_id,agency,reference,starts_on,ends_on,country"
FITTING = "A1,rcn,300281,2022-04-01,2026-03-31,NO"
DAY = {"on_0": "2024", "on_1": "5", "on_2": "28"}


@pytest.fixture(autouse=True)
def _directory():
    load_directory()


def posted(client, content: str | bytes, button: str = "show", **given):
    raw = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile("grants.csv", raw, content_type="text/csv")
    return client.post(BULK, {"file": file, button: "1", **DAY, **given})


def words(response) -> str:
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(bare).split())


def test_shown_result_counts_and_names_what_stands_in_the_way(client):
    response = posted(
        client,
        f"{HEAD}\n{FITTING}\nB2,,5R01AI143730-04,2022-01-01,2023-12-31,US\nC3,other,+1,,,NO\n",
    )

    assert response.context["table"] == [
        ["2 (A1)", "RCN", "300281", "Fits the published conditions", "–",
         "Your funder asks you to give notice – the contact person of the grant at RCN"],
        ["3 (B2)", "NIH-NIAID", "5R01AI143730-04", "Does not fit the published conditions",
         "The grant is running: Not met",
         "Your funder encourages you to give notice – the programme officer of the grant at NIH-NIAID"],
        ["4 (C3)", "Another funder", "+1", "Does not fit the published conditions",
         "The funder takes part: Not met / The grant is running: Cannot tell", "–"],
    ]  # fmt: skip
    assert response.context["counts"] == [
        ("Fits the published conditions", 1),
        ("Does not fit the published conditions", 2),
    ]
    assert (
        "Rows checked: 3. List as of Monday 1 July 2024, reference date Tuesday 28 May 2024."
        in words(response)
    )


def test_downloaded_result_is_the_file_with_verdicts(client):
    response = posted(client, f"{HEAD},=note\n{FITTING},=1+1\n", "download")

    assert response["Content-Disposition"] == 'attachment; filename="checked-2024-05-28.csv"'
    text = response.content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert [row[name] for name in ("row_id", "'=note", "verdict", "edition")] == [
        "A1",
        "'=1+1",
        "FITS",
        "amed-2024-07-01",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_every_file_that_a_spreadsheet_saves_is_read(client, encoding, mark):
    text = f"備考,{HEAD}\n髙橋,{FITTING}\n".replace(",", mark)

    response = posted(client, text.encode(encoding), "download")

    [row] = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))
    assert (row["備考"], row["verdict"]) == ("髙橋", "FITS")


def test_row_that_cannot_be_read_is_named_and_the_others_go_on(client):
    response = posted(client, f"{HEAD}\nB2,rcn,300281,2022-04-01,2026-13-01,NO\n{FITTING}\n")

    assert response.context["wrong"] == [
        ("2 (B2)", "ends_on is not a date: “2026-13-01”. Write it as 2024-05-28.")
    ]
    assert [line[3] for line in response.context["table"]] == [
        "Cannot be read",
        "Fits the published conditions",
    ]


@pytest.mark.parametrize("button", ["show", "download"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "The file is empty."),
        ("row_id,reference\n1,2\n", "The heading lacks the column agency."),
        (f"{HEAD},agency\n{FITTING},rcn\n", "The heading names the column agency twice."),
        (f"{HEAD}\n", "The file has a heading, but no row below it."),
        (b"\x81\xff\xff", "The file is neither UTF-8, UTF-16 nor Shift_JIS"),
        (f"{HEAD}\n" + f"{FITTING}\n" * 5_001, "The file has more than 5,000 rows."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
    ],
)  # fmt: skip
def test_unreadable_file_is_refused_in_words(client, button, content, expected):
    response = posted(client, content, button)
    [sentence] = response.context["form"].errors["file"]

    assert (response.status_code, sentence.startswith(expected)) == (200, True)
    # Once in the summary, once at the field.
    assert unescape(response.content.decode()).count(sentence) == 2
    assert "Error:" in response.content.decode()


def test_five_thousand_rows_are_taken(client):
    response = posted(client, f"{HEAD}\n" + f"{FITTING}\n" * 5_000, "download")

    assert response.content.count(b",FITS,") == 5_000


def test_nothing_is_stored(client):
    before = checksum()

    posted(client, f"{HEAD}\n{FITTING}\n")
    posted(client, f"{HEAD}\n{FITTING}\n", "download")

    assert checksum() == before


def test_forged_request_is_refused():
    strict = Client(enforce_csrf_checks=True)

    assert posted(strict, f"{HEAD}\n{FITTING}\n").status_code == 403


def test_file_is_asked_for_when_none_is_sent(client):
    response = client.post(BULK, {"show": "1"})

    assert response.context["form"].errors == {"file": ["Choose a CSV file."]}


def test_without_a_published_list_the_page_says_so(client):
    with lifted():
        Edition.objects.update(published_at=None)

    assert "No list has been published here yet." in words(client.get(BULK))


def test_the_list_of_a_day_is_asked(client):
    later_list(nsf={})

    newest = posted(client, f"{HEAD}\n{FITTING}\n")
    then = posted(client, f"{HEAD}\n{FITTING}\n", as_of_0="2024", as_of_1="7", as_of_2="10")
    before = posted(client, f"{HEAD}\n{FITTING}\n", as_of_0="1999", as_of_1="1", as_of_2="1")

    assert newest.context["counts"] == [("Does not fit the published conditions", 1)]
    assert then.context["counts"] == [("Fits the published conditions", 1)]
    assert "List as of Monday 1 July 2024" in words(then)
    assert before.context["form"].errors == {
        "as_of": ["No list of that day is kept here. Leave it open for the newest list."]
    }
