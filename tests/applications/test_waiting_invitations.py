"""My teams shows the invitations that wait: to addresses that the account has proved, and to no others."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone, translation

from applications.models import Invitation, Membership, Role
from applications.models.invitation import INVITATION_LASTS, InvitationQuerySet, token_digest
from tests.applications import scenes

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 5, 21, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_day_after(monkeypatch):
    translation.activate("en")
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def me(client):
    user = scenes.user("kari")
    EmailAddress.objects.create(user=user, email="kari@example.no", verified=True, primary=True)
    client.force_login(user)
    return user


def invite(scene, email="kari@example.no", member=None, **fields):
    return Invitation.objects.create(
        membership=member or scene.partner, application=scene.application, email=email,
        language="en", token_digest=token_digest(f"{email}{Invitation.objects.count()}"),
        created_at=scenes.DAY, created_by=scene.lead,
        expires_at=fields.pop("expires_at", scenes.DAY + INVITATION_LASTS), **fields,
    )  # fmt: skip


def waiting(client):
    return list(client.get(reverse("applications:teams")).context["waiting"])


def test_the_card_says_what_who_and_until_when(client, scene, me):
    invite(scene, "Kari@Example.NO")

    html = client.get(reverse("applications:teams")).content.decode()

    for words in (
        "Invitations waiting for you",
        "Memory of cells",
        "山田 花子",
        "Monday 3 June 2024, 10:00 JST (UTC+9)",
        "Open the link in the mail to Kari@Example.NO:",
    ):
        assert words in html
    # Neither the team's page nor the link that acts can be reached from here.
    assert scene.application.team.ref not in html
    assert "You have no team." not in html


def test_in_japanese(client, scene, me):
    invite(scene)
    with translation.override("ja"):
        html = client.get(reverse("applications:teams")).content.decode()

    for words in ("回答待ちの招待", "細胞の記憶", "山田 花子", "2024年6月3日（月）10:00 JST"):
        assert words in html


def test_an_address_without_proof_shows_nothing(client, scene, me):
    invite(scene)
    EmailAddress.objects.update(verified=False)

    assert waiting(client) == []


def test_without_asking_for_proof_a_stranger_would_read_it(client, scene, me, monkeypatch):
    """Negative control of the test above."""
    invite(scene)
    EmailAddress.objects.update(verified=False)
    monkeypatch.setattr(
        InvitationQuerySet,
        "waiting_for",
        lambda self, user, moment: self.open_at(moment).filter(
            email__in=user.emailaddress_set.values("email")
        ),
    )

    assert len(waiting(client)) == 1


def test_the_invitation_of_another_shows_nothing(client, scene, me):
    invite(scene, "kari@example.com")
    invite(scene, "xkari@example.no", scenes.person(scene.partner.team, Role.PARTNER, "X", "NO"))

    assert waiting(client) == []


@pytest.mark.parametrize(
    "ended",
    [
        {"ended_how": "CANCELLED", "ended_at": scenes.DAY},
        {"ended_how": "CONFIRMED", "ended_at": scenes.DAY},
        {"expires_at": NOW},
    ],
)
def test_what_does_not_wait_any_more_is_gone(client, scene, me, ended):
    invite(scene, **ended)

    assert waiting(client) == []


def test_a_second_before_its_end_it_waits_still(client, scene, me):
    found = invite(scene, expires_at=NOW + timedelta(seconds=1))

    assert waiting(client) == [found]


def test_who_was_removed_is_not_awaited(client, scene, me):
    invite(scene)
    Membership.objects.filter(pk=scene.partner.pk).update(removed_at=NOW)

    assert waiting(client) == []


def test_without_team_and_invitation_the_page_says_what_next(client, me):
    html = client.get(reverse("applications:teams")).content.decode()

    assert "You have no team." in html
    assert "Open the link in your mail, or sign in with the invited address." in html
    assert f'href="{reverse("applications:check")}"' in html


@pytest.mark.parametrize("invitations", [1, 3])
def test_statements(client, scene, me, invitations, django_assert_num_queries):
    for number in range(invitations):
        member = scenes.person(scene.partner.team, Role.PARTNER, f"Kari {number}", "NO")
        invite(scene, member=member)

    # session, account, teams, invitations
    with django_assert_num_queries(4):
        assert len(waiting(client)) == invitations
