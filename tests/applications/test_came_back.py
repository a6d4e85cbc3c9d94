"""Staff and invitations: what they see of them, and how they note that a mail came back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions, outbox
from applications.models import Event, Invitation, Message, MessageState
from tests.applications import scenes
from tests.applications.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(scene):
    """An invitation that a mail server took."""
    scenes.unconfirmed(scene.partner)
    made = actions.invite(
        application_id=scene.pk, membership_id=scene.partner.pk, agency_id=None,
        by=scene.lead, at=timezone.now(),
    )  # fmt: skip
    token = made.message.secret.rstrip("/").rpartition("/")[2]
    outbox.deliver_due(now=timezone.now)
    found = Invitation.objects.select_related("message").get(pk=made.pk)
    found.token = token
    return found


def staff(role="OFFICER", agency="AMED"):
    return scenes.user(f"{agency}.{role}".lower(), staff_agency=agency, staff_role=role)


def bounced_page(invitation):
    return reverse("applications:staff_bounced", args=[invitation.pk])


def application_page(scene):
    return reverse("applications:staff_application", args=[scene.pk])


def test_staff_see_whom_when_by_whom_and_how_it_stands_but_no_link(client, scene, invitation):
    client.force_login(staff("VIEWER"))

    words = client.get(application_page(scene)).content.decode()

    for part in ("Kari Nordmann", "kari@example.no", "Handed to the mail server", "Lead"):
        assert part in words
    for secret in (invitation.token, invitation.token_digest, "/invitations/"):
        assert secret not in words
    # A viewer sees, and does nothing
    assert bounced_page(invitation) not in words
    for ask in (client.get, client.post):
        assert ask(bounced_page(invitation)).status_code == 403


@pytest.mark.parametrize("role", ["OFFICER", "APPROVER"])
def test_a_mail_that_came_back_is_noted_and_the_team_can_mend_it(client, scene, invitation, role):
    # Given an officer who looks at the application
    client.force_login(staff(role))
    assert bounced_page(invitation) in client.get(application_page(scene)).content.decode()
    client.get(bounced_page(invitation))
    assert Message.objects.get().state == MessageState.HANDED_OVER  # looking noted nothing

    # When the button is pressed, twice
    first = client.post(bounced_page(invitation))
    second = client.post(bounced_page(invitation))

    # Then it is noted once, and the team sees it with the way to mend it
    assert first.url == second.url == application_page(scene)
    assert Message.objects.get(pk=invitation.message_id).state == MessageState.BOUNCED
    assert Event.objects.filter(act="MAIL_BOUNCED").count() == 1
    client.force_login(scene.lead)
    words = client.get(page("team_people", scene)).content.decode()
    assert "Came back undeliverable" in words
    assert page("person_address", scene, scene.partner.pk) in words
    assert "There is a problem" in client.get(page("team", scene)).content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [(("VIEWER", "AMED"), 403), (("APPROVER", "JST"), 404), (None, 404)]
)
def test_nobody_else_notes_it(client, scene, invitation, who, status):
    client.force_login(staff(*who) if who else scene.lead)

    for ask in (client.get, client.post):
        assert ask(bounced_page(invitation)).status_code == status
    assert Message.objects.get().state == MessageState.HANDED_OVER


def test_a_mail_that_never_left_cannot_have_come_back(scene):
    scenes.unconfirmed(scene.partner)
    made = actions.invite(
        application_id=scene.pk, membership_id=scene.partner.pk, agency_id=None,
        by=scene.lead, at=timezone.now(),
    )  # fmt: skip

    with pytest.raises(actions.NotHandedOver):
        actions.mark_bounced(message_id=made.message_id, by=staff(), at=timezone.now())

    assert Event.objects.filter(act="MAIL_BOUNCED").count() == 0


def test_the_action_asks_too_who_may(scene, invitation):
    for by in (scene.lead, staff("VIEWER"), staff("OFFICER", "JST")):
        with pytest.raises(actions.NotPermitted):
            actions.mark_bounced(message_id=invitation.message_id, by=by, at=timezone.now())

    assert Message.objects.get().state == MessageState.HANDED_OVER
