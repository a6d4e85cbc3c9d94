"""The note of a handed-over mail, written while the server is asked about the next one."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import psycopg
from django.db import connection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from applications.models import Message, MessageState

# Never more than one mail is taken by the server and not yet noted: the next mail's text is
# given only when this note has landed (``Notes.land``).


def write(message: Message, names: Sequence[str]) -> bool:
    """Write these fields of a mail if it is still this worker's, and say whether it was.

    By hand, because it is the one statement of every mail: putting it together anew each time
    costs the ORM more than the statement and half the conversation with the server.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(names)), _values(message, names))
        return cursor.rowcount == 1


class Notes:
    """Writes one note at a time without waiting for it: the statement is sent, its answer read later.

    On PostgreSQL through libpq's own send and receive (psycopg's cursors wait for each answer);
    elsewhere at once.
    """

    def __init__(self) -> None:
        self.written = 0
        self._flying: PGconn | None = None

    def send(self, message: Message, names: Sequence[str]) -> None:
        """Send a note on its way; the one before has landed. Outside a transaction it commits itself."""
        if connection.vendor != "postgresql":
            self.written += write(message, names)
            return
        connection.ensure_connection()
        wire = connection.connection.pgconn
        wire.send_query_params(_numbered(tuple(names)), _texts(message, names))
        wire.flush()
        self._flying = wire

    def land(self) -> None:
        """Wait until the note is written.

        :raises psycopg.Error: the database did not take it
        """
        wire, self._flying = self._flying, None
        if wire is None:
            return
        refused = None
        while (answer := wire.get_result()) is not None:
            if answer.status == ExecStatus.COMMAND_OK:
                self.written += answer.command_tuples == 1
            else:
                refused = error_from_result(answer)
        if refused is not None:
            raise refused

    def close(self) -> None:
        """Leave the connection fit for others, whatever happened to the last note."""
        with suppress(psycopg.Error):
            self.land()


@cache
def _numbered(names: tuple[str, ...]) -> bytes:
    """The statement with the places that libpq knows: $1, $2 …"""
    first, *rest = _statement(names).split("%s")
    return (first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))).encode()


def _texts(message: Message, names: Sequence[str]) -> list[bytes | None]:
    """The values as text, whose types the server takes from the columns."""
    return [None if value is None else str(value).encode() for value in _values(message, names)]


def _values(message: Message, names: Sequence[str]) -> list[Any]:
    fields = (Message._meta.get_field(name) for name in names)
    values = [field.get_db_prep_save(getattr(message, field.name), connection) for field in fields]
    return [*values, message.pk, MessageState.SENDING.value, message.attempts]


@cache
def _statement(names: tuple[str, ...]) -> str:
    quoted = connection.ops.quote_name
    changes = ", ".join(f"{quoted(Message._meta.get_field(name).column)} = %s" for name in names)
    return (
        f"UPDATE {quoted(Message._meta.db_table)} SET {changes}"  # noqa: S608 -- names of our own
        f" WHERE {quoted('id')} = %s AND {quoted('state')} = %s AND {quoted('attempts')} = %s"
    )
