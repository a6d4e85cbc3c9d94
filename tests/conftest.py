"""Fixtures that every test may use."""

import gc
import os
import shutil
import threading

import pytest
from django.template.base import Template
from django.test.utils import instrumented_test_render
from django.utils import translation
from hypothesis import settings

# A submission is judged on the same drawn examples each time; at home new ones are drawn.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


# pytest-django lets no other test reach a database.
ASKS_THE_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_configure(config):
    """Look for rubbish less often: pages make many small objects, and none of them in circles."""
    gc.set_threshold(100_000, 50, 100)


def pytest_addoption(parser):
    parser.addoption(
        "--second-database",
        action="store_true",
        help="Leave out tests that ask no database, and all but the first case of a table: "
        "the other cases differ in what is asked, not in how a database answers.",
    )


def pytest_collection_modifyitems(config, items):
    """Rules, wording, parsing and whole tables are PostgreSQL's pass; the crawls run here alone."""
    if config.getoption("--second-database"):
        known, kept, left_out = set(), [], []
        for one in items:
            test = one.nodeid.partition("[")[0]
            crawls = one.get_closest_marker("crawl")
            runs = crawls or (asks_the_database(one) and test not in known)
            (kept if runs else left_out).append(one)
            known.add(test)
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def asks_the_database(item) -> bool:
    return bool(item.get_closest_marker("django_db") or ASKS_THE_DATABASE & set(item.fixturenames))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium, quiet on the network; a missing browser fails the run."""
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: apt-get install chromium"
    args = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    if os.geteuid() == 0:
        args.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": chromium, "args": args}


@pytest.fixture(scope="session", autouse=True)
def nobody_left_in_the_database(django_db_setup, django_db_blocker):
    """End sessions still open when the tests are over: a browser's last request may hold one,
    and PostgreSQL drops no database that somebody is connected to."""
    yield
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.close()  # a test may have ended this very session, too
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def whole_pages_are_recorded(django_test_environment):
    """Keep the context of the page or mail that was asked for, not of every widget within it.

    Django's test environment copies the context at each template, and a form has hundreds;
    ``response.context`` is read for what a view gave its page.
    """
    at_work = threading.local()

    def render(template, context):
        if getattr(at_work, "inside", False):
            return template.nodelist.render(context)
        at_work.inside = True
        try:
            return instrumented_test_render(template, context)
        finally:
            at_work.inside = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def tables_can_be_emptied_between_tests(django_test_environment):
    """Append-only tables refuse the flush of transactional tests; only there the guard is lifted."""
    from tests.append_only import lift_for_the_flush

    with pytest.MonkeyPatch.context() as patch:
        lift_for_the_flush(patch)
        yield


@pytest.fixture(autouse=True)
def every_test_begins_in_english():
    """A page asked for in Japanese leaves its language behind in the thread."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def whole_sign_in(monkeypatch):
    """``force_login`` signs staff in with a second factor, as everybody meets them.

    The protection stays on; ``tests.sign_in.bare_force_login`` is Django's own, without one.
    """
    from django.test import Client

    from tests import sign_in

    monkeypatch.setattr(Client, "force_login", sign_in.force_login)
