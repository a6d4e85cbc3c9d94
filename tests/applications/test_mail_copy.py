"""Hazard 33: no mail leaves a restored or copied database until somebody has looked. A real copy, on PostgreSQL."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from psycopg import sql

from applications import outbox
from applications.models import Message
from applications.outbox import delivering
from tests.applications import mails, scenes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="SQLite has no copies: PostgreSQL's pass"
    ),
]
AT = scenes.DAY
BANNER = "Mail is held because this database was restored or copied."


@contextmanager
def administering() -> Iterator[psycopg.Connection]:
    """A connection to the cluster, beside the database of the tests."""
    of = connection.get_connection_params()
    wanted = {key: of[key] for key in ("host", "port", "user", "password") if key in of}
    with psycopg.connect(**wanted, dbname="postgres", autocommit=True) as cluster:
        yield cluster


@contextmanager
def working_on_a_copy() -> Iterator[None]:
    """Copy the database as it is, and let the portal work on the copy while the block runs."""
    original = connection.settings_dict["NAME"]
    copy = f"{original}_copy"
    connection.close()
    with administering() as cluster:
        cluster.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [original]
        )
        names = {"copy": sql.Identifier(copy), "original": sql.Identifier(original)}
        cluster.execute(sql.SQL("DROP DATABASE IF EXISTS {copy}").format(**names))
        cluster.execute(sql.SQL("CREATE DATABASE {copy} TEMPLATE {original}").format(**names))
        connection.settings_dict["NAME"] = copy
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = original
            cluster.execute(sql.SQL("DROP DATABASE {copy} WITH (FORCE)").format(**names))


@pytest.fixture
def scene(settings, tmp_path):
    """A database whose worker has run, with one mail that waits."""
    settings.MEDIA_ROOT = tmp_path
    found = scenes.ready()
    assert outbox.deliver_due(now=lambda: AT) == {}
    mails.own(found)
    return found


def seen_by(client, user):
    client.force_login(user)
    return client.get(reverse("applications:staff")).content.decode()


def test_a_worker_on_a_copy_sends_nothing_until_somebody_opens(client, scene, caplog):
    viewer = mails.staff("VIEWER")
    assert BANNER not in seen_by(client, viewer)

    with working_on_a_copy():
        assert outbox.deliver_due(now=lambda: AT) == {}
        assert mail.outbox == []
        assert BANNER in seen_by(client, viewer)
        assert client.get("/healthz").json()["mail"] == "held"

        with caplog.at_level(logging.WARNING, "applications.mail"):
            call_command("open_mail", reason="the old server is switched off")
        assert "Mail opened by an operator: the old server is switched off" in caplog.messages
        assert BANNER not in seen_by(client, viewer)
        assert outbox.deliver_due(now=lambda: AT) == {"handed over": 1}

    # Then the original, which goes on with its own mail, was never held
    assert Message.objects.get().state == "WAITING"
    assert outbox.deliver_due(now=lambda: AT) == {"handed over": 1}


def test_control_without_the_look_at_the_identity_the_old_mail_leaves_again(scene, monkeypatch):
    outbox.deliver_due(now=lambda: AT)
    # As the backup had it
    Message.objects.update(state="WAITING", handed_over_at=None, available_at=AT)
    monkeypatch.setattr(delivering, "is_held", lambda gate: gate.held_at is not None)

    with working_on_a_copy():
        assert outbox.deliver_due(now=lambda: AT) == {"handed over": 1}

    assert len(mail.outbox) == 2


def test_a_restore_in_place_makes_the_switchs_table_anew_and_is_held(scene):
    """As ``pg_restore --clean`` does into the same database: only the tables are others."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE anew (LIKE applications_mailgate INCLUDING ALL)")
        cursor.execute("INSERT INTO anew SELECT * FROM applications_mailgate")
        cursor.execute("DROP TABLE applications_mailgate")
        cursor.execute("ALTER TABLE anew RENAME TO applications_mailgate")

        assert outbox.deliver_due(now=lambda: AT) == {}
        assert outbox.is_copy(outbox.shut_gate())
        transaction.set_rollback(True)

    assert outbox.shut_gate() is None
    assert outbox.deliver_due(now=lambda: AT) == {"handed over": 1}
