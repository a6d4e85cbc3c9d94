"""The one clock that judges deadlines: the database's own, at the moment of asking."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """Return the database's present moment, not that of the transaction's start.

    PostgreSQL's now() stands still inside a transaction: somebody who waited for a lock
    past the deadline would still be let in.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
