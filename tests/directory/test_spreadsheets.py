"""Spreadsheets: what is written is read back cell by cell, and nothing in it runs."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy, override

from directory.spreadsheets import Column, csv_lines, csv_response, safe_cell, xlsx_response

RUNS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x", "＝1", "＋1", "－1", "＠x"]
STAYS = ["", "1=1", "'=1", "Ås", "田中=", "R01-AI", "JPMJAP2401", " =1"]

TEXT = Column("text", "Text", 0)


def read_back(pieces) -> list[list[str]]:
    text = "".join(pieces)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def sheet_of(response) -> str:
    content = b"".join(response.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode(), book.namelist(), book


@pytest.mark.parametrize("payload", RUNS)
def test_text_that_a_spreadsheet_would_run_starts_with_an_apostrophe(payload):
    assert safe_cell(payload) == f"'{payload}"
    assert read_back(csv_lines([TEXT], [(payload,)])) == [["Text"], [f"'{payload}"]]


@pytest.mark.parametrize("payload", STAYS)
def test_other_text_comes_back_exactly(payload):
    assert read_back(csv_lines([TEXT, TEXT], [(payload,)])) == [["Text"] * 2, [payload] * 2]


def test_numbers_days_and_nothing_are_left_alone():
    assert [safe_cell(value) for value in (-5, Decimal("-1.5"), None, date(2026, 3, 1))] == [
        -5,
        Decimal("-1.5"),
        None,
        date(2026, 3, 1),
    ]


@pytest.mark.parametrize(
    "column",
    [
        Column("c", "C", lambda row: row[0]),
        Column("c", "C", 0, labels={"=1+1": "=1+1"}),
        Column("c", "C", 0, labels={}),
        Column("c", "C", lambda row: "", codes=lambda row: row[0]),
    ],
)
@pytest.mark.parametrize("codes", [True, False])
def test_every_way_to_a_text_cell_is_guarded(column, codes):
    cell = read_back(csv_lines([column, TEXT], [("=1+1",)], codes))[1][0]

    assert cell in ("'=1+1", "")


@pytest.mark.parametrize("payload", ['a"b', 'a",=1+1', "a\r\n=1+1", "a,b", "a;b", "a\nb"])
def test_quotes_and_separators_cannot_break_out(payload):
    assert read_back(csv_lines([TEXT, TEXT], [(payload, 1)])) == [["Text"] * 2, [payload] * 2]


def test_names_survive_byte_for_byte():
    names = ["髙﨑", "福", "葛󠄀城", "ﾔﾏﾀﾞ", "O'Brien", "𠮷野", "Å̊", "Ng"]

    assert [row[0] for row in read_back(csv_lines([TEXT], [(name,) for name in names]))] == [
        "Text",
        *names,
    ]


def test_lines_end_with_crlf_and_the_headings_come_first_and_alone():
    pieces = csv_lines([TEXT], iter([("a",), ("b",)]))

    assert next(pieces) == "\ufeffText\r\n"
    assert next(pieces) == "a\r\nb\r\n"
    assert list(pieces) == []


def test_headings_and_words_follow_the_reader_and_codes_follow_nobody():
    column = Column("yes", gettext_lazy("Yes"), 0, labels={"Y": gettext_lazy("Yes")})
    with override("ja"):
        words, codes = csv_lines([column], [("Y",)]), csv_lines([column], [("Y",)], codes=True)

    # Read after the language has changed, as a server does while it streams.
    assert read_back(words) == [["はい"], ["はい"]]
    assert read_back(codes) == [["yes"], ["Y"]]


def test_moments_are_written_in_japan_time_and_days_as_they_are():
    columns = [Column("at", "At", 0, "moment"), Column("on", "On", 1, "date")]
    rows = [(datetime(2026, 5, 31, 15, 0, tzinfo=UTC), date(2026, 5, 31)), (None, None)]

    assert read_back(csv_lines(columns, rows)) == [
        ["At", "On"],
        ["2026-06-01T00:00:00+09:00", "2026-05-31"],
        ["", ""],
    ]


def test_rows_that_break_off_say_so_and_the_error_goes_on():
    def rows():
        yield ("a",)
        raise RuntimeError("database gone")

    pieces, seen = csv_lines([TEXT], rows()), []
    with pytest.raises(RuntimeError, match="database gone"):
        seen.extend(pieces)

    assert "".join(seen) == "\ufeffText\r\na\r\nINCOMPLETE\r\n"


def test_response_is_a_download_that_reads_rows_as_it_is_sent():
    asked = []

    def rows():
        for number in range(1000):
            asked.append(number)
            yield (str(number),)

    response = csv_response("list.csv", [TEXT], rows())
    content = iter(response.streaming_content)

    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert next(content) == b"\xef\xbb\xbfText\r\n"
    assert asked == []
    next(content)
    assert len(asked) == 200


@pytest.mark.parametrize("payload", ["=1+1", "https://example.org", "0123", "+81368702216", "1e5"])
def test_workbook_holds_text_as_text(payload):
    sheet, names, _book = sheet_of(xlsx_response("list.xlsx", [TEXT], [(payload,)]))

    assert f"<t>{payload}</t>" in sheet
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert [name for name in names if "worksheets/" in name] == ["xl/worksheets/sheet1.xml"]


def test_workbook_holds_real_days_moments_and_numbers():
    columns = [
        Column("on", "On", 0, "date"),
        Column("at", "At", 1, "moment"),
        Column("years", "Years", 2, "number"),
        Column("empty", "Empty", 3),
    ]
    row = (date(2026, 5, 31), datetime(2026, 5, 31, 15, 0, tzinfo=UTC), 3, None)
    sheet, _names, _book = sheet_of(xlsx_response("list.xlsx", columns, [row]))

    # 46173 is 31 May 2026 in a spreadsheet's count of days.
    assert '<c r="A2" s="' in sheet
    assert "<v>46173</v>" in sheet
    assert "<v>46174</v>" in sheet
    assert '<c r="C2"><v>3</v></c>' in sheet
    assert 'r="D2"' not in sheet


def test_workbook_without_rows_still_has_its_headings():
    sheet, _names, _book = sheet_of(xlsx_response("list.xlsx", [TEXT], []))

    assert "<t>Text</t>" in sheet
