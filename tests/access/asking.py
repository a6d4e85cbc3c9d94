"""Asking the portal as each role: one request at a time, its traces undone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client

from directory.models import User
from tests import sign_in as whole
from tests.access.factors import enrol
from tests.access.worlds import STAFF_ROLES, TEAM_ROLES, World
from tests.directory.factories import UserFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(user: User) -> Client:
    """A client of this account, as far in as anybody can be: it has just proved again who it is."""
    client = Client(raise_request_exception=False)
    whole.force_login(user=user, client=client, backend=BACKEND)
    session = client.session
    proof = {"method": "password", "reauthenticated": True, "at": time.time()}
    session[whole.RECORDS] = [*session.get(whole.RECORDS, []), proof]
    session[whole.OWNER] = user_id_to_str(user)
    session.save()
    return client


def clients_of(amed: World, jst: World) -> dict[str, Client]:
    """One client for each of the roles of product.md 8; the team's roles are those of AMED's world."""
    clients = {name: Client(raise_request_exception=False) for name in ("visitor", "invited")}
    clients |= {role: sign_in(amed.people[role]) for role in TEAM_ROLES}
    for world in (amed, jst):
        agency = world.owner.casefold()
        clients |= {f"{agency}_{role}": sign_in(world.staff[role]) for role in STAFF_ROLES}
    root = UserFactory(is_superuser=True, email="root@portal.example", name="Root")
    EmailAddress.objects.create(user=root, email=root.email, verified=True, primary=True)
    enrol(root, "root key")
    return {**clients, "superuser": sign_in(root)}


def sides_of(role: str, amed: World, jst: World) -> tuple[World, World]:
    """A role's own world, whose passkeys are this role's own; and the other one."""
    own, other = (jst, amed) if role.startswith("jst") else (amed, jst)
    accounts = {**own.people, **{f"{own.owner.casefold()}_{r}": u for r, u in own.staff.items()}}
    asking = accounts.get(role) or User.objects.filter(is_superuser=role == "superuser").last()
    return replace(own, asking=asking), other


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Undo what the block wrote, and keep the client signed in though it may have signed out."""
    kept = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(kept)


def ask(client: Client, method: str, address: str, data: Any = None, **more: Any) -> Any:
    """Send one request whose traces in the database are undone; streamed answers are read."""
    with undone(client):
        response = (
            client.generic(method, address, **more) if data is None else client.post(address, data)
        )
        response.read = (
            b"".join(response.streaming_content) if response.streaming else response.content
        )
    return response
