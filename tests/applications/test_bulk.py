"""The bulk check: whatever a spreadsheet program saves can be read, and one bad row stops no other."""

import codecs
import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from applications import bulk, golden
from applications.queries.catalogue import edition_facts, load_catalogue
from directory.models import Edition
from tests.applications.lists import LATER, SHIPPED, later_list
from tests.directory.seeds import load_directory

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 28)
HEAD = "row_id,agency,reference,programme,starts_on,ends_on,country"
FITTING = "1,rcn,300281,,2022-04-01,2026-03-31,NO"


READ_ONCE: list = []


@pytest.fixture
def directory():
    """The shipped list as plain facts; they need no database once they are read."""
    if not READ_ONCE:
        load_directory()
        edition = Edition.objects.get(code="amed-2024-07-01")
        READ_ONCE.extend([load_catalogue(), edition_facts(edition)])
    return tuple(READ_ONCE)


def checked(directory, content: bytes | str) -> list[dict[str, str]]:
    raw = content if isinstance(content, bytes) else content.encode()
    rows = bulk.checked_rows(io.BytesIO(raw), *directory, DAY)
    names = next(rows)
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_golden_cases_answer_as_agreed(directory):
    count, differences = golden.differences(*directory)

    assert (count >= 29 * 3, differences) == (True, [])


def test_golden_cases_cover_every_row_with_each_kind_of_answer(directory):
    with golden.CASES.open(encoding="utf-8") as file:
        kinds = {(row["agency"], row["expected_verdict"]) for row in csv.DictReader(file)}

    missing = [
        slug
        for slug, row in directory[1].rows.items()
        for verdict in ("FITS_IF" if row.conditions else "FITS", "DOES_NOT_FIT", "CANNOT_TELL")
        if (slug, verdict) not in kinds
    ]
    assert missing == []


def test_a_changed_rule_makes_a_golden_case_differ(directory):
    # Given an edition in which Norway's council no longer takes part
    catalogue, edition = directory
    rows = {slug: row for slug, row in edition.rows.items() if slug != "rcn"}
    changed = type(edition)(edition.code, edition.as_of, edition.source, rows)

    # When the cases are judged
    _count, differences = golden.differences(catalogue, changed)

    # Then every case of that row differs, and no other
    with golden.CASES.open(encoding="utf-8") as file:
        norwegian = {
            row["row_id"] for row in csv.DictReader(file) if row["agency"].lower() == "rcn"
        }
    assert {one.row_id for one in differences} == norwegian


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{FITTING}\n".encode(),
        codecs.BOM_UTF8 + f"{HEAD}\r\n{FITTING}\r\n".encode(),
        f"{HEAD}\r\n{FITTING}\r\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + f"{HEAD}\r\n{FITTING}\r\n".encode("utf-16-be"),
        f"{HEAD}\n{FITTING}\n".replace(",", ";").encode(),
        f"{HEAD}\n{FITTING}\n".replace(",", "\t").encode(),
        f"{HEAD},備考\n{FITTING},髙橋\n".encode("cp932"),
        f"{HEAD.upper()}\n{FITTING}".encode(),
        "country,ends_on,starts_on,reference,agency\nno,2026/3/31,２０２２-04-01,３００２８１,ノルウェー研究評議会\n".encode(),
    ],
    ids=[
        "utf-8",
        "bom",
        "utf-16",
        "utf-16-be",
        "semicolon",
        "tab",
        "cp932",
        "capitals",
        "other-order",
    ],
)
def test_whatever_a_spreadsheet_saves_is_read(directory, content):
    [row] = checked(directory, content)

    assert (row["agency_slug"], row["verdict"]) == ("rcn", "FITS")


@pytest.mark.parametrize(
    "line, agency, verdict, notice_to",
    [
        ("1,,R01CA253329,,2022-04-01,2026-03-31,US", "nih-nci", "FITS", "programme officer at NIH-NCI"),
        ("1,NIH,R01HL111111,,2022-04-01,2026-03-31,US", "nih-nhlbi", "DOES_NOT_FIT", ""),
        ("1,NIH,,,2022-04-01,2026-03-31,US", "nih", "CANNOT_TELL", ""),
        ("1,VR,2016-07099,,2022-04-01,2026-03-31,SE", "src", "FITS", ""),
        ("1,SSF,FFL15-0196,,2022-04-01,2026-03-31,SE", "ssf", "FITS", "STINT"),
        ("1,erc,101055176,,2022-04-01,2026-03-31,IL", "erc", "FITS_IF", ""),
        ("1,ukri,MR/N013700/1,,2022-04-01,2026-03-31,GB", "ukri", "FITS", "international@mrc.ukri.org"),
        ("1,,300281,,2022-04-01,2026-03-31,NO", "", "CANNOT_TELL", ""),
        ("1,other,X1,,2022-04-01,2026-03-31,IT", "other", "DOES_NOT_FIT", ""),
        ("1,rcn,300281,,2022-04-01,2026-03-31,JP", "rcn", "DOES_NOT_FIT", "contact at RCN"),
    ],
)  # fmt: skip
def test_rows_answer_in_codes(directory, line, agency, verdict, notice_to):
    [row] = checked(directory, f"{HEAD}\n{line}\n")

    assert (row["agency_slug"], row["verdict"], row["notice_to"], row["edition"]) == (
        agency,
        verdict,
        notice_to,
        "amed-2024-07-01",
    )


@pytest.mark.parametrize(
    "line, reason",
    [
        (
            "1,rcn,300281,,2024-02-30,,NO",
            "starts_on is not a date: “2024-02-30”. Write it as 2024-05-28.",
        ),
        (
            "1,rcn,300281,,,2024-99999999999999999999-01,NO",
            "ends_on is not a date: “2024-99999999999999999999-01”. Write it as 2024-05-28.",
        ),
        (
            "1,rcn,300281,,2024-05-02,2024-05-01,NO",
            "ends_on (2024-05-01) is before starts_on (2024-05-02).",
        ),
        (
            "1,rcn,300281,,,,Norway",
            "country is not a two-letter ISO code: “Norway”. Write GB for the United Kingdom.",
        ),
    ],
)
def test_a_bad_row_says_why_and_the_others_go_on(directory, line, reason):
    bad, good = checked(directory, f"{HEAD}\n{line}\n{FITTING}\n")

    assert (bad["agency_slug"], bad["verdict"], bad["reasons"]) == ("rcn", "ERROR", reason)
    assert good["verdict"] == "FITS"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"])
def test_no_cell_runs_in_a_spreadsheet(directory, start):
    [row] = checked(directory, f'row_id,agency,reference\n"{start}1+1",rcn,"{start}2"\n')

    assert (row["row_id"], row["reference"]) == (f"'{start}1+1", f"'{start}2")


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "lacks the column agency"),
        (b"row_id,agency\n1,rcn\n", "lacks the column reference"),
        (b"agency,agency,reference\n", "names the column agency twice"),
        (b"\x81\xff\xfe\x00\xfd", "neither UTF-8, UTF-16 nor Shift_JIS"),
        (b"agency,reference\0\n", "NUL characters"),
    ],
)
def test_a_file_that_is_none_says_how_to_mend_it(directory, content, words):
    with pytest.raises(bulk.Unreadable) as refusal:
        checked(directory, content)

    assert words in str(refusal.value)


def test_command_reads_the_golden_file_and_writes_a_file_for_excel(directory, tmp_path):
    output = tmp_path / "out.csv"
    load_directory()

    call_command("check_grants", str(golden.CASES), on=DAY, output=output)

    written = output.read_bytes()
    lines = written.decode("utf-8-sig").split("\r\n")
    assert (written[:3], len(lines) - 2) == (codecs.BOM_UTF8, golden.differences(*directory)[0])


def test_command_asks_the_list_of_a_day(tmp_path):
    load_directory()
    later_list(nsf={})
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"{HEAD}\n{FITTING}\n", encoding="utf-8")

    found = []
    for day in (date(2024, 7, 10), date(2025, 4, 2)):
        call_command("check_grants", str(source), as_of=day, on=DAY, output=output)
        [row] = csv.DictReader(io.StringIO(output.read_text(encoding="utf-8-sig"), newline=""))
        found.append((row["verdict"], row["edition"]))

    assert found == [("FITS", SHIPPED), ("DOES_NOT_FIT", LATER)]


@pytest.mark.parametrize(
    ("options", "mends"),
    [
        ({"as_of": DAY, "edition": SHIPPED}, "Leave out --edition for the list of a day"),
        ({"as_of": date(1999, 1, 1)}, "No list of AMED is kept .* Give a later day"),
        ({"as_of": DAY, "call": "amed-2024-3"}, "on or before 2024-05-28"),
    ],
)
def test_command_says_how_to_mend_a_day_without_a_list(options, mends):
    load_directory()

    with pytest.raises(CommandError, match=mends):
        call_command("check_grants", str(golden.CASES), **options)


@pytest.mark.parametrize("options", [{"call": "none"}, {"edition": "none"}])
def test_command_names_what_does_not_exist(options):
    with pytest.raises(CommandError, match="There is no"):
        call_command("check_grants", str(golden.CASES), **options)
