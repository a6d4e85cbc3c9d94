"""The database as the environment names it: how writers wait on SQLite, how pages share connections on PostgreSQL."""

from pathlib import Path
from typing import Any

import environ


def database(env: environ.Env, folder: Path) -> dict[str, Any]:
    """Return what Django is to know of the database; one in ``folder`` where nothing is set."""
    found: dict[str, Any] = env.db("DATABASE_URL", default=f"sqlite:///{folder / 'portal.sqlite3'}")
    found["ATOMIC_REQUESTS"] = False
    options = found.setdefault("OPTIONS", {})
    if found["ENGINE"] == "django.db.backends.sqlite3":
        # Without these, two writers meet "database is locked".
        options.update(
            transaction_mode="IMMEDIATE",
            timeout=20,
            init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        )
    else:
        options["pool"] = pool(env)
    return found


def pool(env: environ.Env) -> dict[str, float] | bool:
    """Return what the environment says of the pool; False where it is switched off.

    The size is below the threads of a process, so that while all connections are in use there is a
    thread left to say so (aspire/busy.py). psycopg's own pool would let a page wait for 30 seconds.
    """
    if not env.bool("DATABASE_POOL", default=True):
        return False
    size = env.int("DATABASE_POOL_SIZE", default=6)
    return {
        "min_size": min(2, size),
        "max_size": size,
        "timeout": env.float("DATABASE_POOL_TIMEOUT", default=5),
    }
