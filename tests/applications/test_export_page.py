"""Before an export: what the file would hold; personal columns only with a reason; on record before it leaves."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from applications.actions.data_uses import record_export
from applications.exports import EXPORTS, Export
from applications.models import DataUse
from applications.views import exporting
from directory import spreadsheets
from tests.append_only import lifted
from tests.applications.exporting import (
    REASON,
    asked_for,
    csv_rows,
    page_of,
    text_of,
    whole_file,
)
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db

# What names or reaches a person, and free text that may name one.
PERSONAL = {
    "applications": {"lead", "lead_erad", "partners", "explanation"},
    "members": {"name", "name_latin", "email", "orcid"},
    "grants": {"holder"},
    "notices": {"holder", "recipient", "by_whom", "proof"},
    "events": {"actor", "reason"},
}
SECRET = "pipistrelle"  # stands in every personal value of the world below, and nowhere else


@pytest.fixture
def amed(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world("AMED")


@pytest.fixture
def secret(amed):
    """The world with one word in every personal column."""
    for number, who in enumerate((amed.lead.researcher, amed.partner.researcher)):
        who.name = who.family_latin = f"{SECRET} {number}"
        who.email, who.orcid = f"{number}@{SECRET}.example", SECRET
        who.save()
    amed.application.explanation = f"{SECRET} explains"
    amed.application.save()
    amed.notice.done_to, amed.proof.name, amed.event.reason = SECRET, f"{SECRET}.pdf", SECRET
    amed.notice.done_by.name = SECRET
    with lifted():
        for row in (amed.notice, amed.proof, amed.event, amed.notice.done_by):
            row.save()
    grant = amed.relied.grant
    grant.agency, grant.agency_other, grant.programme_other = None, f"{SECRET} fund", SECRET
    grant.save()
    return amed


def uses() -> list[dict]:
    kept = ("kind", "name", "filters", "columns", "personal", "rows", "reason", "agency", "by")
    return list(DataUse.objects.filter(kind="EXPORT").order_by("pk").values(*kept))


@pytest.mark.parametrize("name", PERSONAL)
def test_personal_columns_are_those(name):
    assert {one.code for one in EXPORTS[name].columns if one.personal} == PERSONAL[name]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", PERSONAL)
def test_a_link_and_a_form_without_a_reason_give_no_personal_value(client, secret, name, form):
    # Given a reader, and one word in every personal column
    client.force_login(secret.staff)

    # When the file is taken by a link, and by the form without personal columns
    link = reverse("applications:staff_export", args=[name]) + f"?format={form}&headers=codes"
    by_link = b"".join(client.get(link).streaming_content)
    by_form = whole_file(client, name, columns="WITHOUT", reason="", format=form)
    whole = whole_file(client, name, format=form)

    # Then the word is in neither, but it is in the file that was asked for with a reason
    assert SECRET not in text_of(by_link)
    assert SECRET not in text_of(by_form)
    assert SECRET in text_of(whole)
    if form == "csv":
        codes = [one.code for one in EXPORTS[name].columns]
        assert csv_rows(whole)[0] == codes
        assert csv_rows(by_link)[0] == [one for one in codes if one not in PERSONAL[name]]
        assert by_link == by_form
        for column in PERSONAL[name] - {"lead_erad"}:
            values = {row[codes.index(column)] for row in csv_rows(whole)[1:]}
            assert any(SECRET in value.casefold() for value in values) or column == "actor"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", PERSONAL)
def test_if_all_columns_were_chosen_the_word_would_be_in_the_link(
    client, secret, monkeypatch, name, form
):
    """The control: without the choice of columns, the search above finds what it looks for."""
    client.force_login(secret.staff)
    monkeypatch.setattr(Export, "chosen", lambda self, personal: self.columns)
    monkeypatch.setattr(exporting.actions, "record_export", recorded_without_a_reason)

    link = reverse("applications:staff_export", args=[name]) + f"?format={form}"

    assert SECRET in text_of(b"".join(client.get(link).streaming_content))


def recorded_without_a_reason(**said) -> DataUse:
    return record_export(**said | {"personal": False})


@pytest.mark.parametrize(
    "headings, funder, programme",
    [("CODES", "other", "other"), ("WORDS", "Another funder", "Another programme")],
)
def test_a_funder_or_programme_that_was_typed_leaves_with_a_reason_only(
    client, secret, headings, funder, programme
):
    client.force_login(secret.staff)

    def cells(name, *columns, **asked):
        names, row = csv_rows(whole_file(client, name, **asked))
        at = {
            str(one.header if headings == "WORDS" else one.code): one
            for one in EXPORTS[name].columns
        }
        codes = [at[heading].code for heading in names]
        return [row[codes.index(one)] for one in columns]

    without = {"columns": "WITHOUT", "reason": "", "headings": headings}
    assert cells("grants", "agency", "programme", **without) == [funder, programme]
    assert cells("applications", "agencies", **without) == [funder]
    if headings == "WORDS":
        typed = [f"{SECRET} fund", SECRET]
        assert cells("grants", "agency", "programme", headings=headings) == typed
        assert cells("applications", "agencies", headings=headings) == typed[:1]


def test_the_page_says_what_the_file_would_hold(client, amed):
    client.force_login(amed.staff)

    page = client.get(f"{page_of('grants')}?agency=rcn&verdict=FITS_IF")
    html = page.content.decode()

    assert page.context["rows"] == 1
    assert "so that Excel does not run it" in html
    assert "Funder: <bdi>RCN</bdi>" in html
    assert "Result: <bdi>Fits if the condition is confirmed</bdi>" in html
    assert [(row[1], row[2] != "–") for row in page.context["column_rows"]] == [
        (column.code, column.code == "holder") for column in EXPORTS["grants"].columns
    ]
    assert uses() == []


def test_personal_columns_without_a_reason_are_refused_and_nothing_is_recorded(client, amed):
    client.force_login(amed.staff)

    answer = client.post(page_of("members"), asked_for(reason="  "))

    assert answer.streaming is False
    assert answer.context["form"].errors == {
        "reason": ["Say why personal columns are needed, or leave them out."]
    }
    assert uses() == []


def test_a_list_without_rows_gives_no_file(client, amed):
    client.force_login(amed.staff)

    answer = client.post(f"{page_of('members')}?q=zzz", asked_for())

    assert answer.streaming is False
    assert "No rows match, so there is no file." in answer.content.decode()
    assert uses() == []


def test_an_export_is_on_record_whole(client, amed):
    client.force_login(amed.staff)

    whole_file(client, "notices", "state=RECORDED&agency=rcn&page=1")
    link = reverse("applications:staff_export", args=["grants"])
    b"".join(client.get(f"{link}?format=xlsx&headers=codes").streaming_content)

    said = {"kind": "EXPORT", "agency": "AMED", "by": amed.staff.pk, "rows": 1}
    assert uses() == [
        {
            **said,
            "name": "notices.csv",
            "filters": "agency=rcn&state=RECORDED",
            "columns": "receipt;agency;body_told;holder;strength;trigger;state;due_on;recipient;"
            "channel;done_on;by_whom;proof;acknowledged_at",
            "personal": True,
            "reason": REASON,
        },
        {
            **said,
            "name": "grants.xlsx",
            "filters": "",
            "columns": "receipt;country;agency;programme;reference;starts_on;ends_on;verdict;"
            "reasons;warnings;attested_at;edition",
            "personal": False,
            "reason": "",
        },
    ]


def test_the_record_is_written_before_a_row_is_read_for_the_file(client, amed, monkeypatch):
    client.force_login(amed.staff)
    recorded = []

    def respond(*_args):
        recorded.append(len(uses()))
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(spreadsheets, "xlsx_response", respond)
    with pytest.raises(RuntimeError):
        client.post(page_of("members"), asked_for(format="xlsx"))

    assert recorded == [1]
    assert len(uses()) == 1


def test_without_a_record_no_file_leaves(client, amed, monkeypatch):
    """The record fails: so does the download."""
    client.force_login(amed.staff)
    client.raise_request_exception = False

    def full(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "applications_datause"'):
            raise RuntimeError("no space")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full):
        answer = client.post(page_of("members"), asked_for())

    assert answer.status_code == 500
    assert amed.canary not in answer.content.decode()


# -- the command -------------------------------------------------------------------------
def run(tmp_path, **options) -> None:
    call_command(
        "export", "members", call="kanaria-call", output=str(tmp_path / "f.csv"), **options
    )


def test_the_command_alone_is_on_no_record_and_says_so(amed, tmp_path, capsys):
    run(tmp_path, codes=True)

    assert "email" in csv_rows((tmp_path / "f.csv").read_bytes())[0]
    assert capsys.readouterr().err == (
        "Not on record: add --by EMAIL --reason WHY to record this export.\n"
    )
    assert uses() == []


def test_the_command_with_a_name_and_a_reason_is_on_record(amed, tmp_path, capsys):
    run(tmp_path, by=amed.staff.email, reason="Nightly copy")

    assert capsys.readouterr().err == ""
    assert [(one["name"], one["filters"], one["rows"], one["reason"]) for one in uses()] == [
        ("members.csv", "call=kanaria-call", 2, "Nightly copy")
    ]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"by": "staff"}, "needs both"),
        ({"reason": "why"}, "needs both"),
        ({"by": "nobody@portal.example", "reason": "why"}, "no account of AMED's staff"),
        ({"by": "jst", "reason": "why"}, "no account of AMED's staff"),
    ],
)
def test_the_command_refuses_a_record_that_would_not_hold(amed, tmp_path, options, words):
    who = {"staff": amed.staff, "jst": UserFactory(staff_agency="JST", staff_role="OFFICER")}
    if options.get("by") in who:
        options = options | {"by": who[options["by"]].email}

    with pytest.raises(CommandError, match=words):
        run(tmp_path, **options)

    assert list(tmp_path.glob("f.csv*")) == []
    assert uses() == []
