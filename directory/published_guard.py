"""Migration operations by which the database itself keeps published editions as they were published.

No row of a published edition is changed, taken away, moved out or put in, whoever asks: this code,
the admin, or somebody at a database prompt. Drafts stay free, and an edition may be inserted as a
published one. What a row calls a funder or a programme by (slug and country, code and funder) is
fixed once a published row names it; names and acronyms may be corrected.

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

FUNCTION = "published_edition_refuse"
REFUSED = "published editions never change"
EDITION, ROW = "directory_edition", "directory_participation"
LINK, RULE = "directory_participation_programmes", "directory_noticerule"
# Tables whose rows belong to a row of an edition.
PARTS = (LINK, RULE, "directory_condition")
# What rows point at -> the columns by which they call it.
NAMED = {"directory_agency": ("slug", "country_id"), "directory_programme": ("code", "agency_id")}

# A trigger's argument says how its row leads to an edition. Rows and editions are locked one by
# one: a join that waited is read anew only in part. What is not there comes back as NULL; its
# foreign key refuses it. 23001 (restrict_violation) reaches Django as IntegrityError.
POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  own text := quote_ident(TG_TABLE_SCHEMA);
  lists text := format('%1$s.{ROW} r JOIN %1$s.{EDITION} e ON e.id = r.edition_id', own);
  side jsonb;
  edition bigint;
  published boolean := TG_ARGV[0] = 'always';
BEGIN
  IF TG_ARGV[0] IN ('row', 'part') THEN
    FOREACH side IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
      edition := side ->> 'edition_id';
      IF TG_ARGV[0] = 'part' THEN
        EXECUTE format('SELECT edition_id FROM %s.{ROW} WHERE id = $1 FOR SHARE', own)
          INTO edition USING (side ->> 'participation_id')::bigint;
      END IF;
      EXECUTE format('SELECT published_at IS NOT NULL FROM %s.{EDITION} WHERE id = $1 FOR SHARE', own)
        INTO published USING edition;
      EXIT WHEN published;
    END LOOP;
  ELSIF TG_ARGV[0] = 'agency' THEN
    EXECUTE format(
      'SELECT EXISTS (SELECT 1 FROM %s LEFT JOIN %s.{RULE} n ON n.participation_id = r.id'
      ' WHERE e.published_at IS NOT NULL AND $1 IN (r.agency_id, n.body_id))', lists, own)
      INTO published USING OLD.id;
  ELSIF TG_ARGV[0] = 'programme' THEN
    EXECUTE format(
      'SELECT EXISTS (SELECT 1 FROM %s JOIN %s.{LINK} l ON l.participation_id = r.id'
      ' WHERE e.published_at IS NOT NULL AND l.programme_id = $1)', lists, own)
      INTO published USING OLD.id;
  END IF;
  IF published THEN
    RAISE EXCEPTION '{REFUSED}: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
  END IF;
  RETURN COALESCE(NEW, OLD);
END
$$
"""  # noqa: S608 -- no value from outside


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
        return [POSTGRESQL_FUNCTION, *drops(vendor), *_postgresql()]
    if vendor == "sqlite":
        return [*drops(vendor), *_sqlite()]
    raise NotImplementedError(f"published editions are not guarded on {vendor}")


def drops(vendor: str) -> list[str]:
    """Return the SQL that takes the guard away, from wherever it stands."""
    return [
        f'DROP TRIGGER IF EXISTS "{name}"' + (f' ON "{table}"' if vendor == "postgresql" else "")
        for table in (EDITION, ROW, *PARTS, *NAMED)
        for name in sorted(trigger_names(table, vendor))
    ]


def trigger_names(table: str, vendor: str) -> set[str]:
    """Return the names of the triggers that guard a table."""
    if table in NAMED:
        kinds = ["named"]
    elif vendor == "postgresql":
        kinds = ["row", "truncate"]
    else:
        kinds = ["update", "delete", "replace"] + ["insert"] * (table != EDITION)
    return {f"{table}_published_{kind}" for kind in kinds}


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
        made = {one.split('"')[1]: one for one in _sqlite()}
        return [(name, sql == made[name]) for name, sql in cursor.fetchall() if name in made]


# -- PostgreSQL --------------------------------------------------------------------------------
def _postgresql() -> list[str]:
    made = [
        *_trigger(EDITION, "row", "UPDATE OR DELETE", "always", "OLD.published_at IS NOT NULL"),
        *_trigger(ROW, "row", "INSERT OR UPDATE OR DELETE", "row"),
    ]
    for table in PARTS:
        made += _trigger(table, "row", "INSERT OR UPDATE OR DELETE", "part")
    for table in (EDITION, ROW, *PARTS):
        made += _trigger(table, "truncate", "TRUNCATE", "always")
    for table, columns in NAMED.items():
        event = f"UPDATE OF {', '.join(columns)}"
        made += _trigger(table, "named", event, table.removeprefix("directory_"), _other(columns))
    return made


def _trigger(table: str, kind: str, event: str, way: str, when: str = "") -> list[str]:
    name = f"{table}_published_{kind}"
    each = "STATEMENT" if kind == "truncate" else "ROW"
    when = when and f" WHEN ({when})"
    return [
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}"'
        f" FOR EACH {each}{when} EXECUTE FUNCTION {FUNCTION}('{way}')",
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"',
    ]


def _other(columns: tuple[str, ...], different: str = "IS DISTINCT FROM") -> str:
    return " OR ".join(f'NEW."{one}" {different} OLD."{one}"' for one in columns)


# -- SQLite ------------------------------------------------------------------------------------
LISTS = f"{ROW} r JOIN {EDITION} e ON e.id = r.edition_id AND e.published_at IS NOT NULL"


def _sqlite() -> list[str]:
    # OR REPLACE takes an old row away without asking a DELETE trigger, in an UPDATE, too.
    place = "(id = NEW.id OR code = NEW.code) AND published_at IS NOT NULL"
    taken = _exists(f"{EDITION} WHERE {place}")
    made = [
        _abort(EDITION, "update", "UPDATE", f"OLD.published_at IS NOT NULL OR {taken}"),
        _abort(EDITION, "delete", "DELETE", "OLD.published_at IS NOT NULL"),
        _abort(EDITION, "replace", "INSERT", taken),
    ]
    for table in (ROW, *PARTS):
        old, new = (_is_in_published(table, side) for side in ("OLD", "NEW"))
        # Every other key of these tables holds the edition or the row, so that NEW is in it, too.
        leads = "id" if table == ROW else "participation_id"
        taken = _exists(f"{LISTS} JOIN {table} t ON t.{leads} = r.id WHERE t.id = NEW.id")
        made += [
            _abort(table, "insert", "INSERT", new),
            _abort(table, "update", "UPDATE", f"{old} OR {new} OR {taken}"),
            _abort(table, "delete", "DELETE", old),
            _abort(table, "replace", "INSERT", taken),
        ]
    asked = {
        "directory_agency": f"{LISTS} LEFT JOIN {RULE} n ON n.participation_id = r.id"
        " WHERE OLD.id IN (r.agency_id, n.body_id)",
        "directory_programme": f"{LISTS} JOIN {LINK} l ON l.participation_id = r.id"
        " WHERE l.programme_id = OLD.id",
    }
    for table, columns in NAMED.items():
        named = f"({_other(columns, 'IS NOT')}) AND {_exists(asked[table])}"
        made.append(_abort(table, "named", f"UPDATE OF {', '.join(columns)}", named))
    return made


def _is_in_published(table: str, side: str) -> str:
    if table == ROW:
        where = f"{EDITION} WHERE id = {side}.edition_id AND published_at IS NOT NULL"
    else:
        where = f"{LISTS} WHERE r.id = {side}.participation_id"
    return _exists(where)


def _exists(where: str) -> str:
    return f"EXISTS (SELECT 1 FROM {where})"  # noqa: S608 -- names of ours


def _abort(table: str, kind: str, event: str, when: str) -> str:
    words = f"{REFUSED}: {event.split()[0]} of {table} is refused"
    return (
        f'CREATE TRIGGER "{table}_published_{kind}" BEFORE {event} ON "{table}"'
        f" FOR EACH ROW WHEN {when} BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )
