"""The hold switch: no mail leaves a database that was restored or copied until a person has looked."""

from pathlib import Path

from django.db import connection
from django.db.models.expressions import RawSQL

from applications.models import MailGate

# The cluster, its timeline (new after a recovery or a promoted stand-by), the database in it, and
# the switch's own table, which a restore in place makes anew.
ON_POSTGRESQL = (
    "(SELECT concat_ws(':', system_identifier, timeline_id, pg_database.oid, "
    "'applications_mailgate'::regclass::oid) "
    "FROM pg_control_system(), pg_control_checkpoint(), pg_database "
    "WHERE datname = current_database())"
)


def database_identity() -> str:
    """Return what tells this database from any copy of it: see ``ON_POSTGRESQL``; on SQLite, the file."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {ON_POSTGRESQL}")
            return cursor.fetchone()[0]
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


def shut_gate() -> MailGate | None:
    """Return the switch where no mail may leave now, in one statement that writes nothing; else None."""
    gates = MailGate.objects.select_related("changed_by").filter(pk=1)
    if connection.vendor == "postgresql":
        gates = gates.annotate(here=RawSQL(ON_POSTGRESQL, ()))  # noqa: S611 -- a constant
    gate = gates.first()
    if gate is None:  # no worker has run here yet: nothing waits that left elsewhere
        return None
    here = getattr(gate, "here", None) or database_identity()
    return gate if gate.held_at is not None or gate.identity != here else None


def is_copy(gate: MailGate) -> bool:
    """Whether nobody held the mail: it is held because the database is not the one it was open for."""
    return gate.held_at is None


def is_held(gate: MailGate) -> bool:
    """Whether no mail may leave: somebody held it, or this is a copy of the database it was open for."""
    return gate.held_at is not None or gate.identity != database_identity()
