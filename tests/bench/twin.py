"""A copy of the database as it is now, to be asked by turns with the one that goes on growing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections


class Twin:
    """Two databases in one cluster: a slow moment of the machine falls on both alike."""

    def __init__(self) -> None:
        quote = connection.ops.quote_name
        name = connection.settings_dict["NAME"]
        self.own = connections["default"]
        connection.close()  # nobody may be connected to a database that is copied
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {quote(name + '_twin')} TEMPLATE {quote(name)}")
        self.other = self.own.copy()
        self.other.settings_dict["NAME"] = f"{name}_twin"

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Let whatever the block asks go to the copy."""
        connections["default"] = self.other
        try:
            yield
        finally:
            connections["default"] = self.own

    def drop(self) -> None:
        self.other.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                f"DROP DATABASE {connection.ops.quote_name(self.other.settings_dict['NAME'])}"
            )
