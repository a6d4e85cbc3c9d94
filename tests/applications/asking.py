"""The team's pages that ask people by mail, as tests open and press them."""

from datetime import timedelta

from django.utils import timezone

from applications import actions
from tests.applications.pages import page


def pages(scene, member=None):
    pk = (member or scene.partner).pk
    return {
        name: page(f"person_{name}", scene, pk)
        for name in ("invite", "remind", "address", "uninvite")
    }


def invite(scene, *, ago=timedelta(), by=None, member=None):
    return actions.invite(
        application_id=scene.pk,
        membership_id=(member or scene.partner).pk,
        agency_id=None,
        by=by or scene.lead,
        at=timezone.now() - ago,
    )


def send(client, address, **more):
    """Open the page, and press its button as the page was shown."""
    shown = client.get(address)
    return client.post(address, {"seen": shown.context["seen"]} | more)


def text_of(response):
    return " ".join(response.content.decode().split())
