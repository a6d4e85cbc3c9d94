"""What a hostile reading found here: controls of the guard against formulas, cookies, formats as data."""

import csv
import io
import zipfile

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.urls import reverse

from directory import spreadsheets
from directory.models import GrantFormat
from directory.spreadsheets import Column, csv_lines, xlsx_response
from tests.append_only import lifted
from tests.directory.factories import (
    AgencyFactory,
    ParticipationFactory,
    ProgrammeFactory,
    UserFactory,
)

TEXT = Column("text", "Text", 0)
CALLED = Column("called", "Called", lambda row: row[0])
RUNS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"]


def cells_that_run(payload):
    """The cells of a line of CSV that a spreadsheet would take for a formula."""
    text = "".join(csv_lines([TEXT, CALLED], [(payload,)]))
    line = list(csv.reader(io.StringIO(text[1:], newline="")))[1]
    return [cell for cell in line if cell[:1] in "=+-@\t\r＝＋－＠"]


@pytest.mark.parametrize("payload", RUNS)
def test_no_cell_runs_and_without_the_guard_each_would(payload, monkeypatch):
    assert cells_that_run(payload) == []
    monkeypatch.setattr(spreadsheets, "STARTS_FORMULA", frozenset())
    assert cells_that_run(payload) == [payload, payload]


def formulas(response):
    content = b"".join(response.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode().count("<f>")


def test_a_workbook_holds_no_formula_and_written_carelessly_it_would(monkeypatch):
    assert formulas(xlsx_response("a.xlsx", [TEXT], [("=1+1",)])) == 0
    careless = xlsxwriter.Workbook
    monkeypatch.setattr(spreadsheets.xlsxwriter, "Workbook", lambda path, _options: careless(path))
    monkeypatch.setattr(
        spreadsheets,
        "_put",
        lambda sheet, line, place, _kind, _form, value: sheet.write(line, place, value),
    )
    assert formulas(xlsx_response("a.xlsx", [TEXT], [("=1+1",)])) == 1


@pytest.mark.django_db
def test_the_privacy_page_names_every_cookie_that_pages_set(client, settings):
    # Given a visitor who reads pages, chooses a zone and opens the sign-in form
    for address in (
        reverse("directory:home") + "?zone=Europe/Oslo",
        reverse("directory:home").replace("/en/", "/ja/"),
        reverse("account_login"),
    ):
        client.get(address)
    set_by_us = {name.removeprefix("__Host-") for name in client.cookies}
    assert {"csrf", "zone", settings.LANGUAGE_COOKIE_NAME} <= set_by_us
    # Then the page about privacy speaks of each of them
    told = client.get(reverse("directory:privacy").replace("/ja/", "/en/")).content.decode()
    assert [name for name in set_by_us if f"<li>{name}:" not in told] == []


BROKEN_FORMATS = [
    ({"pattern": "("}, "pattern"),
    ({"pattern": r"(\d{6})", "key": "{2}"}, "pattern"),
    ({"pattern": r"\d{7}"}, "examples"),
    ({"examples": 300281}, "examples"),
    ({"examples": "300281"}, "examples"),
    ({"examples": [300281]}, "examples"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "field"), BROKEN_FORMATS)
def test_a_format_that_would_break_every_verdict_is_refused(values, field):
    fields = {"pattern": r"(\d{6})", "examples": ["300281"], "position": 1} | values
    with pytest.raises(ValidationError) as refused:
        GrantFormat(agency=AgencyFactory(), **fields).full_clean()
    assert list(refused.value.message_dict) == [field]


@pytest.mark.django_db
def test_a_sound_format_and_an_empty_box_are_taken():
    sound = GrantFormat(agency=AgencyFactory(), pattern=r"(\d{6})", position=1, examples=None)
    sound.full_clean()
    assert sound.examples == []


@pytest.mark.django_db
@pytest.mark.parametrize("aliases", [7, "VR", {"VR": 1}, ["VR", 7], [""]])
def test_aliases_are_a_list_of_texts(aliases):
    agency = AgencyFactory()
    agency.aliases = aliases
    with pytest.raises(ValidationError) as refused:
        agency.full_clean()
    assert list(refused.value.message_dict) == ["aliases"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "account",
    [{"staff_agency": "JST", "staff_role": "OFFICER"}, {"is_superuser": True}],
    ids=["officer", "superuser"],
)
def test_nobody_deletes_a_programme_out_of_a_published_list(client, account):
    # Given a published row that targets a programme
    programme = ProgrammeFactory()
    row = ParticipationFactory(agency=programme.agency)
    with lifted():
        row.programmes.add(programme)
    client.force_login(UserFactory(**account))
    chosen = {"action": "delete_selected", "_selected_action": [programme.pk], "post": "yes"}
    # When staff try to delete it, one by one or from the list
    client.post(reverse("admin:directory_programme_changelist"), chosen)
    answered = client.post(
        reverse("admin:directory_programme_delete", args=[programme.pk]), {"post": "yes"}
    )
    # Then the row still targets it: without, every grant of that funder would fit
    assert answered.status_code == 403
    assert list(row.programmes.all()) == [programme]
