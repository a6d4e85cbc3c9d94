"""A ready team in a call kept open, and its lead signed in."""

import pytest

from directory.models import Call
from tests.applications import fake_orcid, scenes
from tests.applications.orcid_scenes import configure
from tests.applications.pages import FAR


@pytest.fixture
def scene(db, settings, tmp_path):
    """A draft that lacks nothing, in the real call, kept open."""
    settings.MEDIA_ROOT = tmp_path
    call = scenes.load_directory()
    Call.objects.filter(pk=call.pk).update(closes_at=FAR, reference_on=call.reference_day)
    call.refresh_from_db()
    return scenes.ready(call)


@pytest.fixture
def lead(client, scene):
    client.force_login(scene.lead)
    return client


@pytest.fixture
def orcid(monkeypatch, settings, db):
    """The portal set up for ORCID, and a stand-in for ORCID to go to."""
    configure(settings)
    fake, server = fake_orcid.serve(monkeypatch)
    yield fake
    server.shutdown()
    server.server_close()
