"""What somebody tried and may not do stands in the log, with its address (hazards.md 5)."""

import logging

import pytest
from django.urls import reverse

from tests.applications import scenes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address, method, status",
    [
        ("applications:staff_hand_over", "post", 403),
        ("admin:directory_user_change", "post", 403),
        ("applications:staff_application", "get", 404),
    ],
)
def test_a_refused_attempt_is_logged(client, scene, caplog, address, method, status):
    agency = "JST" if status == 404 else "AMED"
    client.force_login(scenes.user("viewer", staff_agency=agency, staff_role="VIEWER"))
    path = reverse(address, args=[scene.pk if "staff" in address else scene.lead.pk])

    with caplog.at_level(logging.WARNING, logger="django.request"):
        response = getattr(client, method)(path, {"is_superuser": "on", "reason": "x"})

    assert response.status_code == status
    assert [path in one.getMessage() for one in caplog.records if one.name == "django.request"] == [
        True
    ]
