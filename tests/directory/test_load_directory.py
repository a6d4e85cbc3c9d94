"""load_directory brings the directory up to date: all or nothing, safe to repeat, never deleting."""

import csv
import io
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.management.commands import load_directory
from directory.management.commands.load_directory import SEED, load
from directory.models import Agency, Call, CallChange, Country, Edition, NoticeRule, Participation
from directory.seeding import BrokenSeed
from tests.append_only import lifted
from tests.directory.factories import UserFactory
from tests.directory.seeds import checksums, edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be broken."""
    return Path(shutil.copytree(SEED, tmp_path / "seed"))


@pytest.fixture
def loaded(db: None) -> None:
    load()


def test_an_empty_database_gets_the_whole_directory(db):
    said = io.StringIO()

    call_command("load_directory", stdout=said)

    assert Country.objects.count() == 11
    assert Participation.objects.count() == NoticeRule.objects.count() == 29
    assert Agency.objects.get(slug="nih-nci").parent.slug == "nih"
    assert Agency.objects.get(slug="src").aliases == ["VR"]
    tips = Participation.objects.get(agency__slug="tips")
    assert {programme.code for programme in tips.programmes.all()} == {"CFREF", "CERC"}
    assert Edition.objects.newest("AMED").code == "amed-2024-07-01"
    assert "+ agencies arc\n" in said.getvalue()
    assert said.getvalue().splitlines()[-1].startswith("Done: ")


def test_a_second_run_writes_nothing(loaded):
    before = checksums()
    said = io.StringIO()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        call_command("load_directory", stdout=said)

    assert said.getvalue() == "Done: 0 new, 0 changed.\n"
    assert checksums() == before
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


def test_a_dry_run_prints_what_the_run_prints_and_writes_nothing(db):
    before = checksums()
    dry, real = io.StringIO(), io.StringIO()

    call_command("load_directory", "--dry-run", stdout=dry)
    assert checksums() == before
    call_command("load_directory", stdout=real)

    assert dry.getvalue().replace("Dry run: ", "Done: ") == real.getvalue()


def test_what_staff_changed_comes_back_and_leaves_its_history(loaded):
    Agency.objects.filter(slug="arc").update(site="https://example.org")

    planned = load()

    assert list(planned.lines()) == [
        "~ agencies arc.site: 'https://example.org' -> 'https://www.arc.gov.au'"
    ]
    arc = Agency.objects.get(slug="arc")
    assert arc.site == "https://www.arc.gov.au"
    assert list(arc.history.values_list("history_type", "history_change_reason")) == [
        ("~", "load_directory"),
        ("+", "load_directory"),
    ]


def test_a_deadline_that_an_approver_moved_stays_where_it_is(loaded):
    # Given a call whose deadline was moved here, with a record of it, and whose title was changed
    call = Call.objects.get(code="amed-2024-3")
    shipped, moved = call.title_en, call.closes_at + timedelta(days=7)
    Call.objects.filter(pk=call.pk).update(closes_at=moved, title_en="Another title")
    said = io.StringIO()
    call_command("load_directory", dry_run=True, stdout=said)
    assert "calls amed-2024-3.closes_at" in said.getvalue()  # the control: without a record

    CallChange.objects.create(
        call=call,
        at=moved,
        by=UserFactory(),
        reason_en="Why",
        reason_ja="理由",
        opens_before=call.opens_at,
        opens_after=call.opens_at,
        closes_before=call.closes_at,
        closes_after=moved,
        edition_before=call.edition,
        edition_after=call.edition,
    )
    call_command("load_directory", stdout=said)

    # Then loading brings the title back and leaves the deadline
    call.refresh_from_db()
    assert (call.title_en, call.closes_at) == (shipped, moved)


def test_what_the_files_lack_is_named_and_left_alone(loaded):
    japan = Country.objects.create(code="JP", name_en="Japan", name_ja="日本")
    newer = Edition.objects.create(
        code="amed-2030-01-01",
        owner="AMED",
        as_of="2030-01-01",
        updated_on="2030-01-01",
        source="https://example.org",
    )

    newer.rows.create(
        agency=Agency.objects.get(slug="nih-nhlbi"),
        position=1,
        kind="EXISTING",
        summary_en="Nothing.",
        summary_ja="なし。",
    )

    planned = load()

    assert list(planned.lines()) == [
        "? countries JP is in the database and not in the files; left alone",
        "? editions amed-2030-01-01 is in the database and not in the files; left alone",
    ]
    assert Country.objects.filter(pk=japan.pk).exists()
    assert newer.rows.count() == 1


def test_a_row_that_a_published_edition_should_not_have_is_refused(loaded):
    with lifted():
        Edition.objects.get().rows.create(
            agency=Agency.objects.get(slug="nih-nhlbi"),
            position=30,
            kind="EXISTING",
            summary_en="Nothing.",
            summary_ja="なし。",
        )

    with pytest.raises(BrokenSeed, match=r"participations\.csv: .*amed-2024-07-01/nih-nhlbi"):
        load()


def test_a_byte_order_mark_and_another_order_of_columns_are_read(loaded, folder):
    path = folder / "agencies.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row[::-1] for row in csv.reader(file)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)

    assert list(load(folder).lines()) == []


@pytest.mark.parametrize(
    "file,old,new,where",
    [
        (
            "notice_rules.csv",
            "help@nhmrc",
            "desk@nhmrc",
            "notice_rules.csv, line 3, column address",
        ),
        ("participations.csv", "Please", "You must", "participations.csv, line 4, column summary"),
        (
            "conditions.csv",
            "wellcome,WELLCOME_OUTCOMES",
            "wellcome,ERC_SCOPE",
            "conditions.csv, li",
        ),
        (
            "editions.csv",
            "2024-07-01,2024",
            "2024-06-30,2024",
            "editions.csv, line 2, column as_of",
        ),
    ],
)
def test_a_published_edition_never_changes(loaded, folder, file, old, new, where):
    edit(folder / file, old, new)
    before = checksums()

    with pytest.raises(BrokenSeed) as refused:
        load(folder)

    assert where in str(refused.value)
    assert "amed-2024-07-01 is published" in str(refused.value)
    assert checksums() == before


def test_a_funder_that_a_published_edition_names_stays_in_its_country(loaded, folder):
    path = folder / "agencies.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            row | {"country": "SE"} if row["slug"] in ("arc", "nih-nhlbi") else row
            for row in csv.DictReader(file)
        ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    before = checksums()

    with pytest.raises(BrokenSeed) as refused:
        load(folder)

    assert "column country" in str(refused.value)
    assert "a published edition names arc with its country" in str(refused.value)
    assert "nih-nhlbi" not in str(refused.value)
    assert checksums() == before


def test_a_funder_that_a_published_edition_names_keeps_parent_and_institute_code(loaded, folder):
    edit(folder / "agencies.csv", ",US,nih,CA,", ",US,,CB,")
    edit(folder / "nih_institutes.csv", "CA,nih-nci", "CB,nih-nci")
    edit(folder / "nih_institutes.csv", "HL,nih-nhlbi", "HX,nih-nhlbi")
    before = checksums()

    with pytest.raises(BrokenSeed) as refused:
        load(folder)

    said = str(refused.value)
    assert (
        "column parent: undo the change: a published edition names nih-nci with its parent" in said
    )
    assert (
        "column institute_code: undo the change: "
        "a published edition names nih-nci with its institute code" in said
    )
    assert "nih-nhlbi" not in said
    assert checksums() == before


def test_names_of_a_funder_on_a_published_list_and_codes_of_others_are_corrected(loaded, folder):
    edit(folder / "agencies.csv", "arc,ARC,Australian Research Council,", "arc,ARC,The Council,")
    edit(folder / "nih_institutes.csv", "HL,nih-nhlbi", "HX,nih-nhlbi")

    load(folder)

    assert Agency.objects.get(slug="arc").name_en == "The Council"
    assert Agency.objects.get(slug="nih-nhlbi").institute_code == "HX"


def test_an_edition_not_yet_published_may_still_change(loaded, folder):
    with lifted():
        Edition.objects.update(published_at=None)
    edit(folder / "notice_rules.csv", "help@nhmrc", "desk@nhmrc")

    load(folder)

    assert NoticeRule.objects.filter(address="desk@nhmrc.gov.au").exists()
    assert Edition.objects.get().published_at is not None


def test_a_format_that_refuses_its_own_example_stops_the_load(loaded, folder):
    edit(folder / "formats.csv", "IIS-2239688", "IIS-22396")
    before = checksums()

    with pytest.raises(BrokenSeed, match=r"formats\.csv, line 41, column examples: .*'IIS-22396'"):
        load(folder)

    assert checksums() == before


def test_the_command_says_that_nothing_was_changed_and_how_to_mend_it(db, monkeypatch, folder):
    edit(folder / "calls.csv", "2024-05-28T12:00:00+09:00", "28 May 2024")
    monkeypatch.setattr(load_directory, "SEED", folder)
    monkeypatch.setattr(load_directory.load, "__defaults__", (folder,))

    with pytest.raises(CommandError) as refused:
        call_command("load_directory")

    assert str(refused.value) == (
        "Nothing was changed.\ncalls.csv, line 2, column closes_at: write the moment with its zone, "
        "as 2024-05-28T12:00:00+09:00 (it holds '28 May 2024')"
    )
