"""Fixtures of the access tests."""

import pytest
from django.template.base import Template

# As the portal renders: read before Django's test environment puts a recorder in its place.
RENDER = Template._render


@pytest.fixture
def unrecorded(monkeypatch):
    """Render without keeping a copy of every context, a fifth of the time; nobody reads them here."""
    monkeypatch.setattr(Template, "_render", RENDER)
