"""Rows that many tests begin with: made once in a process, and put back as they were."""

from collections.abc import Sequence
from typing import Any

from django.db import connection


class KeptRows:
    """Whole tables, read after they were filled and written with one statement each.

    Raw values go round: what a driver reads it also writes, and no model's ``save`` is asked again.
    """

    def __init__(self) -> None:
        self.statements: list[tuple[str, list[Any]]] = []

    def __bool__(self) -> bool:
        return bool(self.statements)

    def keep(self, tables: Sequence[str]) -> None:
        """Read these tables; those that are empty are left out."""
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT * FROM {quote(table)}")  # noqa: S608
                columns = ", ".join(quote(column[0]) for column in cursor.description)
                rows = cursor.fetchall()
                if rows:
                    row = f"({', '.join(['%s'] * len(rows[0]))})"
                    into = f"INSERT INTO {quote(table)} ({columns}) VALUES "  # noqa: S608
                    values = [value for one in rows for value in one]
                    self.statements.append((into + ", ".join([row] * len(rows)), values))

    def put(self) -> None:
        """Write the kept rows into tables that hold none of them."""
        with connection.cursor() as cursor:
            for statement, values in self.statements:
                cursor.execute(statement, values)
