"""When the database has no time: a page that says so soon, and how long one statement of a page may take."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error as plain_server_error

RETRY_AFTER = 10  # seconds; what holds connections is cut by then


def limit_statements() -> None:
    """Let PostgreSQL cut any statement of this process that takes too long.

    Called at the door of web servers alone: commands, migrations and the mail worker take the
    time that they need. The limit goes with each new connection, so that no page pays for it.
    """
    database = connections.settings["default"]
    if settings.STATEMENT_TIMEOUT and database["ENGINE"] == "django.db.backends.postgresql":
        options = database["OPTIONS"]
        limit = f"-c statement_timeout={settings.STATEMENT_TIMEOUT}s"
        options["options"] = " ".join(filter(None, [options.get("options"), limit]))


@contextmanager
def without_limit() -> Iterator[None]:
    """Let the statements of the block take as long as they need; afterwards the limit holds again."""
    if "statement_timeout" not in connection.settings_dict["OPTIONS"].get("options", ""):
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        # A connection that broke, or a transaction that failed, has forgotten it by itself.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error with 503 where the database had no time, else with Django's own 500.

    Django calls it for errors of middleware too: the first that asks the database is the session,
    long before a view. No middleware is told of another's error.
    """
    if not database_had_no_time():
        return plain_server_error(request)
    return HttpResponse(
        loader.get_template("503.html").render(),
        status=503,
        headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"},
    )


def database_had_no_time() -> bool:
    """Whether the error at hand began with PostgreSQL or its pool: none free, cut short, shut down."""
    error = sys.exception()
    while error is not None:
        if isinstance(error, psycopg.OperationalError):
            return True
        error = error.__cause__ or error.__context__
    return False
