"""Pages and mails of a call name the agency that holds it."""

import pytest
from django.urls import reverse

from applications.models import Message
from directory.models import Call
from tests.applications.pages import page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("owner", ["AMED", "JST"])
def test_texts_name_the_calls_own_agency(lead, scene, owner):
    other = {"AMED": "JST", "JST": "AMED"}[owner]
    Call.objects.filter(pk=scene.application.call_id).update(owner=owner)
    number = scene.submit().receipt
    receipt = lead.get(reverse("applications:receipt", args=[number])).content.decode()
    mail = Message.objects.get().text

    assert f"{owner} looks through the applications after the deadline." in receipt
    assert f"tell {owner} at once" in mail
    assert f"Contact: {owner}" in mail
    assert f"Contact: {other}" not in mail  # "JST" alone is also Japan's time
    for name, sentence in (
        ("erad", f"so that your team and {owner} know"),
        ("withdraw", f"{owner} no longer considers the application"),
        ("match", f"{owner} decides."),
        ("notices", f"gives the notice, not {owner}."),
    ):
        assert sentence in lead.get(page(name, scene)).content.decode()
