"""Lifting the guards of append-only tables and published editions: for the flush, and for controls."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from directory import append_only, published_triggers

FUNCTIONS = {
    append_only.FUNCTION: append_only.POSTGRESQL_FUNCTION,
    published_triggers.FUNCTION: published_triggers.POSTGRESQL_FUNCTION,
}


def passing(function: str) -> str:
    """A function that lets all through; the owner of a database can do this, too. README says so."""
    return f"""
    CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RETURN COALESCE(NEW, OLD); END $$
    """


@contextmanager
def lifted(table: str = "") -> Iterator[None]:
    """Let guarded rows be changed within the block: all, or a published edition's in one table.

    SQLite takes its time for each trigger, so factories name their table.
    """
    guards = [published_triggers.FUNCTION] if table else list(FUNCTIONS)
    if connection.vendor == "postgresql":
        for one in guards:
            _run(passing(one))
        yield
        for one in guards:
            _run(FUNCTIONS[one])
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = cursor.fetchall()
    names = f"{table}_published_" if table else ("_append_only_", "_published_")
    kept = [
        (name, sql)
        for name, sql in found
        if (name.startswith(names) if table else any(one in name for one in names))
    ]
    for name, _sql in kept:
        _run(f'DROP TRIGGER "{name}"')
    yield
    for _name, sql in kept:
        _run(sql)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, None)


def lift_for_the_flush(patch) -> None:
    """Between tests Django empties all tables, which the guards refuse to everybody."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self, sql_list):
        with lifted():
            return flush(self, sql_list)

    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
