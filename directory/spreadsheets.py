"""Rows out as CSV and XLSX: columns compiled once, cells that no spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import itemgetter
from tempfile import NamedTemporaryFile
from typing import Any, Literal

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override

from directory.models import JAPAN_TIME

BOM = "\ufeff"  # Excel reads UTF-8 as such only with it
LINES_PER_CHUNK = 200
INCOMPLETE = "INCOMPLETE"  # last line of a file whose rows broke off
# product.md section 9: what makes a spreadsheet run a cell, half width and full width.
STARTS_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")
LAST_ROW = 1_048_575  # of one sheet, counted from 0
LONGEST_CELL = 32_767

Cell = Callable[[Any], Any]
Labels = Mapping[str, Any] | Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable code, its heading, and how a row's value is read.

    ``value`` is a position in a row of ``values_list``, or a function of the row. ``labels`` turns
    a stored code into words; ``codes`` is another reading for ``--codes`` (default: ``value``
    without labels). ``kind`` decides what a workbook stores: identifiers, telephone numbers and
    references are text. So is an ``address``: only on screen its punycode stands beside it.
    ``personal`` marks what names or reaches a person, and free text that may do so; ``nameless`` is
    the column that stands in its place where such columns are left out, but most of it may stay.
    """

    code: str
    header: Any
    value: int | Cell
    kind: Literal["text", "address", "date", "moment", "number"] = "text"
    labels: Labels | None = None
    codes: Cell | None = None
    personal: bool = False
    nameless: "Column | None" = None


class _Words(dict[Any, Any]):
    """Guarded labels by code; a code without words stands for itself."""

    def __init__(self, labels: Mapping[str, Any]) -> None:
        super().__init__()
        self._labels = labels

    def __missing__(self, code: Any) -> Any:
        try:
            words = str(self._labels[code])
        except KeyError:
            words = code
        self[code] = words = safe_cell(words)
        return words


def safe_cell(value: Any) -> Any:
    """Return ``value`` with an apostrophe before it where a spreadsheet would run it.

    Only text is touched; numbers, dates and None come back as they are.
    """
    if value.__class__ is not str and not isinstance(value, str):
        return value
    return f"'{value}" if value[:1] in STARTS_FORMULA else value


def _reader(column: Column, codes: bool) -> Cell:
    """Return the function that reads a column's plain value out of a row."""
    if codes and column.codes:
        return column.codes
    value = column.value
    return itemgetter(value) if isinstance(value, int) else value


def _csv_cell(column: Column, codes: bool) -> Cell:
    """Return the function that makes a row's guarded CSV cell. Called 100,000 times: no detours."""
    read = _reader(column, codes)
    if column.labels is not None and not codes:
        words = _Words(column.labels() if callable(column.labels) else column.labels)
        return lambda row: words[read(row)]
    if column.kind == "moment":
        return lambda row: _iso(read(row))
    if column.kind in ("date", "number"):
        return read
    if not isinstance(column.value, int) or (codes and column.codes):
        return lambda row: safe_cell(read(row))
    position, dangerous = column.value, STARTS_FORMULA

    def text(row: Sequence[Any]) -> Any:
        cell = row[position]
        if cell and cell.__class__ is str and cell[0] in dangerous:
            return f"'{cell}"
        return cell

    return text


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(JAPAN_TIME).isoformat(timespec="seconds") if moment else ""


def headers(columns: Sequence[Column], codes: bool) -> list[str]:
    return [column.code if codes else str(column.header) for column in columns]


def csv_lines(columns: Sequence[Column], rows: Iterable[Any], codes: bool = False) -> Iterator[str]:
    """Return the file in pieces: BOM and headings at once, then some 200 lines a piece.

    RFC 4180 with CRLF. Days are ISO 8601, moments ISO 8601 in Japan time. The words are those of
    the language active now. Where ``rows`` raises, the last line says INCOMPLETE and the error
    goes on, so that a server breaks the connection off.
    """
    cells = [_csv_cell(column, codes) for column in columns]
    return _pieces(headers(columns, codes), cells, iter(rows), get_language())


def _pieces(
    heading: list[str], cells: list[Cell], rows: Iterator[Any], language: str | None
) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(safe_cell(name) for name in heading)
    while piece := buffer.getvalue():
        yield piece
        buffer.seek(0)
        buffer.truncate()
        broken = None
        # Other requests of this thread must not lend their language to a piece.
        with override(language):
            try:
                for row in islice(rows, LINES_PER_CHUNK):
                    writer.writerow([cell(row) for cell in cells])
            except Exception as error:
                broken = error
        if broken is not None:
            writer.writerow([INCOMPLETE])
            yield buffer.getvalue()
            raise broken


def csv_response(
    filename: str, columns: Sequence[Column], rows: Iterable[Any], codes: bool = False
) -> StreamingHttpResponse:
    """Return a streamed download; ``rows`` is read while it is sent, never held."""
    return StreamingHttpResponse(
        (piece.encode("utf-8", "replace") for piece in csv_lines(columns, rows, codes)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, filename)},
    )


def write_xlsx(
    path: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    codes: bool = False,
    said: Mapping[str, Any] | None = None,
) -> None:
    """Write a workbook row by row in constant memory: text as text, days and moments as real ones.

    ``said`` are the document's properties, which a spreadsheet shows about a file.
    """
    book = xlsxwriter.Workbook(
        path,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(dict(said or {}))
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    heading = headers(columns, codes)
    plans = [
        (place, column.kind, formats.get(column.kind), worded(column, codes))
        for place, column in enumerate(columns)
    ]
    sheet, line = None, LAST_ROW
    for row in rows:
        if line >= LAST_ROW:
            sheet, line = _new_sheet(book, heading), 0
        line += 1
        for place, kind, form, read in plans:
            _put(sheet, line, place, kind, form, read(row))
    if sheet is None:
        _new_sheet(book, heading)
    book.close()


def worded(column: Column, codes: bool = False) -> Cell:
    """Return the function that reads a row's value for a workbook or a page: words, no apostrophe."""
    read = _reader(column, codes)
    if column.labels is None or codes:
        return read
    labels = column.labels() if callable(column.labels) else column.labels

    def words(row: Any) -> Any:
        code = read(row)
        try:
            return str(labels[code])
        except KeyError:
            return code

    return words


def _new_sheet(book: xlsxwriter.Workbook, heading: Sequence[str]) -> Any:
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(heading):
        sheet.write_string(0, place, name, bold)
    return sheet


def _put(sheet: Any, line: int, place: int, kind: str, form: Any, value: Any) -> None:
    if value is None or value == "":
        return
    if kind == "number":
        sheet.write_number(line, place, value)
    elif kind == "date":
        sheet.write_datetime(line, place, value, form)
    elif kind == "moment":
        local = value.astimezone(JAPAN_TIME).replace(tzinfo=None, microsecond=0)
        sheet.write_datetime(line, place, local, form)
    else:
        text = str(value)
        # A longer text would be left out altogether, silently.
        whole = len(text) <= LONGEST_CELL
        sheet.write_string(line, place, text if whole else text[: LONGEST_CELL - 1] + "…")


def xlsx_response(
    filename: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    codes: bool = False,
    said: Mapping[str, Any] | None = None,
) -> FileResponse:
    """Return a workbook as a download; the temporary file goes when the response is closed."""
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the response closes it
    write_xlsx(file.name, columns, rows, codes, said)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename)
