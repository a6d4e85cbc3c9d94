"""Fixtures of the access tests."""

import copy
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.template.base import Template
from django.test import override_settings

from tests.access.worlds import World, build

# As the portal renders: read before Django's test environment puts a recorder in its place.
RENDER = Template._render


@pytest.fixture
def unrecorded(monkeypatch):
    """Render without keeping a copy of every context, a fifth of the time; nobody reads them here."""
    monkeypatch.setattr(Template, "_render", RENDER)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[World, World]]:
    """Both worlds, built once for the tests of a file and taken away after them."""
    with (
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("worlds")),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield build("AMED"), build("JST")
        transaction.set_rollback(True)


@pytest.fixture
def worlds(built, db) -> tuple[World, World]:
    """As they were built: what a test writes is undone after it, and no test shares its objects."""
    return copy.deepcopy(built)
