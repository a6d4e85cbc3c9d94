"""Every export read back cell by cell, as CSV and as XLSX: what is an identifier, a day, a number; what is kept whole."""

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from applications.exports import EXPORTS
from tests.append_only import lifted
from tests.applications.exporting import csv_rows, sheet_cells, whole_file
from tests.applications.factories import MembershipFactory
from tests.applications.twins import world

pytestmark = pytest.mark.django_db

# Excel would make a formula, a date, a number without its zeros, or a power of ten of these.
TRAPS = [
    "=1+1",
    "＝1+1",
    "＋81-3-1234",
    "@SUM(A1)",
    "12/05/17",
    "1-2",
    "00123456",
    "1E5",
    "+81-3-6870",
]
NAMES = ["髙﨑 花子", "福田", "𠮷野家", "葛󠄀城", "ﾔﾏﾀﾞ", "O'Brien", "Å̊sa", "Ng"]
RUNS = tuple("=+-@\t\r\n\0＝＋－＠")
NUMBERS = {"years", "budget_jpy", "version"}
DAYS = {"starts_on", "ends_on", "due_on", "done_on"}
MOMENTS = {"submitted_at", "confirmed_at", "attested_at", "acknowledged_at", "at"}
FIRST_DAY = date(1899, 12, 30)  # of Excel's calendar


@pytest.fixture
def amed(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one = world("AMED")
    one.application.years, one.application.budget_jpy = 4, 90_000_000
    one.application.erad_number = "00012345"
    one.application.save()
    one.notice.acknowledged_at = datetime(2026, 5, 22, 15, 30, tzinfo=UTC)
    one.notice.save()
    return one


def filled(amed, text: str) -> None:
    """Put ``text`` wherever somebody may type."""
    amed.application.title_ja = amed.application.title_en = text
    amed.application.explanation = amed.application.erad_number = text[:30]
    amed.application.save()
    for who in (amed.lead.researcher, amed.partner.researcher):
        who.name = who.family_latin = text
        who.institution.name = text + "\u3000" * (who.pk % 2)
        who.institution.save()
        who.save()
    amed.relied.grant.reference = amed.relied.grant.programme_other = text
    amed.relied.grant.save()
    amed.notice.done_to = amed.proof.name = amed.event.reason = text
    amed.notice.done_by.name = text
    with lifted():
        for row in (amed.notice, amed.proof, amed.event, amed.notice.done_by):
            row.save()


def both(client, name: str, headings: str = "CODES"):
    """The CSV's rows without headings, and the workbook's."""
    lines = csv_rows(whole_file(client, name, headings=headings))
    cells = sheet_cells(whole_file(client, name, format="xlsx", headings=headings))
    return lines, cells


def in_workbook(code: str, text: str) -> tuple[str, str, str]:
    """The cell that a workbook holds for what the CSV says in this column."""
    if code in NUMBERS:
        return "n", "General", text
    if code in DAYS:
        return "n", "yyyy-mm-dd", str((date.fromisoformat(text) - FIRST_DAY).days)
    if code in MOMENTS:
        local = datetime.fromisoformat(text).replace(tzinfo=None)
        days = (local - datetime(1899, 12, 30)) / timedelta(days=1)
        return "n", "yyyy-mm-dd hh:mm:ss", f"{days:.16g}"
    return "s", "General", text[1:] if text[:1] == "'" and text[1:2] in RUNS else text


@pytest.mark.parametrize("headings", ["CODES", "WORDS"])
@pytest.mark.parametrize("name", EXPORTS)
def test_the_workbook_says_what_the_csv_says_each_cell_in_its_kind(client, amed, name, headings):
    client.force_login(amed.staff)
    filled(amed, "00123 髙﨑")

    lines, cells = both(client, name, headings)

    codes = [column.code for column in EXPORTS[name].columns]
    assert [cell[2] for cell in cells[0]] == lines[0]
    for line, row in zip(lines[1:], cells[1:], strict=True):
        expected = [in_workbook(code, text) for code, text in zip(codes, line, strict=True) if text]
        assert [_rounded(one) for one in row] == [_rounded(one) for one in expected]


def _rounded(cell: tuple[str, str, str]) -> tuple[str, str, str]:
    kind, form, value = cell
    return kind, form, f"{float(value):.9f}" if kind == "n" else value


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("name", EXPORTS)
def test_no_cell_is_a_formula_a_date_or_a_number_of_what_was_text(client, amed, name, trap):
    client.force_login(amed.staff)
    filled(amed, trap)

    lines, cells = both(client, name)

    typed = [cell for row in cells for cell in row if cell[2] == trap]
    assert typed
    assert {(kind, form) for kind, form, _value in typed} == {("s", "General")}
    assert not [cell for row in cells for cell in row if cell[0] not in ("s", "n")]
    guarded = f"'{trap}" if trap[0] in RUNS else trap
    assert [cell for row in lines for cell in row if cell == guarded]
    assert not [cell for row in lines for cell in row if cell[:1] in RUNS and cell]


@pytest.mark.parametrize("name", EXPORTS)
def test_names_come_back_whole(client, amed, name):
    client.force_login(amed.staff)
    for written in NAMES:
        filled(amed, written)

        lines, cells = both(client, name)

        assert any(written in cell for row in lines for cell in row), written
        assert any(written in cell[2] for row in cells for cell in row), written


@pytest.mark.parametrize("name", EXPORTS)
def test_a_workbook_hides_nothing_and_names_nobody_in_its_margins(client, amed, name):
    client.force_login(amed.staff)
    MembershipFactory(team=amed.application.team)

    book = zipfile.ZipFile(io.BytesIO(whole_file(client, name, format="xlsx")))

    parts = {one: book.read(one).decode() for one in book.namelist()}
    assert re.findall(r'<sheet [^>]*name="([^"]*)"', parts["xl/workbook.xml"]) == ["Sheet1"]
    assert not [one for one, text in parts.items() if re.search("hidden|externalLink", text)]
    assert "definedName" not in parts["xl/workbook.xml"]
    margins = {one: text for one, text in parts.items() if not one.startswith("xl/worksheets/")}
    assert not [one for one, text in margins.items() if amed.canary in text]
    assert amed.canary in parts["xl/worksheets/sheet1.xml"]
    assert re.findall("<(?:dc:creator|cp:lastModifiedBy)>([^<]*)<", parts["docProps/core.xml"]) in (
        [],
        ["", ""],
    )
