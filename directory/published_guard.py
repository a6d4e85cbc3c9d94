"""Migration operations by which the database itself keeps published editions as they were published.

No row of a published edition is changed, taken away, moved out or put in, whoever asks: this code,
the admin, or somebody at a database prompt. Drafts stay free, and an edition may be inserted as a
published one. What a row calls a funder or a programme by (slug, country, parent and institute's
code; code and funder) is fixed once a published row names it, and it is not deleted; names and acronyms may be corrected.

Publishing waits for whoever is writing in the draft, and who writes after it is refused: on
PostgreSQL the guard locks the edition FOR SHARE before it looks. On SQLite one writes at a time.

**A later migration that changes one of these tables** begins with ``PublishedMayChange()`` and ends
with ``NeverChangesOncePublished()``. SQLite copies a table to change it, which takes its triggers
away, and refuses to rename the copy while a trigger of another table speaks of the old one.

Whoever owns the tables can drop or change the triggers; ``check_invariants`` sees that.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from directory.published_triggers import (
    EDITION,
    FUNCTION,
    NAMED,
    PARTS,
    POSTGRESQL_FUNCTION,
    ROW,
    on_postgresql,
    on_sqlite,
    trigger_names,
)


class NeverChangesOncePublished(Operation):
    """Refuse every change of a published edition, and of all that is in it, by triggers."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: the models stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        self._run(app_label, schema_editor, to_state, statements)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        self._run(app_label, schema_editor, from_state, drops)

    def _run(self, app_label: str, schema_editor: Any, state: Any, written: Any) -> None:
        connection = schema_editor.connection
        if self.allow_migrate_model(connection.alias, state.apps.get_model(app_label, "Edition")):
            for statement in written(connection.vendor):
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Keep published editions as they were published"

    @property
    def migration_name_fragment(self) -> str:
        return "published_never_changes"


class PublishedMayChange(NeverChangesOncePublished):
    """Take the guard away, for a migration that changes a guarded table and puts it back after."""

    def database_forwards(self, *args: Any) -> None:
        super().database_backwards(*args)

    def database_backwards(self, *args: Any) -> None:
        super().database_forwards(*args)

    def describe(self) -> str:
        return "Let published editions be changed"

    @property
    def migration_name_fragment(self) -> str:
        return "published_may_change"


def statements(vendor: str) -> list[str]:
    """Return the SQL that guards the tables; guarding twice leaves one guard."""
    if vendor == "postgresql":
        return [POSTGRESQL_FUNCTION, *drops(vendor), *on_postgresql()]
    if vendor == "sqlite":
        return [*drops(vendor), *on_sqlite()]
    raise NotImplementedError(f"published editions are not guarded on {vendor}")


def drops(vendor: str) -> list[str]:
    """Return the SQL that takes the guard away, from wherever it stands."""
    return [
        f'DROP TRIGGER IF EXISTS "{name}"' + (f' ON "{table}"' if vendor == "postgresql" else "")
        for table in (EDITION, ROW, *PARTS, *NAMED)
        for name in sorted(trigger_names(table, vendor))
    ]


def all_trigger_names(vendor: str) -> set[str]:
    """Return the names of all triggers of the guard."""
    return set().union(*(trigger_names(one, vendor) for one in (EDITION, ROW, *PARTS, *NAMED)))


def standing_published(using: str = "default") -> set[str]:
    """Return the names of the guard's triggers that stand in the database and are switched on."""
    return {name for name, _made in _standing(using)}


def altered_published(using: str = "default") -> list[str]:
    """Return the names of the guard's triggers that are gone, switched off, or other than we make them."""
    vendor = connections[using].vendor
    return sorted(
        all_trigger_names(vendor) - {name for name, as_made in _standing(using) if as_made}
    )


def _standing(using: str) -> list[tuple[str, bool]]:
    """Each trigger that is switched on, and whether it is as ``statements`` makes it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # 'A' fires always, also for a session that calls itself a replica.
            cursor.execute(
                "SELECT tgname, prosrc, proconfig FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
                " WHERE proname = %s AND tgenabled = 'A'",
                [FUNCTION],
            )
            body = POSTGRESQL_FUNCTION.split("$$")[1]
            return [
                (name, (source, config) == (body, ["search_path=pg_catalog"]))
                for name, source, config in cursor.fetchall()
            ]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        made = {one.split('"')[1]: one for one in on_sqlite()}
        return [(name, sql == made[name]) for name, sql in cursor.fetchall() if name in made]
