"""Uploaded copies on the staff's page: three files of one name are told apart by what they show."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from applications import actions
from applications.models import Notice, ReliedGrant
from applications.queries.copies import copies_of
from tests.applications import scenes
from tests.applications.factories import ApplicationFactory
from tests.applications.invited import words
from tests.applications.screening import officer

pytestmark = pytest.mark.django_db


def kept(scene, **more):
    return more | {
        "reason": "By mail",
        "upload": scenes.Upload(),
        "by": scene.lead,
        "at": scenes.DAY,
    }


@pytest.fixture
def copied(scene):
    """The partner's word on three things, each recorded by the lead with a copy."""
    scene.partner.confirmed_at, scene.partner.confirmed_how = None, ""
    scene.partner.save()
    actions.confirm_on_behalf(
        **kept(scene, application_id=scene.pk, membership_id=scene.partner.pk)
    )
    relied = ReliedGrant.objects.get()
    actions.attest(
        **kept(scene, application_id=scene.pk, grant_id=relied.grant_id),
        code="ERC_SCOPE",
        answer="GIVEN",
    )
    scene.submit()
    told = {"done_on": date(2024, 5, 20), "channel": "EMAIL", "done_to": "Ola Nordmann"}
    actions.record_notice(**kept(scene, notice_id=Notice.objects.get().pk), **told)
    return scene


def test_each_copy_says_what_it_shows_and_of_whom(copied):
    holder = "Kari Nordmann"
    assert [(one.shows, one.person) for one in copies_of(copied.stored())] == [
        ("Partner's confirmation recorded on behalf", holder),
        ("Condition answered on behalf", holder),
        ("Notice recorded as done (RCN)", holder),
    ]
    client = Client()
    client.force_login(officer())
    shown = words(client.get(reverse("applications:staff_application", args=[copied.pk])))
    assert "Condition answered on behalf: Kari Nordmann" in " ".join(shown.split())


def test_copies_cost_five_statements_and_none_cost_one(copied, django_assert_num_queries):
    application = copied.stored()
    with django_assert_num_queries(5):
        assert len(copies_of(application)) == 3
    bare = ApplicationFactory()
    with django_assert_num_queries(1):
        assert copies_of(bare) == []
