"""No connection to be had, a statement cut: an answer that says so, and the portal again afterwards (hazards.md 35)."""

import json
import re

import psycopg
import pytest
from django.db import connection, connections

from aspire import busy
from tests.directory.seeds import load_directory
from tests.test_settings import PRODUCTION, started

LIMIT = 0.2  # seconds: nothing below is told by the clock, but by what the pool counts
OPTIONS = (
    "import json; {door}from django.db import connections; "
    "print(json.dumps(connections.settings['default']['OPTIONS'], default=str))"
)
POSTGRESQL = {**PRODUCTION, "DATABASE_URL": "postgres://portal@localhost/portal"}


def options(door: str = "", **environment: str) -> dict:
    run = started(["-c", OPTIONS.format(door=door)], **{**POSTGRESQL, **environment})
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_pool_is_set_from_the_environment():
    assert options()["pool"] == {"min_size": 2, "max_size": 6, "timeout": 5.0}
    assert options(DATABASE_POOL_SIZE="1", DATABASE_POOL_TIMEOUT="2.5")["pool"] == {
        "min_size": 1,
        "max_size": 1,
        "timeout": 2.5,
    }
    assert options(DATABASE_POOL="0")["pool"] is False


def test_only_web_servers_limit_their_statements():
    """A command, a migration and the mail worker come in by another door than gunicorn."""
    # No static files are collected here, of which whitenoise warns.
    web = "import warnings; warnings.simplefilter('ignore'); import aspire.wsgi; "

    assert "options" not in options()
    assert options(web)["options"] == "-c statement_timeout=10s"
    assert options(web, DATABASE_STATEMENT_TIMEOUT="3")["options"] == "-c statement_timeout=3s"
    assert "options" not in options(web, DATABASE_STATEMENT_TIMEOUT="0")


@pytest.fixture
def pool(transactional_db, settings):
    """A pool of two connections and a limit for statements, for this test alone."""
    if connection.vendor != "postgresql":
        pytest.skip("a pool and a limit of statements are PostgreSQL's")
    load_directory()
    given = connections.settings["default"]["OPTIONS"]
    before = dict(given)
    connection.close()
    settings.STATEMENT_TIMEOUT = LIMIT
    given["pool"] = {"min_size": 1, "max_size": 2, "timeout": LIMIT}
    busy.limit_statements()
    pool = connection.pool
    pool.open()
    yield pool
    connection.close()
    connection.close_pool()
    given.clear()
    given.update(before)


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    return client


def is_the_page_that_says_so(answer) -> bool:
    text = answer.content.decode()
    assert "<h1>The portal is busy</h1>" in text
    assert "ただいま混み合っています" in text
    assert "Nothing was lost" in text
    assert not re.search(r"<script|style=|Traceback|psycopg", text)
    return (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (
        503,
        "10",
        "no-store",
    )


@pytest.mark.postgres
def test_a_full_pool_is_answered_at_once_and_again_when_one_is_free(pool, visitor):
    # Given every connection of the pool in somebody's hands
    held = [pool.getconn(), pool.getconn()]
    free = connection.pool.get_stats()["pool_available"]

    # When pages are asked for, by a visitor and by somebody with a session
    page = visitor.get("/en/funders/")
    health = visitor.get("/healthz")
    visitor.cookies["session"] = "k" * 32
    visitor.cookies["__Host-session"] = "k" * 32
    of_a_session = visitor.get("/en/help/")

    # Then each waited for the pool once, and says so; machines are told in their own way
    assert free == 0
    assert is_the_page_that_says_so(page)
    assert is_the_page_that_says_so(of_a_session)
    assert (health.status_code, health.json()) == (503, {"database": "unreachable"})
    assert pool.get_stats()["requests_errors"] == 3

    # And when the connections are given back, everybody is answered
    for one in held:
        pool.putconn(one)
    del visitor.cookies["session"], visitor.cookies["__Host-session"]
    assert visitor.get("/en/funders/").status_code == 200
    assert visitor.get("/healthz").status_code == 200


@pytest.fixture
def locked(pool):
    """Somebody else keeps a table to themselves, so that whoever reads it waits."""
    of = connection.settings_dict
    with psycopg.connect(
        dbname=of["NAME"],
        user=of["USER"],
        password=of["PASSWORD"],
        host=of["HOST"],
        port=of["PORT"] or None,
    ) as other:
        other.execute("LOCK TABLE directory_edition IN ACCESS EXCLUSIVE MODE")
        yield other


@pytest.mark.postgres
def test_a_statement_that_takes_too_long_is_cut_and_said(locked, visitor):
    assert is_the_page_that_says_so(visitor.get("/en/funders/"))

    locked.rollback()
    assert visitor.get("/en/funders/").status_code == 200


@pytest.mark.postgres
def test_without_the_handler_it_would_be_an_error_like_any_other(locked, visitor, monkeypatch):
    """The control: Django's own answer to the same."""
    monkeypatch.delattr("aspire.urls.handler500")

    answer = visitor.get("/en/funders/")

    assert answer.status_code == 500
    assert "The portal is busy" not in answer.content.decode()


def test_another_error_is_not_said_to_be_that(db, visitor, monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr("directory.views.funders.rows_of", broken)

    answer = visitor.get("/en/funders/")

    assert answer.status_code == 500
    assert "something went wrong" in answer.content.decode()


def limit_now() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return cursor.fetchone()[0]


@pytest.mark.postgres
def test_a_file_is_read_without_the_limit_which_then_holds_again(pool):
    assert limit_now() == "200ms"

    with busy.without_limit():
        meanwhile = limit_now()

    assert (meanwhile, limit_now()) == ("0", "200ms")


@pytest.mark.postgres
def test_a_file_that_breaks_off_gives_its_connection_back_with_the_limit(pool):
    def rows():
        with busy.without_limit():
            yield limit_now()
            yield "never read"

    reading = rows()
    meanwhile = next(reading)
    reading.close()

    assert (meanwhile, limit_now()) == ("0", "200ms")
