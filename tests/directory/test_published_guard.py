"""A published edition never changes: the database refuses it, whoever asks; drafts stay free."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.migrations.operations import AddField, AlterField, RemoveField
from django.db.migrations.state import ProjectState

from directory import published_triggers
from directory.models import Agency, Condition, Edition, NoticeRule, Participation, Programme
from directory.published_guard import (
    NeverChangesOncePublished,
    PublishedMayChange,
    all_trigger_names,
    altered_published,
    standing_published,
)
from tests.append_only import lifted, passing
from tests.directory.factories import (
    PUBLISHED_AT,
    AgencyFactory,
    ConditionFactory,
    CountryFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    ProgrammeFactory,
)

Link = Participation.programmes.through
PARTS = (Link, NoticeRule, Condition)
TABLES = (Edition, Participation, *PARTS)
ON_POSTGRESQL = connection.vendor == "postgresql"
only_postgresql = [
    pytest.mark.postgres,
    pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite has no row locks, roles or TRUNCATE"),
]


def edition(code: str, *agencies: Agency, published: bool) -> Edition:
    """A list with one whole row for each agency."""
    made = EditionFactory(code=code, published_at=None)
    for agency in agencies:
        row = ParticipationFactory(edition=made, agency=agency)
        NoticeRuleFactory(participation=row)
        ConditionFactory(participation=row)
        row.programmes.add(agency.programmes.get())
    if published:
        Edition.objects.filter(pk=made.pk).update(published_at=PUBLISHED_AT)
        made.refresh_from_db()
    return made


def two_lists() -> SimpleNamespace:
    agencies = [AgencyFactory(slug=slug) for slug in ("one", "two")]
    for agency in agencies:
        ProgrammeFactory(agency=agency)
    return SimpleNamespace(
        published=edition("amed-published", agencies[0], published=True),
        draft=edition("amed-draft", *agencies, published=False),
    )


@pytest.fixture
def lists(db) -> SimpleNamespace:
    return two_lists()


def within(model, edition: Edition):
    """The rows of a table that belong to an edition."""
    way = {Edition: "pk", Participation: "edition"}.get(model, "participation__edition")
    return model._default_manager.filter(**{way: edition.pk}).order_by("pk")


def contents(edition: Edition) -> list:
    return [list(within(model, edition).values()) for model in TABLES]


def run(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def refused(change, *args) -> None:
    """The guard refuses, or Django, which keeps what others point at before it asks the database."""
    with (
        pytest.raises(IntegrityError, match=rf"{published_triggers.REFUSED}|protected"),
        transaction.atomic(),
    ):
        change(*args)


@contextmanager
def unchanged(edition: Edition):
    before = contents(edition)
    yield
    assert contents(edition) == before


def columns(model):
    return [pytest.param(model, one.column, id=f"{model.__name__}.{one.column}")
            for one in model._meta.concrete_fields]  # fmt: skip


# -- one edition: nothing changes --------------------------------------------------------------
@pytest.mark.parametrize(("model", "column"), [one for model in TABLES for one in columns(model)])
def test_no_column_of_a_published_edition_is_written(lists, model, column):
    table, row = model._meta.db_table, within(model, lists.published).get()
    other = within(model, lists.draft).last()
    asked = f'UPDATE "{table}" SET "{column}" = (SELECT "{column}" FROM "{table}" WHERE id = %s) WHERE id = %s'  # noqa: S608

    with unchanged(lists.published):
        refused(run, asked, other.pk, row.pk)
        refused(run, asked, row.pk, row.pk)  # not even as it stands


@pytest.mark.parametrize("model", TABLES)
def test_no_row_of_a_published_edition_goes_or_is_saved(lists, model):
    row, table = within(model, lists.published).get(), model._meta.db_table

    with unchanged(lists.published):
        refused(row.save)
        refused(row.delete)
        refused(within(model, lists.published).delete)
        refused(run, f'DELETE FROM "{table}" WHERE id = %s', row.pk)  # noqa: S608
        refused(run, f'DELETE FROM "{table}"')  # noqa: S608


@pytest.mark.parametrize("model", [Participation, *PARTS])
def test_no_row_is_put_in_moved_in_or_moved_out(lists, model):
    name = "edition_id" if model is Participation else "participation_id"
    ours, theirs = (within(model, one).last() for one in (lists.published, lists.draft))

    with unchanged(lists.published), unchanged(lists.draft):
        moved_in = within(model, lists.draft).filter(pk=theirs.pk)
        refused(lambda: moved_in.update(**{name: getattr(ours, name)}))
        moved_out = within(model, lists.published)
        refused(lambda: moved_out.update(**{name: getattr(theirs, name)}))
        copy = model._default_manager.get(pk=theirs.pk)
        copy.pk = None
        setattr(copy, name, getattr(ours, name))
        refused(copy.save)
        refused(model._default_manager.bulk_create, [copy])


def test_programmes_are_neither_set_added_nor_taken_away(lists):
    row = within(Participation, lists.published).get()
    other = ProgrammeFactory()

    with unchanged(lists.published):
        refused(row.programmes.set, [other])
        refused(row.programmes.add, other)
        refused(row.programmes.clear)
        refused(row.programmes.get().delete)


def test_neither_a_published_edition_is_withdrawn_nor_published_again(lists):
    for moment in (None, PUBLISHED_AT.replace(year=2030)):
        change = Edition.objects.filter(pk=lists.published.pk)
        refused(lambda change=change, moment=moment: change.update(published_at=moment))


def test_what_published_rows_call_a_funder_or_a_programme_by_is_fixed(lists):
    CountryFactory(code="SE")
    told = AgencyFactory(slug="told")
    NoticeRule.objects.filter(participation__edition=lists.draft).update(body=told)
    agency, free = Agency.objects.get(slug="one"), Agency.objects.get(slug="two")
    programme = agency.programmes.get()

    for change in ({"slug": "other"}, {"country": "SE"}):
        refused(lambda change=change: Agency.objects.filter(pk=agency.pk).update(**change))
    for change in ({"code": "OTHER"}, {"agency": free}):
        refused(lambda change=change: Programme.objects.filter(pk=programme.pk).update(**change))

    # Names may be corrected, and what only a draft names is called anything.
    for change in ({"slug": "third", "country": "SE"}, {"name_en": "A name"}):
        assert Agency.objects.filter(pk=free.pk).update(**change) == 1
    agency.acronym = "ONE-2"
    agency.save()
    Programme.objects.filter(agency=free).update(code="OTHER")
    programme.name_en = "Corrected"
    programme.save()
    # Whoever is to be told counts as named, once that is published.
    Agency.objects.filter(pk=told.pk).update(slug="told-2")
    Edition.objects.filter(pk=lists.draft.pk).update(published_at=PUBLISHED_AT)
    refused(lambda: Agency.objects.filter(pk=told.pk).update(slug="told-3"))


def institutes(*, published: bool = True) -> SimpleNamespace:
    """NCI, which a list names, beside NHLBI, which none does; both of NIH."""
    nih = AgencyFactory(slug="nih")
    nci, nhlbi = (
        AgencyFactory(slug=slug, parent=nih, institute_code=code)
        for slug, code in (("nih-nci", "CA"), ("nih-nhlbi", "HL"))
    )
    ProgrammeFactory(agency=nci, code="R01")
    made = edition("amed-institutes", nci, published=published)
    return SimpleNamespace(nih=nih, nci=nci, nhlbi=nhlbi, edition=made)


def test_an_institute_that_a_published_row_names_keeps_its_code_its_parent_and_its_key(db):
    """By its code a number is found to be NCI's: with another, an old list would answer otherwise."""
    found = institutes()
    named = Agency.objects.filter(pk=found.nci.pk)
    programme = Programme.objects.filter(code="R01")
    before = [list(one.values()) for one in (named, programme)]

    for change in ({"institute_code": "CL"}, {"institute_code": ""}, {"parent": found.nhlbi}, {"id": 9999}):  # fmt: skip
        refused(lambda change=change: named.update(**change))
    refused(lambda: programme.update(id=9999))
    found.nci.institute_code = "CL"
    refused(found.nci.save)
    assert [list(one.values()) for one in (named, programme)] == before

    # NHLBI stands on no list: its code is corrected, and may go with its parent.
    free = Agency.objects.filter(pk=found.nhlbi.pk)
    assert free.update(institute_code="CL") == 1
    assert free.update(institute_code="", parent=None) == 1
    assert named.update(name_en="Corrected", aliases=["NCI"], acronym="NCI") == 1


def named_rows(found) -> dict:
    programme = Programme.objects.get(agency=found.nci)
    return {"directory_agency": found.nci.pk, "directory_programme": programme.pk}


NAMED = {Agency: ("slug", "nih-other"), Programme: ("code", "OTHER")}


@pytest.mark.parametrize("model", NAMED)
def test_what_a_published_row_names_does_not_go_and_come_back_as_another(db, model):
    """The keys that point at it are looked at only when the transaction ends."""
    found = institutes()
    pk = named_rows(found)[model._meta.db_table]
    kept = model.objects.filter(pk=pk)
    before, (column, other) = list(kept.values()), NAMED[model]

    def swapped() -> None:
        [values] = before
        kept._raw_delete(using="default")
        model.objects.create(**values | {column: other})

    refused(swapped)
    refused(run, f'DELETE FROM "{model._meta.db_table}" WHERE id = %s', pk)  # noqa: S608
    refused(run, f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608
    assert list(kept.values()) == before


@pytest.mark.parametrize("model", NAMED)
def test_control_without_the_guard_it_comes_back_as_another(db, model):
    """Negative control."""
    found = institutes()
    pk = named_rows(found)[model._meta.db_table]
    kept = model.objects.filter(pk=pk)
    [values], (column, other) = list(kept.values()), NAMED[model]

    with lifted():
        kept._raw_delete(using="default")
        model.objects.create(**values | {column: other})
    connection.check_constraints()

    assert getattr(kept.get(), column) == other


def test_what_no_published_row_names_is_deleted(db):
    found = institutes()
    drafted = AgencyFactory(slug="drafted")
    programmes = [ProgrammeFactory(agency=one) for one in (found.nci, drafted)]
    draft = edition("amed-draft", drafted, published=False)

    programmes[0].delete()
    found.nhlbi.delete()
    draft.delete()
    programmes[1].delete()
    drafted.delete()

    assert set(Agency.objects.values_list("slug", flat=True)) == {"nih", "nih-nci"}
    assert list(Programme.objects.values_list("code", flat=True)) == ["R01"]


# -- drafts ------------------------------------------------------------------------------------
def test_a_draft_is_written_in_as_before_and_thrown_away(lists):
    row = within(Participation, lists.draft).first()
    row.summary_en = "Told otherwise."
    row.save()
    row.notice_rule.delete()
    NoticeRuleFactory(participation=row)
    ConditionFactory(participation=row, code="WELLCOME_OUTCOMES")
    row.programmes.clear()
    row.programmes.set([ProgrammeFactory(), ProgrammeFactory()])
    third = EditionFactory(code="amed-third", published_at=None)
    Participation.objects.filter(pk=row.pk).update(edition=third)

    with unchanged(lists.published):
        third.delete()
        lists.draft.delete()

    assert list(Edition.objects.values_list("code", flat=True)) == ["amed-published"]


def test_a_draft_is_published_once_and_an_edition_may_arrive_published(lists):
    Edition.objects.filter(pk=lists.draft.pk).update(published_at=PUBLISHED_AT)
    arrived = EditionFactory(code="amed-arrived")

    for model in TABLES:
        refused(within(model, lists.draft).delete)
    refused(arrived.delete)


# -- each engine's own ways --------------------------------------------------------------------
@pytest.mark.parametrize("model", TABLES)
def test_no_row_is_written_over_by_another_with_its_number(lists, model):
    row, other = within(model, lists.published).get(), within(model, lists.draft).last()
    table = model._meta.db_table
    named = [f'"{one.column}"' for one in model._meta.concrete_fields if one.column != "id"]
    listed = ", ".join(named)
    over = f'INTO "{table}" (id, {listed}) SELECT {row.pk}, {listed} FROM "{table}" WHERE id = {other.pk}'  # noqa: S608

    with unchanged(lists.published):
        if ON_POSTGRESQL:
            upsert = (
                f"INSERT {over} ON CONFLICT (id) DO UPDATE SET {named[0]} = excluded.{named[0]}"
            )
            if model is Edition:  # its code, too, is another's: refused by whichever comes first
                over = over.replace('SELECT 1, "code"', "SELECT 1, 'x'")
            with pytest.raises(IntegrityError), transaction.atomic():
                run(upsert)
        else:
            refused(run, f"INSERT OR REPLACE {over}")
            refused(run, f"REPLACE {over}")
            refused(run, f'UPDATE OR REPLACE "{table}" SET id = {row.pk} WHERE id = {other.pk}')  # noqa: S608


@pytest.mark.skipif(ON_POSTGRESQL, reason="only SQLite replaces rows")
def test_an_edition_is_not_written_over_by_its_code(lists):
    draft = EditionFactory(code="amed-empty", published_at=None)
    taken = f"code = '{lists.published.code}'"

    with unchanged(lists.published):
        refused(run, f"UPDATE OR REPLACE directory_edition SET {taken} WHERE id = {draft.pk}")  # noqa: S608


# table, the columns by which a new row, or a changed one, takes the place of a named one
PLACES = [("directory_agency", {"id": "nci"}), ("directory_agency", {"slug": "'nih-nci'"}),
          ("directory_agency", {"acronym": "'NIH-NCI'"}), ("directory_agency", {"institute_code": "'CA'"}),
          ("directory_programme", {"id": "R01"}), ("directory_programme", {"code": "'R01'", "agency_id": "nci"})]  # fmt: skip


@pytest.mark.skipif(ON_POSTGRESQL, reason="only SQLite replaces rows")
@pytest.mark.parametrize(("table", "place"), PLACES)
def test_nothing_takes_the_place_of_what_a_published_row_names(db, table, place):
    found = institutes()
    free = ProgrammeFactory(agency=found.nhlbi, code="FREE")
    keys = {"nci": found.nci.pk, "R01": named_rows(found)["directory_programme"]}
    place = {one: str(keys.get(value, value)) for one, value in place.items()}
    model, other = (Agency, found.nhlbi) if table == "directory_agency" else (Programme, free)
    fresh = {"id": "9999", "slug": "'new'", "acronym": "'NEW'", "institute_code": "'ZZ'", "code": "'NEW'"}  # fmt: skip
    columns = [one.column for one in model._meta.concrete_fields]
    values = ", ".join(place.get(one) or fresh.get(one) or f'"{one}"' for one in columns)
    listed = ", ".join(f'"{one}"' for one in columns)
    new = f'INTO "{table}" ({listed}) SELECT {values} FROM "{table}" WHERE id = {other.pk}'  # noqa: S608
    taken = ", ".join(f"{one} = {value}" for one, value in place.items())
    before = list(model.objects.order_by("pk").values())

    refused(run, f"INSERT OR REPLACE {new}")
    refused(run, f"REPLACE {new}")
    refused(run, f'UPDATE OR REPLACE "{table}" SET {taken} WHERE id = {other.pk}')  # noqa: S608
    assert list(model.objects.order_by("pk").values()) == before

    # Negative control: without the guard it does.
    with transaction.atomic():
        with lifted():
            run(f"INSERT OR REPLACE {new}")
        assert list(model.objects.order_by("pk").values()) != before
        transaction.set_rollback(True)


@pytest.mark.skipif(not ON_POSTGRESQL, reason="only PostgreSQL has TRUNCATE")
@pytest.mark.parametrize("model", NAMED)
def test_what_rows_name_is_not_emptied(db, model):
    found = institutes()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    table = model._meta.db_table

    with (
        pytest.raises(IntegrityError, match=f"TRUNCATE of {table} is refused"),
        transaction.atomic(),
    ):
        run(f'TRUNCATE "{table}" CASCADE')

    run("SET LOCAL session_replication_role = replica")
    refused(run, f'DELETE FROM "{table}" WHERE id = %s', named_rows(found)[table])  # noqa: S608


@pytest.mark.parametrize("model", TABLES)
@pytest.mark.parametrize("way", ["truncate", "replica"])
def test_neither_emptying_nor_a_replicas_session_gets_past(lists, model, way):
    if not ON_POSTGRESQL:
        pytest.skip("only PostgreSQL has either")
    table = model._meta.db_table
    run("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE waits for no key still to be checked

    with unchanged(lists.published):
        if way == "truncate":
            refused(run, f'TRUNCATE "{table}" CASCADE')
        else:
            run("SET LOCAL session_replication_role = replica")
            refused(run, f'DELETE FROM "{table}"')  # noqa: S608


@pytest.mark.skipif(not ON_POSTGRESQL, reason="only PostgreSQL has functions")
def test_the_function_looks_up_no_name_of_others(db):
    with connection.cursor() as cursor:
        asked = "SELECT proconfig FROM pg_proc WHERE proname = %s"
        cursor.execute(asked, [published_triggers.FUNCTION])
        assert cursor.fetchall() == [(["search_path=pg_catalog"],)]


# -- two at once, on PostgreSQL ----------------------------------------------------------------
def publish(lists) -> None:
    Edition.objects.filter(pk=lists.draft.pk).update(published_at=PUBLISHED_AT)


def write(lists) -> None:
    row = within(Participation, lists.draft).first()
    Condition.objects.create(participation=row, code="WELLCOME_OUTCOMES")


def one_after_the_other(first, second) -> Exception | None:
    """Let ``second`` begin while ``first`` is not yet committed; return what refused the second."""
    begun, refusals = threading.Event(), []

    def follow() -> None:
        begun.wait(30)
        try:
            second()
        except (IntegrityError, OperationalError) as error:
            refusals.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=follow)
    thread.start()
    with transaction.atomic():
        first()
        begun.set()
        time.sleep(0.5)  # the second is at its lock, or past where it should have stopped
    thread.join(30)
    return refusals[0] if refusals else None


def renamed(change: str) -> None:
    drafted = Agency.objects.filter(slug="two")
    if change == "delete":
        drafted._raw_delete(using="default")
    else:
        drafted.update(**{"slug": {"slug": "third"}, "country": {"country": "SE"}}[change])


def not_waited(first, second) -> Exception | None:
    """Do ``second`` while ``first`` is open, and take both back; return what kept the second."""

    def follow() -> Exception | None:
        try:
            with transaction.atomic():
                run("SET LOCAL lock_timeout = '500ms'")
                second()
                transaction.set_rollback(True)
        except OperationalError as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        first()
        kept = pool.submit(follow).result(30)
        transaction.set_rollback(True)
    return kept


class TestAtOnce:
    pytestmark = [*only_postgresql, pytest.mark.django_db(transaction=True)]

    def test_who_writes_while_it_is_published_is_refused(self):
        lists = two_lists()
        before = contents(lists.draft)[1:]

        error = one_after_the_other(lambda: publish(lists), lambda: write(lists))

        assert published_triggers.REFUSED in str(error)
        assert contents(lists.draft)[1:] == before

    def test_publishing_waits_for_who_wrote_first(self):
        lists = two_lists()

        error = one_after_the_other(lambda: write(lists), lambda: publish(lists))

        assert error is None
        assert within(Condition, lists.draft).count() == 3
        assert Edition.objects.get(pk=lists.draft.pk).published_at == PUBLISHED_AT

    def test_without_the_lock_a_row_slips_in(self):
        """Negative control."""
        lists = two_lists()
        run(published_triggers.POSTGRESQL_FUNCTION.replace("FOR SHARE", ""))
        try:
            error = one_after_the_other(lambda: publish(lists), lambda: write(lists))
        finally:
            run(published_triggers.POSTGRESQL_FUNCTION)

        assert error is None
        assert within(Condition, lists.draft).count() == 3

    @pytest.mark.parametrize("change", ["slug", "country", "delete"])
    def test_who_renames_a_funder_while_its_list_is_published_is_refused(self, change):
        lists = two_lists()
        CountryFactory(code="SE")
        before = list(Agency.objects.filter(slug="two").values())

        error = one_after_the_other(lambda: publish(lists), lambda: renamed(change))

        assert published_triggers.REFUSED in str(error)
        assert list(Agency.objects.filter(slug="two").values()) == before

    @pytest.mark.parametrize("locks", [True, False])
    def test_publishing_waits_for_who_renames_a_funder_that_is_drafted_meanwhile(self, locks):
        """Which row names it could not be seen when it was renamed. Without locks: negative control."""
        lists = two_lists()
        CountryFactory(code="SE")
        free = AgencyFactory(slug="free")
        seen = []

        def rename() -> None:
            Agency.objects.filter(pk=free.pk).update(country="SE")

        def draft_and_publish() -> None:
            Participation.objects.filter(pk=within(Participation, lists.draft).last().pk).update(
                agency=free
            )
            seen.append(Agency.objects.get(pk=free.pk).country_id)
            publish(lists)
            seen.append(Agency.objects.get(pk=free.pk).country_id)

        if not locks:
            run(published_triggers.POSTGRESQL_FUNCTION.replace("FOR SHARE", ""))
        try:
            error = one_after_the_other(rename, draft_and_publish)
        finally:
            run(published_triggers.POSTGRESQL_FUNCTION)

        assert error is None
        assert seen == ["NO", "SE" if locks else "NO"]

    @pytest.mark.parametrize("change", ["slug", "country"])
    def test_without_the_lock_a_funder_is_renamed_in_a_published_list(self, change):
        """Negative control."""
        lists = two_lists()
        CountryFactory(code="SE")
        run(published_triggers.POSTGRESQL_FUNCTION.replace("FOR SHARE", ""))
        try:
            error = one_after_the_other(lambda: publish(lists), lambda: renamed(change))
        finally:
            run(published_triggers.POSTGRESQL_FUNCTION)

        assert error is None
        kept = within(Participation, lists.draft).values_list("agency__slug", "agency__country_id")
        assert kept.last() == {"slug": ("third", "NO"), "country": ("two", "SE")}[change]

    def test_who_renames_who_drafts_and_who_corrects_a_name_do_not_wait_for_each_other(self):
        lists = two_lists()
        other = ProgrammeFactory().agency
        elsewhere = edition("amed-other", other, published=False)
        acts = {
            "slug": lambda: renamed("slug"),
            "other slug": lambda: Agency.objects.filter(pk=other.pk).update(slug="other"),
            "row": lambda: write(lists),
            "other row": lambda: within(Participation, elsewhere).update(summary_en="Else."),
            "name": lambda: Agency.objects.filter(slug="one").update(name_en="Corrected"),
        }

        for first, second in itertools.permutations(acts, 2):
            assert not_waited(acts[first], acts[second]) is None, (first, second)
        # Negative control: publishing would wait.
        assert "lock timeout" in str(not_waited(acts["slug"], lambda: publish(lists)))


# -- the guard itself --------------------------------------------------------------------------
def test_control_without_the_guard_a_published_edition_is_rewritten(lists):
    """Negative control: what the triggers keep from happening."""
    row = within(Participation, lists.published).get()

    with lifted():
        NoticeRule.objects.filter(participation=row).update(strength="NOT_NEEDED")
        row.conditions.all().delete()
        row.programmes.clear()
        Participation.objects.filter(pk=row.pk).update(summary_en="Nothing.")
        Edition.objects.filter(pk=lists.published.pk).update(as_of="2020-01-01")

    row.refresh_from_db()
    assert (row.summary_en, row.conditions.count(), row.programmes.count()) == ("Nothing.", 0, 0)
    # Back in place, it guards what is left.
    refused(row.save)


def test_all_triggers_stand_and_one_that_is_gone_is_missed(db):
    table = Condition._meta.db_table
    gone = sorted(published_triggers.trigger_names(table, connection.vendor))[0]

    assert standing_published() == all_trigger_names(connection.vendor)
    run(f'DROP TRIGGER "{gone}"' + (f' ON "{table}"' if ON_POSTGRESQL else ""))

    assert all_trigger_names(connection.vendor) - standing_published() == {gone}


def test_a_trigger_that_stands_but_guards_nothing_is_told(db):
    """A function that lets all through on PostgreSQL, an empty trigger of the same name on SQLite."""
    gone = sorted(published_triggers.trigger_names(Condition._meta.db_table, connection.vendor))[0]
    assert altered_published() == []

    if ON_POSTGRESQL:
        run(passing(published_triggers.FUNCTION))
    else:
        run(f'DROP TRIGGER "{gone}"')
        run(f'CREATE TRIGGER "{gone}" BEFORE DELETE ON directory_condition BEGIN SELECT 1; END')

    everything = sorted(all_trigger_names(connection.vendor))
    assert altered_published() == (everything if ON_POSTGRESQL else [gone])
    assert standing_published() == set(everything)


def test_it_is_taken_back_and_put_back_twice(lists):
    if ON_POSTGRESQL:
        run("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while keys are to be checked
    state = ProjectState.from_apps(apps)
    guard, editor = NeverChangesOncePublished(), connection.schema_editor(atomic=False)

    for _each in "12":
        guard.database_backwards("directory", editor, state, state)
        assert standing_published() == set()
        guard.database_forwards("directory", editor, state, state)
        guard.database_forwards("directory", editor, state, state)
        assert standing_published() == all_trigger_names(connection.vendor)

    refused(within(Participation, lists.published).delete)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["edition", "participation", "noticerule"])
def test_a_later_migration_takes_it_away_changes_a_table_and_puts_it_back(name):
    """As ``directory.published_guard`` says of migrations; on SQLite the table is copied."""
    lists = two_lists()
    before = contents(lists.draft)
    field = AddField(name, "added", models.CharField(max_length=9, default="x"))
    narrower = AlterField(name, "added", models.CharField(max_length=8, default="x"))

    state = migrated(ProjectState.from_apps(apps), field, narrower)

    try:
        assert contents(lists.draft) == before
        assert standing_published() == all_trigger_names(connection.vendor)
        refused(run, "UPDATE directory_edition SET code = 'x' WHERE id = %s", lists.published.pk)
    finally:
        migrated(state, RemoveField(name, "added"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL changes a table where it stands")
def test_a_later_migration_that_forgets_it_fails_and_changes_nothing():
    """Negative control."""
    field = AddField("edition", "added", models.CharField(max_length=9, default="x"))

    with pytest.raises(OperationalError, match="directory_edition"):
        applied(ProjectState.from_apps(apps), field)

    assert standing_published() == all_trigger_names(connection.vendor)


def migrated(state: ProjectState, *operations) -> ProjectState:
    return applied(state, PublishedMayChange(), *operations, NeverChangesOncePublished())


def applied(state: ProjectState, *operations) -> ProjectState:
    """Run operations as a migration does, and return what the models are after it."""
    with connection.schema_editor(atomic=True) as editor:
        for one in operations:
            after = state.clone()
            one.state_forwards("directory", after)
            one.database_forwards("directory", editor, state, after)
            state = after
    return state
