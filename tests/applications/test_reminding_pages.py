"""The buttons around reminders: stop them on one's own page, remind a holder from the notices."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.actions.ledger import sync_notices
from applications.models import Event, Membership, Message, Notice
from applications.queries.application import workspace
from directory.models import Researcher
from tests.applications import scenes
from tests.applications.invited import heading, me, words
from tests.applications.test_own_page import link

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(scene):
    sync_notices(workspace(scene.stored()), timezone.now())
    return Notice.objects.get()


def off():
    return Membership.objects.get(role="PARTNER").reminders_off_at is not None


@pytest.mark.parametrize("way", ["personal", "mine"])
def test_the_button_of_the_own_page_stops_reminders_and_looking_changes_nothing(
    client, scene, notice, way
):
    if way == "personal":
        token = link(scene.partner)
        page, act = me(token), me(token, "reminders")
    else:
        account = scenes.user("kari")
        Researcher.objects.filter(pk=scene.partner.researcher_id).update(user=account)
        client.force_login(account)
        ref = scene.application.team.ref
        page, act = (
            reverse(f"applications:{one}", args=[ref]) for one in ("mine", "mine_reminders")
        )

    assert (client.get(act).headers["Location"], off()) == (page, False)
    assert "No more reminders" in words(client.get(page))
    after = client.post(act, {"wanted": "no"}, follow=True)
    assert (off(), "Remind me again" in words(after)) == (True, True)
    client.post(act, {"wanted": "yes"})
    assert (off(), Event.objects.filter(act__startswith="REMINDERS").count()) == (False, 2)


def test_a_colleague_sees_the_mail_sends_it_once_and_is_told_when_it_is_possible_again(
    lead, scene, notice
):
    ref = scene.application.team.ref
    page = reverse("applications:notice_remind", args=[ref, scene.partner.pk])
    for seen in (
        lead.get(reverse("applications:notices", args=[ref])),
        lead.get(reverse("applications:notice", args=[ref, notice.pk])),
    ):
        assert f'href="{page}"' in seen.content.decode()

    shown = lead.get(page)
    assert (Message.objects.count(), heading(shown)) == (0, "Remind of notices")
    lead.post(page)
    mail = Message.objects.get()
    assert (mail.kind, mail.text) == ("DUE", shown.context["mail"].text)

    again = lead.post(page)
    assert (again.status_code, Message.objects.count()) == (200, 1)
    assert again.context["again_at"] == mail.created_at + timedelta(hours=72)
    assert "Nobody is reminded twice within 72 hours" in words(again)


def test_who_wants_no_reminders_has_no_button_and_the_page_says_so(lead, scene, notice):
    Membership.objects.filter(pk=scene.partner.pk).update(reminders_off_at=scenes.DAY)
    ref = scene.application.team.ref
    page = reverse("applications:notice_remind", args=[ref, scene.partner.pk])

    assert page not in lead.get(reverse("applications:notices", args=[ref])).content.decode()
    answer = lead.get(page)
    assert (answer.status_code, "wants no reminders" in words(answer)) == (409, True)
