"""Files as staff take them out: with every column, for a reason; what a CSV or a workbook holds."""

import csv
import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

from django.test import Client
from django.urls import reverse

REASON = "For the panel of 1 June; the secretariat gets it."
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def page_of(name: str) -> str:
    return reverse("applications:staff_export_page", args=[name])


def asked_for(**changed: str) -> dict[str, str]:
    """What the form sends for a CSV with every column, in codes."""
    return {
        "columns": "WITH",
        "reason": REASON,
        "format": "csv",
        "headings": "CODES",
        **changed,
    }


def whole_file(client: Client, name: str, query: str = "", **changed: str) -> bytes:
    """The file with every column, as the form of the export page gives it."""
    response = client.post(f"{page_of(name)}?{query}", asked_for(**changed))
    assert response.streaming, response.status_code
    return b"".join(response.streaming_content)


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def text_of(content: bytes) -> str:
    """All that a CSV or a workbook says, in every part of it."""
    if content[:2] != b"PK":
        return content.decode("utf-8")
    book = zipfile.ZipFile(io.BytesIO(content))
    return "".join(book.read(name).decode() for name in book.namelist())


def sheet_cells(content: bytes) -> list[list[tuple[str, str, str]]]:
    """Each row's cells of the one sheet: type (``s`` text, ``n`` number), number format, value.

    A formula would have the type ``formula``. Cells that hold nothing are left out.
    """
    book = zipfile.ZipFile(io.BytesIO(content))
    sheets = [one for one in book.namelist() if one.startswith("xl/worksheets/sheet")]
    assert sheets == ["xl/worksheets/sheet1.xml"]
    formats = _formats(book)
    rows = []
    for row in ElementTree.fromstring(book.read(sheets[0])).iter(f"{MAIN}row"):  # noqa: S314 -- our own file
        rows.append([_cell(cell, formats) for cell in row.iter(f"{MAIN}c")])
    return rows


def _formats(book: zipfile.ZipFile) -> list[str]:
    """The number format of each style of the book."""
    styles = ElementTree.fromstring(book.read("xl/styles.xml"))  # noqa: S314 -- our own file
    named = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{MAIN}numFmt")}
    cells = styles.find(f"{MAIN}cellXfs")
    assert cells is not None
    return [named.get(one.get("numFmtId"), "General") for one in cells]


def _cell(cell: Any, formats: list[str]) -> tuple[str, str, str]:
    if cell.find(f"{MAIN}f") is not None:
        return "formula", "", cell.findtext(f"{MAIN}f")
    form = formats[int(cell.get("s", "0"))]
    if cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
        return "s", form, _unescaped(text)
    return cell.get("t", "n"), form, cell.findtext(f"{MAIN}v")


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold are written as ``_xHHHH_`` in a workbook."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
