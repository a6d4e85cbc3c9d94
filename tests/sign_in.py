"""Signing in for tests that are about something else: as the pages would have left the session."""

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as OWNER,
)
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY as RECORDS,
)
from allauth.account.internal.userkit import user_id_to_str
from django.test import Client

from aspire import sessions

bare_force_login = Client.force_login


def complete(session, user) -> None:
    """Write into the session what signing in writes: the moment, and for staff a second factor."""
    now = time.time()
    sessions.begin(session, now)
    if user.is_staff:
        session[RECORDS] = [{"method": "mfa", "type": "totp", "id": 0, "at": now}]
        session[OWNER] = user_id_to_str(user)
    session.save()


def force_login(client: Client, user, backend: str | None = None) -> None:
    """Django's own, and what the portal's sign-in adds. Tests of the sign-in itself use the pages."""
    bare_force_login(client, user, backend)
    complete(client.session, user)
