"""The SQL of the guard of published editions: what is refused, by which triggers, on either engine."""

FUNCTION = "published_edition_refuse"
REFUSED = "published editions never change"
EDITION, ROW = "directory_edition", "directory_participation"
LINK, RULE = "directory_participation_programmes", "directory_noticerule"
# Tables whose rows belong to a row of an edition.
PARTS = (LINK, RULE, "directory_condition")
# What rows point at -> what they call it by, and what an answer reads of it: the institute that a
# number tells takes part by its code. The key, too: rows of other keys would change their places.
NAMED = {
    "directory_agency": ("id", "slug", "country_id", "parent_id", "institute_code"),
    "directory_programme": ("id", "code", "agency_id"),
}
# Where SQLite puts a new row in the place of an old one: the keys that are unique.
UNIQUE = {
    "directory_agency": (("id",), ("slug",), ("acronym",), ("institute_code",)),
    "directory_programme": (("id",), ("agency_id", "code")),
}

# A trigger's argument says how its row leads to an edition. Rows and editions are locked one by
# one: a join that waited is read anew only in part. What is not there comes back as NULL; its
# foreign key refuses it. 23001 (restrict_violation) reaches Django as IntegrityError. Who changes what
# rows name holds every draft, so that none is published meanwhile, and reads anew after waiting for
# one that was; other writers in drafts, who share the lock, do not wait for that.
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
  ELSIF TG_ARGV[0] IN ('agency', 'programme') THEN
    EXECUTE format('SELECT 1 FROM %s.{EDITION} WHERE published_at IS NULL ORDER BY id FOR SHARE', own);
  END IF;
  IF TG_ARGV[0] = 'agency' THEN
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


def trigger_names(table: str, vendor: str) -> set[str]:
    """Return the names of the triggers that guard a table."""
    if table in NAMED:
        kinds = ["named", "delete", "truncate" if vendor == "postgresql" else "replace"]
    elif vendor == "postgresql":
        kinds = ["row", "truncate"]
    else:
        kinds = ["update", "delete", "replace"] + ["insert"] * (table != EDITION)
    return {f"{table}_published_{kind}" for kind in kinds}


# -- PostgreSQL --------------------------------------------------------------------------------
def on_postgresql() -> list[str]:
    made = [
        *_trigger(EDITION, "row", "UPDATE OR DELETE", "always", "OLD.published_at IS NOT NULL"),
        *_trigger(ROW, "row", "INSERT OR UPDATE OR DELETE", "row"),
    ]
    for table in PARTS:
        made += _trigger(table, "row", "INSERT OR UPDATE OR DELETE", "part")
    for table, columns in NAMED.items():
        event, way = f"UPDATE OF {', '.join(columns)}", table.removeprefix("directory_")
        made += _trigger(table, "named", event, way, _other(columns))
        # With its key deferred, a row could go and come back as another in one transaction.
        made += _trigger(table, "delete", "DELETE", way)
    for table in (EDITION, ROW, *PARTS, *NAMED):
        made += _trigger(table, "truncate", "TRUNCATE", "always")
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


def on_sqlite() -> list[str]:
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
    for table, columns in NAMED.items():
        named = _is_named(table, "OLD")
        same = " OR ".join(f"({_same(keys)})" for keys in UNIQUE[table])
        taken = f"{table} t WHERE ({same}) AND {_is_named(table, 't')}"
        changed = f"({_other(columns, 'IS NOT')}) AND {named}"
        made += [
            _abort(
                table, "named", "UPDATE", f"{changed} OR {_exists(f'{taken} AND t.id <> OLD.id')}"
            ),
            _abort(table, "delete", "DELETE", named),
            _abort(table, "replace", "INSERT", _exists(taken)),
        ]
    return made


def _is_named(table: str, side: str) -> str:
    if table == "directory_agency":
        ways = f"LEFT JOIN {RULE} n ON n.participation_id = r.id"
        return _exists(f"{LISTS} {ways} WHERE {side}.id IN (r.agency_id, n.body_id)")
    return _exists(f"{LISTS} JOIN {LINK} l ON l.participation_id = r.id WHERE l.programme_id = {side}.id")  # fmt: skip


def _same(keys: tuple[str, ...]) -> str:
    # Agencies that are no institutes share the empty code.
    return " AND ".join(f"t.{one} = NEW.{one} AND t.{one} <> ''" for one in keys)


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
