"""Asking the portal as each role: one request at a time, its traces undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client

from directory.models import User
from tests.access.worlds import STAFF_ROLES, TEAM_ROLES, World
from tests.directory.factories import UserFactory


def sign_in(user: User) -> Client:
    """A client of this account, as far in as anybody can be."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
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
    return {**clients, "superuser": sign_in(root)}


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
