"""Lifting the guard of append-only tables: for the flush between tests, and for negative controls."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from directory.append_only import FUNCTION, POSTGRESQL_FUNCTION

# The owner of a database can do this, too; README says so.
PASSING = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RETURN COALESCE(NEW, OLD); END $$
"""


@contextmanager
def lifted() -> Iterator[None]:
    """Let rows of append-only tables be changed within the block."""
    if connection.vendor == "postgresql":
        _run(PASSING)
        yield
        _run(POSTGRESQL_FUNCTION)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND name LIKE '%_append_only_%'"
        )
        guards = cursor.fetchall()
    for name, _sql in guards:
        _run(f'DROP TRIGGER "{name}"')
    yield
    for _name, sql in guards:
        _run(sql)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, None)


def lift_for_the_flush(patch) -> None:
    """Between tests Django empties all tables, which the guard refuses to everybody."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self, sql_list):
        with lifted():
            return flush(self, sql_list)

    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
