"""The sink and the portal's SMTP backend that talks to it."""

import pytest
from django.core.mail import get_connection

from tests.smtp import posting
from tests.smtp.sink import Sink


@pytest.fixture
def sink(settings):
    server = Sink().start()
    posting.point_at(settings, server.port)
    yield server
    server.stop()


@pytest.fixture
def connection(sink):
    """One connection for several batches, as a worker keeps it."""
    found = get_connection()
    yield found
    found.close()


@pytest.fixture
def post(db):
    return posting.Post()
