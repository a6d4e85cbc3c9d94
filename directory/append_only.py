"""A migration operation that makes a table append-only in the database itself, on PostgreSQL and SQLite.

UPDATE, DELETE, TRUNCATE and (on SQLite) INSERT OR REPLACE are refused with an error of integrity,
whoever asks: this code, the admin, or somebody at a database prompt. What may still be erased is
named column by column with the one fixed mark that may take the value's place.

Whoever owns the table can drop or change the trigger; ``check_invariants`` sees that, as long as it
was not put back as it was.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connections, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

MARK = "［erased］"  # stands where words of a person stood
FUNCTION = "append_only_refuse"
REFUSED = "append only"
# One function for all tables; the trigger's argument names the columns that may be erased, each
# with its mark. The row is compared as a whole, so that a column added later is guarded at once.
# 23001 (restrict_violation) reaches Django as IntegrityError.
POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  was jsonb;
  becomes jsonb;
  mark record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    was := to_jsonb(OLD);
    becomes := to_jsonb(NEW);
    FOR mark IN SELECT key, value FROM jsonb_each(TG_ARGV[0]::jsonb) LOOP
      IF becomes -> mark.key = mark.value THEN
        was := was - mark.key;
        becomes := becomes - mark.key;
      END IF;
    END LOOP;
    IF was = becomes THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '{REFUSED}: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
END
$$
"""  # noqa: S608 -- no value from outside


class AppendOnly(Operation):
    """Refuse every change of the model's rows, but for erasing columns to their marks.

    ``erasable`` gives, for a field's name, what its value may become: a text, or ``{}`` for JSON.
    Repeat the operation after one that adds a column, or makes SQLite copy the table anew (a changed
    column, a constraint): triggers go with the old table. A test compares them.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, erasable: Mapping[str, Any] | None = None) -> None:
        self.model_name = model_name
        self.erasable = dict(erasable or {})

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.model_name], {"erasable": self.erasable})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: the models stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        for statement in statements(model, self.erasable, schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        for statement in _drops(model._meta.db_table, schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Make {self.model_name} append-only"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_append_only"


def statements(model: type[models.Model], erasable: Mapping[str, Any], vendor: str) -> list[str]:
    """Return the SQL that guards the model's table; guarding twice leaves one guard."""
    drops = _drops(model._meta.db_table, vendor)
    if vendor == "postgresql":
        return [POSTGRESQL_FUNCTION, *drops, *_postgresql(model, erasable)]
    if vendor == "sqlite":
        return [*drops, *_sqlite(model, erasable).values()]
    raise NotImplementedError(f"append-only tables are not made for {vendor}")


def trigger_names(table: str, vendor: str) -> set[str]:
    """Return the names of the triggers that guard a table."""
    kinds = ("row", "truncate") if vendor == "postgresql" else ("update", "delete", "replace")
    return {f"{table}_append_only_{kind}" for kind in kinds}


def standing_triggers(using: str = "default") -> set[str]:
    """Return the names of the guards that stand in the database and are switched on."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        # 'A' fires always, also for a session that calls itself a replica.
        asked = (
            "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE proname = %s AND tgenabled = 'A'"
        )
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name <> %s"
    with connection.cursor() as cursor:
        cursor.execute(asked, [FUNCTION])
        return {name for (name,) in cursor.fetchall() if "_append_only_" in name}


Guarded = Mapping[type[models.Model], Mapping[str, Any]]


def altered_guards(guarded: Guarded, using: str = "default") -> list[str]:
    """Return the names of the guards that are gone, switched off, or other than ``statements`` makes them.

    Of PostgreSQL the catalogue is asked: table, occasion, arguments and the function's own text; of
    SQLite the text of the trigger. One statement, however many tables.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        asked, wanted = POSTGRESQL_GUARDS, _in_the_catalogue(guarded)
    else:
        asked = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
        wanted = {
            (model._meta.db_table, name): (sql,)
            for model, erasable in guarded.items()
            for name, sql in _sqlite(model, erasable).items()
        }
    with connection.cursor() as cursor:
        cursor.execute(asked)
        standing = {(table, name): tuple(made) for table, name, *made in cursor.fetchall()}
    return sorted(key[1] for key, made in wanted.items() if standing.get(key) != made)


# What a trigger is: when it fires (bits of pg_trigger.h), whether always, for which columns, on what
# condition, with which arguments, and what it then runs.
POSTGRESQL_GUARDS = """
SELECT relname, tgname, tgtype, tgenabled::text, tgattr::text, tgqual IS NULL, tgargs,
  proname, lanname, prosrc, proconfig
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
JOIN pg_proc ON pg_proc.oid = tgfoid
JOIN pg_language ON pg_language.oid = prolang
WHERE NOT tgisinternal AND pg_table_is_visible(tgrelid)
"""
BEFORE_EACH_UPDATE_OR_DELETE = 1 + 2 + 8 + 16
BEFORE_TRUNCATE = 2 + 32


def _in_the_catalogue(guarded: Guarded) -> dict[tuple[str, str], tuple[Any, ...]]:
    body = POSTGRESQL_FUNCTION.split("$$")[1]
    runs = (FUNCTION, "plpgsql", body, ["search_path=pg_catalog"])
    found = {}
    for model, erasable in guarded.items():
        table = model._meta.db_table
        given = _argument(model, erasable).encode() + b"\0"
        for kind, fires, arguments in (
            ("row", BEFORE_EACH_UPDATE_OR_DELETE, given),
            ("truncate", BEFORE_TRUNCATE, b""),
        ):
            name = f"{table}_append_only_{kind}"
            found[table, name] = (fires, "A", "", True, arguments, *runs)
    return found


def _marks(model: type[models.Model], erasable: Mapping[str, Any]) -> dict[str, Any]:
    return {model._meta.get_field(name).column: mark for name, mark in erasable.items()}


def _argument(model: type[models.Model], erasable: Mapping[str, Any]) -> str:
    return json.dumps(_marks(model, erasable), ensure_ascii=False, sort_keys=True)


def _drops(table: str, vendor: str) -> list[str]:
    where = f' ON "{table}"' if vendor == "postgresql" else ""
    return [
        f'DROP TRIGGER IF EXISTS "{name}"{where}' for name in sorted(trigger_names(table, vendor))
    ]


def _postgresql(model: type[models.Model], erasable: Mapping[str, Any]) -> list[str]:
    table = model._meta.db_table
    argument = _argument(model, erasable).replace("'", "''")
    row, truncate = f"{table}_append_only_row", f"{table}_append_only_truncate"
    return [
        f'CREATE TRIGGER "{row}" BEFORE UPDATE OR DELETE ON "{table}"'
        f" FOR EACH ROW EXECUTE FUNCTION {FUNCTION}('{argument}')",
        f'CREATE TRIGGER "{truncate}" BEFORE TRUNCATE ON "{table}"'
        f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()",
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{row}"',
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{truncate}"',
    ]


def _sqlite(model: type[models.Model], erasable: Mapping[str, Any]) -> dict[str, str]:
    """Return the triggers by name. A migration knows the columns in an order of its own: they are sorted."""
    table, marks = model._meta.db_table, _marks(model, erasable)
    kept = []
    for field in sorted(model._meta.concrete_fields, key=lambda one: one.column):
        changed = f'NEW."{field.column}" IS NOT OLD."{field.column}"'
        if field.column in marks:
            changed += f' AND NEW."{field.column}" IS NOT {_literal(marks[field.column])}'
        kept.append(f"({changed})")
    # OR REPLACE takes the old row away without asking a DELETE trigger.
    taken = " OR ".join(sorted(_one_for_another(model)))
    already = f'SELECT 1 FROM "{table}" WHERE {taken}'  # noqa: S608 -- names of the model
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}: %s of {table} is refused'); END"
    made = [
        f'CREATE TRIGGER "{table}_append_only_update" BEFORE UPDATE ON "{table}"'
        f" FOR EACH ROW WHEN {' OR '.join(kept)} {refuse % 'UPDATE'}",
        f'CREATE TRIGGER "{table}_append_only_delete" BEFORE DELETE ON "{table}"'
        f" FOR EACH ROW {refuse % 'DELETE'}",
        f'CREATE TRIGGER "{table}_append_only_replace" BEFORE INSERT ON "{table}"'
        f" FOR EACH ROW WHEN EXISTS ({already})"
        f" {refuse % 'REPLACE'}",
    ]
    return {sql.split('"')[1]: sql for sql in made}


def _one_for_another(model: type[models.Model]) -> list[str]:
    """The conditions on which the new row would stand in the place of an old one.

    Where a constraint holds for some rows alone, the columns that say for which are alike, too: two
    rows without a value there are, as the condition of such a constraint has it.
    """
    found = [
        f'"{one.column}" = NEW."{one.column}"' for one in model._meta.concrete_fields if one.unique
    ]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            alike = dict.fromkeys(constraint.fields, "=")
            for name in _fields_of(constraint.condition):
                alike.setdefault(name, "IS")
            columns = {model._meta.get_field(name).column: sign for name, sign in alike.items()}
            found.append(" AND ".join(f'"{c}" {sign} NEW."{c}"' for c, sign in columns.items()))
    return found


def _fields_of(condition: models.Q | None) -> list[str]:
    """The names of the fields that a condition asks about."""
    if condition is None:
        return []
    return [name.partition("__")[0] for name, _value in condition.children]


def _literal(mark: Any) -> str:
    text = mark if isinstance(mark, str) else json.dumps(mark)
    return "'" + text.replace("'", "''") + "'"
