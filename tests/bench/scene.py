"""The database of the benchmark: a test database of its own, loaded with the shipped directory."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases


@contextmanager
def database() -> Iterator[None]:
    """Create the test database, load the directory, and drop it all at the end.

    Django's test environment is left out: it instruments every template, which costs
    pages of many templates more than the floor's single one.
    """
    made = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
    try:
        call_command("load_directory", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
        yield
    finally:
        teardown_databases(made, verbosity=0)


def address() -> str:
    """Return DATABASE_URL of the test database, for a process of its own."""
    of = connection.settings_dict
    user, secret = quote(of["USER"], safe=""), quote(of["PASSWORD"], safe="")
    return f"postgres://{user}:{secret}@{of['HOST']}:{of['PORT']}/{of['NAME']}"
