"""A file on its way: one for each person at a time, its record in its name, and its rows counted."""

import re
import zipfile
from io import BytesIO
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import request_finished
from django.urls import reverse
from django.utils import timezone

from applications.models import DataUse
from applications.queries.data_uses import unusual_uses
from applications.views import exporting, one_at_a_time
from directory.models import JAPAN_TIME
from tests.applications.exporting import asked_for, csv_rows, page_of, whole_file
from tests.applications.factories import MembershipFactory
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def amed(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one = world("AMED")
    client.force_login(one.staff)
    return one


def uses() -> list[tuple]:
    kept = ("name", "filters", "columns", "personal", "rows", "reason")
    return list(DataUse.objects.filter(kind="EXPORT").order_by("pk").values_list(*kept))


def close(answer) -> None:
    """What a server does when the line broke; the test keeps its connection, as in Django's client."""
    with patch.object(request_finished, "send"):
        answer.close()


# -- one at a time -------------------------------------------------------------------------
def test_a_second_file_is_refused_while_the_first_leaves(client, amed):
    # Given a file that has begun to leave
    first = client.post(page_of("members"), asked_for())
    next(iter(first.streaming_content))

    # When the same person asks for another, by a link too
    second = client.post(f"{page_of('grants')}?agency=rcn", asked_for())
    by_link = client.get(reverse("applications:staff_export", args=["events"]))

    # Then both are refused, with a way on, and are on no record
    for answer in (second, by_link):
        assert (answer.status_code, answer.streaming, answer["Retry-After"]) == (429, False, "10")
        assert "Another file is still on its way to you" in answer.content.decode()
    assert f'href="{page_of("grants")}?agency=rcn"' in second.content.decode()
    assert [one[0] for one in uses()] == ["members.csv"]

    # And once the first has left, the next one may
    b"".join(first.streaming_content)
    close(first)
    assert client.post(page_of("grants"), asked_for()).streaming


def test_without_the_guard_both_would_leave(client, amed, monkeypatch):
    """The control."""
    monkeypatch.setattr(exporting.one_at_a_time, "begin", lambda request: lambda: None)

    assert client.post(page_of("members"), asked_for()).streaming
    assert client.post(page_of("members"), asked_for()).streaming


def test_somebody_else_is_not_refused(client, amed):
    client.post(page_of("members"), asked_for())
    client.force_login(UserFactory(staff_agency="AMED", staff_role="VIEWER"))

    assert client.post(page_of("members"), asked_for()).streaming


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_line_that_broke_before_the_first_byte_keeps_nobody_waiting(client, amed, form):
    close(client.post(page_of("members"), asked_for(format=form)))

    assert client.post(page_of("members"), asked_for()).streaming


def test_a_file_that_could_not_be_made_keeps_nobody_waiting(client, amed, monkeypatch):
    def broken(*_args):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as changed:
        changed.setattr(exporting.spreadsheets, "xlsx_response", broken)
        with pytest.raises(RuntimeError):
            client.post(page_of("members"), asked_for(format="xlsx"))

    assert client.post(page_of("members"), asked_for()).streaming


def test_a_job_that_died_in_silence_runs_out_and_ends_no_other(client, amed, monkeypatch):
    # Given a first job whose note has run out, and a second that has begun since
    with monkeypatch.context() as changed:
        changed.setattr(one_at_a_time, "LONGEST", -1)
        first = client.post(page_of("members"), asked_for())
    second = client.post(page_of("members"), asked_for())
    assert second.streaming

    # When the first is closed after all
    close(first)

    # Then the second still keeps its place
    assert client.post(page_of("members"), asked_for()).status_code == 429
    close(second)
    assert client.post(page_of("members"), asked_for()).streaming


def test_a_second_bulk_check_is_refused_in_the_form(client, db):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.directory.seeds import load_directory

    load_directory()
    address = reverse("applications:check_bulk")

    def check():
        return client.post(
            address,
            {"file": SimpleUploadedFile("g.csv", b"agency,reference\nrcn,300281\n"), "show": "1"},
        )

    cache.add("heavy-job:127.0.0.1", "somebody at the same address", 60)
    refused = check()
    cache.delete("heavy-job:127.0.0.1")

    assert refused.status_code == 429
    assert refused.context["form"].errors == {"file": [one_at_a_time.still_running()]}
    assert [check().status_code for _twice in range(2)] == [200, 200]


# -- the number of its record --------------------------------------------------------------
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_file_is_named_for_its_record_and_a_workbook_says_it_inside(client, amed, form):
    answer = client.post(page_of("members"), asked_for(format=form))
    content = b"".join(answer.streaming_content)

    use = DataUse.objects.get()
    day = timezone.localdate(use.at, JAPAN_TIME)
    assert answer["Content-Disposition"] == (
        f'attachment; filename="members-{day.isoformat()}-{use.pk}.{form}"'
    )
    if form == "xlsx":
        said = zipfile.ZipFile(BytesIO(content)).read("docProps/core.xml").decode()
        moment = use.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert re.findall("<dcterms:created[^>]*>([^<]*)<", said) == [moment]
        assert re.findall("<dc:title>([^<]*)<", said) == ["People"]
        [words] = re.findall("<dc:description>([^<]*)<", said)
        assert words.startswith(f"Export {use.pk} of ")
        assert "by staff of AMED" in words
        assert amed.staff.get_full_name() not in words


# -- the rows that were written --------------------------------------------------------------
def test_a_file_with_the_rows_that_were_said_is_on_record_once(client, amed):
    whole_file(client, "members")

    assert [(one[0], one[4]) for one in uses()] == [("members.csv", 2)]


def test_a_long_file_begins_before_its_rows_are_counted(client, amed, monkeypatch):
    """Counting 100,000 rows takes longer than a person waits for the first byte of a file."""
    monkeypatch.setattr(exporting.staff, "MOST_COUNTED", 1)
    for _each in "12":
        MembershipFactory(team=amed.application.team)

    page = client.get(page_of("members"))
    whole_file(client, "members")

    assert page.context["counted"] == "More than 1"
    # Before it leaves, one more than was counted stands for all; then the number that left.
    assert [(one[1].partition("=")[0], one[4]) for one in uses()] == [("", 2), ("corrects", 4)]


def test_rows_that_came_meanwhile_are_on_record_after_the_first(client, amed):
    # Given an export of two people, recorded as such
    answer = client.post(page_of("members"), asked_for())
    first = DataUse.objects.get()

    # When a third joins before the rows are read
    MembershipFactory(team=amed.application.team)
    rows = csv_rows(b"".join(answer.streaming_content))[1:]

    # Then the record says how many it were in the end; it is no second export
    assert len(rows) == 3
    assert first.rows == 2
    assert uses()[1:] == [("members.csv", f"corrects={first.pk}", "", False, 3, "")]
    page = client.get(reverse("applications:staff_uses"))
    [note, export] = [row[2:7] for row in page.context["rows"]]
    assert note == [f"Rows written for export {first.pk}: People (CSV)", "–", "–", "–", 3]
    assert export[0] == f"Export {first.pk}: People (CSV), with personal columns"
    assert unusual_uses(DataUse.objects.all(), timezone.now()) == []


def test_a_line_that_broke_is_on_record_with_what_was_read(client, amed):
    answer = client.post(page_of("members"), asked_for())
    next(iter(answer.streaming_content))  # the headings alone
    close(answer)

    assert [(one[0], one[4]) for one in uses()] == [("members.csv", 2), ("members.csv", 0)]


def test_the_command_counts_too(amed, tmp_path, monkeypatch):
    from applications.management.commands.export import Command

    given = Command.record

    def record(self, *args):
        use = given(self, *args)
        MembershipFactory(team=amed.application.team)
        return use

    monkeypatch.setattr(Command, "record", record)
    call_command(
        "export", "members", call="kanaria-call", output=str(tmp_path / "f.csv"),
        by=amed.staff.email, reason="Nightly copy",
    )  # fmt: skip

    assert [one[4] for one in uses()] == [2, 3]
