"""The record is only ever added to: the database refuses the rest, whoever asks; erasing leaves a mark."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from applications.models import (
    DataUse,
    Event,
    ForgottenAddress,
    GoldenCase,
    InternalNote,
    LetterTemplate,
    Proof,
    Publication,
    Version,
    VersionPerson,
)
from applications.queries.promises.guards import GUARDED
from directory.append_only import (
    FUNCTION,
    MARK,
    AppendOnly,
    altered_guards,
    standing_triggers,
    trigger_names,
)
from directory.models import CallChange, Erasure, PublishedNote, PublishedPage, StaffRoleChange
from tests.append_only import lifted, passing
from tests.applications.factories import (
    CREATED_AT,
    SUBMITTED_AT,
    ApplicationFactory,
    EventFactory,
    ProofFactory,
)
from tests.directory.factories import AgencyFactory, ResearcherFactory, UserFactory

pytestmark = pytest.mark.django_db
# What may be erased, and the one mark that may take its place.
MARKS = {
    Event: {"reason": MARK},
    Version: {},
    VersionPerson: {"values": {}},
    Proof: {"name": MARK, "file": ""},
    InternalNote: {"text": MARK},
    DataUse: {"filters": MARK, "reason": MARK},
    LetterTemplate: {},
    ForgottenAddress: {},
    GoldenCase: {"why": MARK},
    Publication: {"reason": MARK},
    PublishedPage: {},
    PublishedNote: {},
    CallChange: {"reason_en": MARK, "reason_ja": MARK},
    StaffRoleChange: {"reason": MARK},
    Erasure: {},
}


@pytest.fixture
def rows(settings, tmp_path):
    """One row of each table, by model."""
    settings.MEDIA_ROOT = tmp_path
    application, by = ApplicationFactory(submitted=True), UserFactory()
    version = Version.objects.create(
        application=application, number=1, content={"inputs": {}}, sha256="1" * 64,
        web_clock=SUBMITTED_AT, database_clock=SUBMITTED_AT, by=by,
    )  # fmt: skip
    made = [
        EventFactory(application=application, reason="Told by telephone"),
        version,
        VersionPerson.objects.create(
            version=version, pseudonym="P1", researcher=ResearcherFactory(), values={"name": "Kari"}
        ),
        ProofFactory(application=application),
        InternalNote.objects.create(application=application, by=by, at=CREATED_AT, text="A note"),
        DataUse.objects.create(
            kind="EXPORT", by=by, at=CREATED_AT, name="members", filters="q=Kari", personal=True,
            reason="For the panel",
        ),
        LetterTemplate.objects.create(
            owner="AMED", occasion="ASKED", number=1, subject="s", text="t", subject_ja="s",
            text_ja="t", reason="Clearer", made_by=by, made_at=CREATED_AT,
        ),
        ForgottenAddress.objects.create(digest="2" * 64, at=CREATED_AT),
        *of_the_list(application.call, by),
        StaffRoleChange.objects.create(
            user=UserFactory(), by=by, agency="AMED", role_after="VIEWER", reason="New", at=CREATED_AT
        ),
        Erasure.objects.create(subject="Researcher 1", pseudonym="E-1", at=CREATED_AT, reason="Asked"),
    ]  # fmt: skip
    return {type(one): one for one in made}


def of_the_list(call, by):
    agency, edition = AgencyFactory(), call.edition
    page = PublishedPage.objects.create(
        edition=edition, seen_on=CREATED_AT, sha256="3" * 64, rows=1, loaded_by=by, loaded_at=CREATED_AT
    )  # fmt: skip
    return [
        page,
        PublishedNote.objects.create(
            page=page, position=1, agency=agency, name="A council", participation="Existing grants",
            note="Tell us", fingerprint="4" * 64,
        ),
        CallChange.objects.create(
            call=call, at=CREATED_AT, by=by, reason_en="Storm", reason_ja="台風",
            opens_before=call.opens_at, opens_after=call.opens_at, closes_before=call.closes_at,
            closes_after=SUBMITTED_AT.replace(year=2030), edition_before=edition, edition_after=edition,
        ),
        GoldenCase.objects.create(
            edition=edition, agency=agency, on=CREATED_AT, expected_verdict="FITS", why="It runs",
            stated_by=by, stated_at=CREATED_AT,
        ),
        Publication.objects.create(
            edition=edition, by=by, at=CREATED_AT, reason="Read twice", fingerprint="5" * 64
        ),
    ]  # fmt: skip


def stored(row):
    return type(row).objects.filter(pk=row.pk).values().get()


def refused(change):
    # Django itself keeps what others point at, before it asks the database.
    with pytest.raises(IntegrityError, match=r"append only|protected"), transaction.atomic():
        change()


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def other(field, value):
    """Another value that the column would take."""
    if field.get_internal_type() == "JSONField":
        return {"name": "Somebody else"}
    if field.remote_field:
        return None if field.null and value else (value or 0) + 1_000_000
    if value is None and "Integer" in field.get_internal_type():
        return 7
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value[:3]}x"
    return SUBMITTED_AT.replace(year=2031) if value else SUBMITTED_AT


def test_every_table_of_evidence_is_guarded_and_no_other():
    guards = set().union(*(trigger_names(one._meta.db_table, connection.vendor) for one in MARKS))
    guarded = {str(one._meta): marks for one, marks in GUARDED.items()}

    assert standing_triggers() == guards
    # And each as the migrations made it, to the letter.
    assert guarded == {str(one._meta): marks for one, marks in MARKS.items()}
    assert altered_guards(GUARDED) == []


@pytest.mark.parametrize("model", MARKS)
def test_no_column_can_be_given_another_value(rows, model):
    row, tried = rows[model], []
    before = stored(row)

    for field in model._meta.concrete_fields:
        value = other(field, getattr(row, field.attname))
        if field.attname in MARKS[model] and value == MARKS[model][field.attname]:
            continue
        refused(lambda f=field, v=value: model.objects.filter(pk=row.pk).update(**{f.attname: v}))
        tried.append(field.attname)

    assert stored(row) == before
    assert len(tried) >= len(model._meta.concrete_fields) - 1


@pytest.mark.parametrize("model", MARKS)
def test_no_row_goes_by_orm_or_by_sql(rows, model):
    row, table = rows[model], model._meta.db_table
    before = stored(row)

    refused(row.delete)
    refused(lambda: model.objects.all().delete())
    refused(lambda: run(f'DELETE FROM "{table}"'))  # noqa: S608 -- a table of ours
    refused(lambda: run(f'UPDATE "{table}" SET id = id + 1'))  # noqa: S608
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE waits for no key still to be checked
        refused(lambda: run(f'TRUNCATE "{table}" CASCADE'))

    assert stored(row) == before


@pytest.mark.parametrize(
    ("model", "name"), [(model, name) for model, marks in MARKS.items() for name in marks]
)
def test_a_word_of_a_person_gives_way_to_its_mark_and_stays_gone(rows, model, name):
    row, mark = rows[model], MARKS[model][name]
    before = stored(row)

    assert model.objects.filter(pk=row.pk).update(**{name: mark}) == 1

    assert stored(row) == before | {name: mark}
    # Erased, it is as fixed as the rest.
    model.objects.filter(pk=row.pk).update(**{name: mark})
    refused(lambda: model.objects.filter(pk=row.pk).update(**{name: before[name]}))


def test_a_mark_lets_nothing_else_through_beside_it(rows):
    event = rows[Event]

    refused(lambda: Event.objects.filter(pk=event.pk).update(reason=MARK, act="WITHDRAW"))

    assert stored(event)["reason"] == "Told by telephone"


def test_saving_a_row_again_with_a_change_is_refused(rows):
    event = rows[Event]
    event.at = SUBMITTED_AT

    refused(event.save)


def test_a_row_is_not_written_over_by_another_with_its_number(rows):
    version = rows[Version]
    before = stored(version)
    columns = [field.column for field in Version._meta.concrete_fields]
    listed = ", ".join(f'"{one}"' for one in columns)
    copied = listed.replace('"sha256"', "'forged'")
    over = f"INTO applications_version ({listed}) SELECT {copied} FROM applications_version"  # noqa: S608

    if connection.vendor == "sqlite":
        refused(lambda: run(f"INSERT OR REPLACE {over}"))
        # By the other key, too: the same application and number under a number of its own.
        refused(lambda: run(f"REPLACE {over}".replace('SELECT "id"', 'SELECT "id" + 9')))
    else:
        upsert = f"INSERT {over} ON CONFLICT (id) DO UPDATE SET sha256 = 'forged'"
        refused(lambda: run(upsert))

    assert stored(version) == before


def test_a_session_that_calls_itself_a_replica_is_refused_too(rows):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has replicas")
    run("SET LOCAL session_replication_role = replica")

    refused(lambda: Event.objects.all().delete())


def test_control_without_the_guard_the_record_is_forged_and_cut(rows):
    """Negative control: what the trigger keeps from happening."""
    event, version = rows[Event], rows[Version]

    with lifted():
        Event.objects.filter(pk=event.pk).update(reason="Never said", at=SUBMITTED_AT)
        VersionPerson.objects.all().delete()
        Version.objects.filter(pk=version.pk).delete()

    assert stored(event)["reason"] == "Never said"
    assert not Version.objects.exists()
    # Back in place, it guards what is left.
    refused(lambda: Event.objects.update(reason="Again"))


TABLE = "applications_event"


def _again(name, statement, *, drop_on=TABLE):
    """Put another trigger in the place of a guard."""
    where = f' ON "{drop_on}"' if connection.vendor == "postgresql" else ""
    run(f'DROP TRIGGER "{name}"{where}')
    if statement:
        run(statement)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="triggers as SQLite writes them")
@pytest.mark.parametrize(
    "statement",
    [
        "",
        f'CREATE TRIGGER "{TABLE}_append_only_update" BEFORE UPDATE ON "{TABLE}" BEGIN SELECT 1; END',
        f'CREATE TRIGGER "{TABLE}_append_only_update" BEFORE UPDATE ON "directory_country"'
        " BEGIN SELECT RAISE(ABORT, 'append only'); END",
    ],
    ids=["gone", "does nothing", "on another table"],
)
def test_a_guard_that_is_not_as_it_was_made_is_seen_on_sqlite(statement):
    _again(f"{TABLE}_append_only_update", statement)

    assert altered_guards(GUARDED) == [f"{TABLE}_append_only_update"]


def _guard(*, when="BEFORE UPDATE OR DELETE", on=TABLE, condition="", argument=None):
    given = json.dumps({"reason": MARK}, ensure_ascii=False) if argument is None else argument
    return (
        f'CREATE TRIGGER "{TABLE}_append_only_row" {when} ON "{on}" FOR EACH ROW {condition}'
        f" EXECUTE FUNCTION {FUNCTION}('{given}');"
        f' ALTER TABLE "{on}" ENABLE ALWAYS TRIGGER "{TABLE}_append_only_row"'
    )


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("", True),
        (_guard(), False),  # control: put back as it was
        (_guard(on="applications_notice"), True),
        (_guard(argument='{"reason": "［erased］", "at": "2031-01-01"}'), True),
        (_guard(when="BEFORE DELETE"), True),
        (_guard(when="BEFORE UPDATE OF act OR DELETE"), True),
        (_guard(condition="WHEN (false)"), True),
        (_guard().partition(";")[0], True),  # not for whoever calls itself a replica
    ],
    ids=[
        *("gone", "as it was", "another table", "wider", "fewer occasions", "fewer columns"),
        *("a condition", "not always"),
    ],
)
def test_a_guard_that_is_not_as_it_was_made_is_seen_on_postgresql(statement, seen):
    if connection.vendor != "postgresql":
        pytest.skip("triggers as PostgreSQL keeps them")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    _again(f"{TABLE}_append_only_row", statement)

    assert altered_guards(GUARDED) == ([f"{TABLE}_append_only_row"] if seen else [])


@pytest.mark.postgres
def test_a_function_that_refuses_nothing_any_more_is_seen_at_every_table():
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has functions")
    every = set().union(*(trigger_names(one._meta.db_table, connection.vendor) for one in MARKS))
    run(passing(FUNCTION))

    assert set(altered_guards(GUARDED)) == every


@pytest.mark.postgres
def test_the_function_is_the_only_door_and_looks_up_no_name_of_others():
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has functions")
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = %s", [FUNCTION])
        assert cursor.fetchall() == [(["search_path=pg_catalog"],)]


@pytest.mark.parametrize(
    ("app", "name", "guards"),
    [
        ("applications", "0008_append_only", {
            "applications_event", "applications_version", "applications_versionperson",
            "applications_proof", "applications_internalnote", "applications_datause",
            "applications_lettertemplate", "applications_forgottenaddress",
        }),
        ("applications", "0012_publishing", {"applications_goldencase", "applications_publication"}),
        ("directory", "0005_editions_by_staff", {
            "directory_publishedpage", "directory_publishednote", "directory_callchange",
        }),
    ],
)  # fmt: skip
def test_the_migrations_can_be_taken_back_and_done_again(app, name, guards):
    loader = MigrationLoader(connection)
    state = loader.project_state((app, name))
    migration = loader.get_migration(app, name)
    operations = [one for one in migration.operations if isinstance(one, AppendOnly)]
    before = standing_triggers()

    editor = connection.schema_editor(atomic=False)
    for operation in reversed(operations):
        operation.database_backwards(app, editor, state, state)
    between = standing_triggers()
    for operation in operations * 2:
        operation.database_forwards(app, editor, state, state)

    assert standing_triggers() == before
    assert {one.partition("_append_only_")[0] for one in before - between} == guards
