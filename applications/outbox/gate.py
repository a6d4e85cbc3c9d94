"""The hold switch: no mail leaves a database that was restored or copied until a person has looked."""

from pathlib import Path

from django.db import connection

from applications.models import MailGate


def database_identity() -> str:
    """Return what tells this database from any copy of it.

    PostgreSQL: the cluster, its timeline (new after a recovery or a promoted stand-by) and the
    database in it. SQLite: the file.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT system_identifier, timeline_id, pg_database.oid "
                "FROM pg_control_system(), pg_control_checkpoint(), pg_database "
                "WHERE datname = current_database()"
            )
            return ":".join(str(part) for part in cursor.fetchone())
    name = str(connection.settings_dict["NAME"])
    file = Path(name)
    if not file.is_file():
        return "memory"
    found = file.stat()
    return f"{found.st_dev}:{found.st_ino}"


def mail_gate() -> MailGate:
    """Return the switch; the first worker of a new database opens it."""
    gate, _new = MailGate.objects.get_or_create(pk=1, defaults={"identity": database_identity()})
    return gate


def is_held(gate: MailGate) -> bool:
    """Whether no mail may leave: somebody held it, or this is a copy of the database it was open for."""
    return gate.held_at is not None or gate.identity != database_identity()
