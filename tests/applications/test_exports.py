"""The exports, read back cell by cell; their columns are the contract's, in its order."""

import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from applications.exports import EXPORTS
from applications.models import Application
from directory.spreadsheets import csv_lines
from tests.append_only import lifted
from tests.applications.factories import ApplicationFactory, MembershipFactory
from tests.applications.twins import world
from tests.directory.factories import ParticipationFactory

pytestmark = pytest.mark.django_db

COLUMNS = {
    "applications": "receipt, call, state, title_ja, title_en, area, years, budget_jpy, lead, "
    "lead_institution, lead_erad, partners, countries, agencies, best_verdict, explanation, "
    "erad_status, erad_number, submitted_at, version",
    "members": "receipt, role, name, name_latin, institution, country, email, orcid, "
    "confirmed_at, confirmed_how",
    "grants": "receipt, holder, country, agency, programme, reference, starts_on, ends_on, "
    "verdict, reasons, warnings, attested_at, edition",
    "notices": "receipt, agency, body_told, holder, strength, trigger, state, due_on, recipient, "
    "channel, done_on, by_whom, proof, acknowledged_at",
    "events": "receipt, at, act, from_state, to_state, actor, reason",
}


@pytest.fixture
def amed(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world("AMED")


def read(name: str, codes: bool = True, language: str = "en") -> list[list[str]]:
    export = EXPORTS[name]
    with override(language):
        pieces = csv_lines(
            export.columns, export.rows(export.among(Application.objects.all())), codes
        )
    return list(csv.reader(io.StringIO("".join(pieces).removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_the_contracts(name):
    assert [column.code for column in EXPORTS[name].columns] == COLUMNS[name].split(", ")


@pytest.mark.parametrize("name", COLUMNS)
def test_every_heading_has_its_own_words(name):
    assert len({str(column.header) for column in EXPORTS[name].columns}) == len(
        EXPORTS[name].columns
    )


def test_applications_in_codes_and_in_words(amed):
    receipt = amed.application.receipt

    assert read("applications")[1] == [
        *(receipt, "kanaria-call", "SUBMITTED", "kanaria 地図", "kanaria maps", "", "", ""),
        *("山田 kanaria", "kanaria 大学", "12345678", "Kari kanaria", "NO", "rcn", "FITS"),
        *("kanaria explains", "NOT_STARTED", "", "2026-05-20T15:00:00+09:00", "1"),
    ]
    assert read("applications", codes=False)[1] == [
        *(receipt, "kanaria-call", "Submitted", "kanaria 地図", "kanaria maps", "", "", ""),
        *("山田 kanaria", "kanaria 大学", "12345678", "Kari kanaria", "Norway", "RCN"),
        *("Fits the published conditions", "kanaria explains", "Not started", ""),
        *("2026-05-20T15:00:00+09:00", "1"),
    ]


def test_members_in_codes(amed):
    receipt = amed.application.receipt

    assert sorted(read("members")[1:]) == sorted(
        [
            [
                *(receipt, "LEAD", "山田 kanaria", "YAMADA Haruo", "kanaria 大学", "JP"),
                *("lead@kanaria.example", "", "", ""),
            ],
            [
                *(receipt, "PARTNER", "Kari kanaria", "KANARIASEN Kari"),
                *("Universitetet kanaria", "NO", "kari@kanaria.example", ""),
                *("2026-05-20T15:00:00+09:00", "SELF"),
            ],
        ]
    )


def test_grants_in_codes_and_in_words(amed):
    receipt = amed.application.receipt
    amed.relied.attestations.create(code="ERC_SCOPE", answer="GIVEN", at=amed.event.at)

    assert read("grants")[1] == [
        *(receipt, "Kari kanaria", "NO", "rcn", "", "kanaria-1", "2024-01-01", "2027-12-31"),
        *("FITS_IF", "agency_takes_part=MET;condition_attested=UNKNOWN"),
        *("UNFAMILIAR_NUMBER;SHORT_TIME_LEFT", "2026-05-20T15:00:00+09:00", "kanaria-draft-list"),
    ]
    assert read("grants", codes=False)[1][8:11] == [
        "Fits if the condition is confirmed",
        "The funder takes part: Met; The condition is confirmed: Cannot tell",
        "Unfamiliar number format; Little time left",
    ]


def test_notices_in_codes(amed):
    assert read("notices")[1] == [
        *(amed.application.receipt, "rcn", "rcn", "Kari kanaria", "REQUESTED"),
        *("UPON_APPLICATION", "RECORDED", "2026-05-20", "kanaria officer", "EMAIL"),
        *("2026-05-21", "Recorder kanaria", "kanaria.pdf", ""),
    ]


def test_events_in_codes(amed):
    assert read("events")[1] == [
        *(amed.application.receipt, "2026-05-20T15:00:00+09:00", "SUBMIT", "DRAFT", "SUBMITTED"),
        *("Kari kanaria", "kanaria reason"),
    ]


def test_an_event_of_the_portal_itself_says_so(amed):
    with lifted():
        amed.event.__class__.objects.update(by_system=True, membership=None)

    assert read("events")[1][5] == "SYSTEM"
    assert read("events", codes=False)[1][5] == "The portal"


@pytest.mark.parametrize("name", COLUMNS)
def test_what_was_removed_is_left_out(amed, name):
    amed.relied.removed_at = amed.notice.removed_at = amed.partner.removed_at = amed.event.at
    for row in (amed.relied, amed.notice, amed.partner):
        row.save()

    rows = {"applications": 1, "members": 1, "events": 1}.get(name, 0)
    assert len(read(name)) == 1 + rows
    assert "RCN" not in str(read("applications", codes=False))


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("payload", ["=1+1", "@x", "＝1", "+81"])
def test_no_export_holds_a_cell_that_runs(amed, name, payload):
    amed.application.title_en = amed.application.explanation = payload
    amed.application.save()
    for who in (amed.lead.researcher, amed.partner.researcher):
        who.name = who.family_latin = payload
        who.institution.name = f"{payload}{who.pk}"
        who.institution.save()
        who.save()
    amed.relied.grant.reference = amed.notice.done_to = amed.event.reason = payload
    amed.relied.grant.save()
    amed.notice.save()
    with lifted():
        amed.event.save()

    for codes in (True, False):
        cells = [cell for row in read(name, codes)[1:] for cell in row]
        assert [cell for cell in cells if cell[:1] in tuple("=+-@＝＋－＠") and cell] == []
        assert any(cell.startswith(f"'{payload}") for cell in cells)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    "name, queries",
    [("applications", 3), ("members", 1), ("grants", 2), ("notices", 1), ("events", 1)],
)
def test_exports_cost_the_same_for_three_rows_as_for_one(
    django_assert_num_queries, settings, tmp_path, name, queries, number
):
    settings.MEDIA_ROOT = tmp_path
    for index in range(number):
        world("AMED", number=index)

    with django_assert_num_queries(queries):
        rows = read(name)

    assert len(rows) == 1 + number * (2 if name == "members" else 1)


def test_team_with_two_applications_has_its_people_in_both(amed):
    amed.application.__class__.objects.filter(pk=amed.application.pk).update(status="WITHDRAWN")
    ApplicationFactory(team=amed.application.team, call=amed.call, submitted=True)

    assert len({(row[0], row[2]) for row in read("members")[1:]}) == 4


# -- the command -------------------------------------------------------------------------
def written(path) -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", COLUMNS)
def test_command_writes_one_calls_rows(amed, settings, tmp_path, name):
    world("JST")
    MembershipFactory()
    file = tmp_path / "out.csv"

    call_command("export", name, call="kanaria-call", output=str(file), codes=True)

    rows = written(file)
    assert rows[0] == COLUMNS[name].split(", ")
    assert {row[0] for row in rows[1:]} == {amed.application.receipt}


def test_command_writes_the_funders_without_a_call(db, tmp_path):
    from tests.directory.factories import NoticeRuleFactory

    NoticeRuleFactory(participation=ParticipationFactory(agency__slug="rcn"))
    file = tmp_path / "out.csv"

    call_command("export", "funders", output=str(file), codes=True)

    assert [row[0] for row in written(file)] == ["slug", "rcn"]
    assert written(file)[1][13] == date(2024, 7, 1).isoformat()


@pytest.mark.parametrize("options", [{}, {"call": "nowhere"}])
def test_command_refuses_without_a_known_call_and_leaves_no_file(db, tmp_path, options):
    with pytest.raises(CommandError, match="call"):
        call_command("export", "grants", output=str(tmp_path / "out.csv"), **options)

    assert list(tmp_path.iterdir()) == []
