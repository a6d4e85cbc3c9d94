"""Inviting: who may ask whom, how often, what the mail holds; a refusal changes nothing."""

from datetime import timedelta

import pytest

from applications import actions, outbox
from applications.models import (
    Application,
    Event,
    ForgottenAddress,
    Invitation,
    InvitationState,
    Message,
    MessageKind,
    Role,
)
from applications.models.invitation import MOST_OPEN, token_digest
from applications.models.message import LINK
from tests.applications import scenes
from tests.applications.scenes import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(scene):
    """A scene whose partner is still to be asked."""
    return unconfirmed(scene, scene.partner)


def unconfirmed(scene, member):
    member.confirmed_at, member.confirmed_how = None, ""
    member.save()
    member.researcher.email = "asa@uni.example"
    member.researcher.save()
    return scene


def one_more(team, email):
    member = scenes.person(team, Role.PARTNER, "Åse", "NO", email=email)
    member.confirmed_at, member.confirmed_how = None, ""
    member.save()
    return member


def invite(scene, *, by=None, at=DAY, member=None):
    return actions.invite(
        application_id=scene.pk,
        membership_id=(member or scene.partner).pk,
        agency_id=None,
        by=by or scene.lead,
        at=at,
    )


def remind(scene, at):
    return actions.remind(
        application_id=scene.pk, membership_id=scene.partner.pk, by=scene.lead, at=at
    )


def test_the_mail_goes_to_one_person_and_its_link_is_kept_nowhere_once_sent(asked, mailoutbox):
    invitation = invite(asked)

    message = Message.objects.get()
    assert (message.kind, message.recipient) == (MessageKind.INVITATION, "asa@uni.example")
    assert LINK in message.text
    token = message.secret.rstrip("/").rpartition("/")[2]
    assert invitation.token_digest == token_digest(token)
    assert len(token) >= 43  # 256 bits

    outbox.deliver_due(now=lambda: DAY)

    (mail,) = mailoutbox
    assert mail.to == ["asa@uni.example"]
    assert f"/en/invitations/{token}/forget/" in mail.body
    assert LINK not in mail.body
    kept = Message.objects.get()
    assert kept.secret == ""
    assert token not in kept.text
    invitation.refresh_from_db()
    assert invitation.state_at(DAY) == InvitationState.HANDED_OVER


def test_a_newer_link_replaces_the_older_and_a_reminder_waits_72_hours(asked):
    first = invite(asked)
    for at in (DAY, DAY + timedelta(hours=71, minutes=59)):
        with pytest.raises(actions.TooSoon) as refusal:
            remind(asked, at)
        assert refusal.value.again_at == DAY + timedelta(hours=72)
    before = Message.objects.count()

    second = remind(asked, DAY + timedelta(hours=72))

    first.refresh_from_db()
    assert first.state_at(DAY) == InvitationState.REPLACED
    assert second.is_reminder
    assert second.token_digest != first.token_digest
    assert Message.objects.count() == before + 1
    assert list(Event.objects.order_by("pk").values_list("act", flat=True)) == [
        "INVITED",
        "REMINDED",
    ]


def test_cancelling_and_inviting_again_does_not_get_round_the_72_hours(asked):
    invite(asked)
    actions.cancel_invitation(
        application_id=asked.pk, membership_id=asked.partner.pk, by=asked.lead, at=DAY
    )

    with pytest.raises(actions.TooSoon):
        invite(asked, at=DAY + timedelta(hours=1))


def test_two_teams_may_each_invite_the_same_person_but_only_one_reminds(asked):
    invite(asked)
    team = scenes.Team.objects.create(created_at=DAY)
    scenes.person(team, Role.LEAD, "鈴木 一郎", "JP", user=asked.deputy)
    second = Application.objects.create(
        team=team, call=asked.application.call, created_at=DAY, changed_at=DAY
    )
    theirs = {
        "application_id": second.pk,
        "membership_id": one_more(team, "ASA@uni.example").pk,
        "by": asked.deputy,
    }

    actions.invite(agency_id=None, at=DAY + timedelta(hours=1), **theirs)

    remind(asked, DAY + timedelta(hours=74))
    with pytest.raises(actions.TooSoon):
        actions.remind(at=DAY + timedelta(hours=75), **theirs)


def test_a_corrected_address_gets_a_link_of_its_own_at_once(asked):
    wrong = invite(asked)

    right = actions.correct_address(
        application_id=asked.pk,
        membership_id=asked.partner.pk,
        email="asa@right.example",
        by=asked.lead,
        at=DAY,
    )

    wrong.refresh_from_db()
    assert wrong.ended_how == "REPLACED"
    assert (right.email, right.message.recipient) == ("asa@right.example", "asa@right.example")


def test_at_most_twenty_are_open_in_a_team(asked):
    for number in range(MOST_OPEN):
        invite(asked, member=one_more(asked.application.team, f"p{number}@x.example"))

    with pytest.raises(actions.TooManyInvitations) as refusal:
        invite(asked)

    assert (refusal.value.most, Invitation.objects.count()) == (MOST_OPEN, MOST_OPEN)


def _no_address(scene):
    scene.partner.researcher.email = ""
    scene.partner.researcher.save()


def _forgotten(scene):
    invite(scene)
    actions.forget_invited(invitation_id=Invitation.objects.get().pk, at=DAY)
    return one_more(scene.application.team, "ASA@uni.example")


def _confirmed(scene):
    scene.partner.confirmed_how, scene.partner.confirmed_at = "SELF", DAY
    scene.partner.save()


@pytest.mark.parametrize(
    "prepare, refusal",
    [
        (_no_address, actions.NoAddress),
        (_forgotten, actions.AddressForgotten),
        (lambda scene: scene.change(status="WITHDRAWN"), actions.NotAllowed),
        (_confirmed, actions.AlreadyConfirmed),
    ],
    ids=["no address", "forgotten", "withdrawn", "confirmed"],
)
def test_refusals_change_nothing(asked, prepare, refusal):
    member = prepare(asked)
    before = Invitation.objects.count(), Message.objects.count()

    with pytest.raises(refusal):
        invite(asked, member=member if hasattr(member, "pk") else None, at=DAY + timedelta(days=4))

    assert (Invitation.objects.count(), Message.objects.count()) == before


def test_staff_and_strangers_invite_nobody(asked):
    for by in (
        scenes.user("stranger"),
        scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"),
    ):
        with pytest.raises(actions.NotPermitted):
            invite(asked, by=by)

    assert Message.objects.count() == 0


def test_forgetting_leaves_no_trace_of_the_person(asked):
    invitation = invite(asked)
    name = asked.partner.researcher.name

    actions.forget_invited(invitation_id=invitation.pk, at=DAY)

    asked.partner.refresh_from_db()
    assert asked.partner.removed_at == DAY
    person = asked.partner.researcher
    person.refresh_from_db()
    assert (person.name, person.email, person.institution) == ("—", "", None)
    message = Message.objects.get()
    assert (message.recipient, message.text, message.secret) == ("", "", "")
    assert message.state == "DISCARDED"
    assert ForgottenAddress.objects.count() == 1
    for model in (Event, Message, Invitation):
        for row in model.objects.all().values():
            assert name not in str(row)
            assert "asa@uni.example" not in str(row)
