"""How long each kind of data is kept, in days, from the environment."""

from django.core.exceptions import ImproperlyConfigured
from environ import Env

KINDS = (
    *("drafts", "withdrawn", "not_accepted", "adopted"),
    *("mail_texts", "data_uses", "invitation_addresses"),
)


def periods(env: Env) -> dict[str, int | None]:
    """Return the days of each kind; None, where nothing is set, keeps it.

    :raises ImproperlyConfigured: a period is not a number of days, 1 or more
    """
    found = {kind: env.int(f"RETENTION_{kind.upper()}_DAYS", default=None) for kind in KINDS}
    for kind, days in found.items():
        if days is not None and days < 1:
            raise ImproperlyConfigured(
                f"RETENTION_{kind.upper()}_DAYS must be a number of days, 1 or more; "
                "leave it out to keep everything of that kind."
            )
    return found
