"""What stands in the way of asking somebody by mail, and how each state of an invitation is said."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import outbox
from applications.models import (
    ForgottenAddress,
    Invitation,
    InvitationState,
    Membership,
    Message,
    Role,
)
from applications.models.invitation import MOST_OPEN
from applications.views.invitation_states import shown_invitation
from directory.models import Call
from tests.applications import scenes
from tests.applications.asking import invite, pages, send, text_of
from tests.applications.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(scene):
    """A scene whose partner is still to be asked."""
    scenes.unconfirmed(scene.partner)
    return scene


# -- what stands in the way --------------------------------------------------------------------


def no_address(scene):
    scene.partner.researcher.email = ""
    scene.partner.researcher.save()


def forgotten(scene):
    from applications.actions.invitation_limits import forgotten_digest

    ForgottenAddress.objects.create(digest=forgotten_digest("KARI@example.no"), at=scenes.DAY)


def confirmed(scene):
    Membership.objects.filter(pk=scene.partner.pk).update(
        confirmed_at=scenes.DAY, confirmed_how="SELF"
    )


def too_many(scene):
    for number in range(MOST_OPEN):
        member = scenes.person(
            scene.application.team, Role.PARTNER, "Åse", "NO", email=f"p{number}@x.example"
        )
        invite(scene, member=scenes.unconfirmed(member))


@pytest.mark.parametrize(
    ("prepare", "sentence", "mends"),
    [
        (no_address, "No e-mail address is recorded for this person", "person_edit"),
        (forgotten, "asked the portal not to write there", "person_edit"),
        (confirmed, "This person has confirmed. No invitation is needed.", None),
        (too_many, "20 invitations of your team wait for an answer", None),
    ],
    ids=["no address", "forgotten", "confirmed", "too many"],
)
def test_what_stands_in_the_way_is_said_calmly_with_what_mends_it(
    lead, asked, prepare, sentence, mends
):
    prepare(asked)
    before = Message.objects.count()

    for response in (lead.get(pages(asked)["invite"]), lead.post(pages(asked)["invite"])):
        words = text_of(response)
        assert (response.status_code, sentence in words) == (409, True)
        if mends:
            assert page(mends, asked, asked.partner.pk) in words
    assert Message.objects.count() == before


def test_a_closed_call_and_a_withdrawn_application_ask_nobody(lead, asked):
    past = timezone.now() - timedelta(hours=1)
    Call.objects.filter(pk=asked.application.call_id).update(closes_at=past)
    assert "The deadline has passed" in text_of(lead.get(pages(asked)["invite"]))
    assert pages(asked)["invite"] not in text_of(lead.get(page("team_people", asked)))

    asked.change(status="WITHDRAWN")
    response = lead.post(pages(asked)["invite"])

    assert "This cannot be done now" in text_of(response)
    assert (response.status_code, Message.objects.count()) == (409, 0)


def test_a_link_that_no_longer_waits_is_not_reminded_of(lead, asked):
    response = lead.post(pages(asked)["remind"])

    assert response.status_code == 409
    assert pages(asked)["invite"] in text_of(response)


@pytest.mark.parametrize("name", ["invite", "remind", "address", "uninvite"])
def test_readers_meet_403_and_strangers_404(client, asked, name):
    for by, status in (
        (scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"), 403),
        (scenes.user("other", staff_agency="JST", staff_role="OFFICER"), 404),
        (scenes.user("stranger"), 404),
    ):
        client.force_login(by)
        for ask in (client.get, client.post):
            assert ask(pages(asked)[name]).status_code == status


def test_a_co_investigator_sends_no_deputys_link_anywhere(client, scene):
    """A deputy submits: who may not submit must not get hold of a deputy's link."""
    # Given a deputy who is invited, and a co-investigator who writes
    member = scenes.user("member")
    scenes.person(scene.application.team, Role.MEMBER, "田中", "JP", user=member)
    deputy = scenes.person(scene.application.team, Role.DEPUTY, "伊藤", "JP", email="ito@u.example")
    invite(scene, member=deputy, ago=timedelta(hours=73))
    client.force_login(member)

    # When they try to have the link sent, or sent elsewhere
    for name, form in (
        ("invite", {}), ("remind", {}), ("uninvite", {}), ("address", {"email": "me@u.example"}),
    ):  # fmt: skip
        assert client.post(pages(scene, deputy)[name], form).status_code == 403

    # Then nothing was sent, and their page offers nothing
    assert Message.objects.count() == 1
    assert pages(scene, deputy)["remind"] not in text_of(client.get(page("team_japan", scene)))


# -- states in words ---------------------------------------------------------------------------

STATES = {
    InvitationState.WAITING: {},
    InvitationState.HANDED_OVER: {"message": {"state": "HANDED_OVER"}},
    InvitationState.BOUNCED: {"message": {"state": "BOUNCED"}},
    InvitationState.FAILED: {"message": {"state": "FAILED", "secret": "", "error": "(550, b'5.1.1 x')"}},
    InvitationState.OPENED: {"opened_at": True},
    InvitationState.CLAIMED: {"claimed_at": True},
    InvitationState.EXPIRED: {"expires_at": True},
    InvitationState.DECLINED: {"ended_at": True, "ended_how": "DECLINED", "reason": "No time."},
    InvitationState.CANCELLED: {"ended_at": True, "ended_how": "CANCELLED"},
}  # fmt: skip
# The acts that each state leaves open, 73 hours after the mail.
ACTS = {
    InvitationState.CLAIMED: {"claim", "uninvite"},
    InvitationState.DECLINED: {"invite"},
    InvitationState.CANCELLED: {"invite"},
}
WORDS = {
    InvitationState.FAILED: "The mail server says that there is no such mailbox.",
    InvitationState.BOUNCED: "The mail came back",
    InvitationState.EXPIRED: "A reminder brings a new link.",
    InvitationState.DECLINED: "No time.",
    InvitationState.CLAIMED: "deputy@example.org",
}


def put(invitation, state, by):
    """Bring an invitation into a state, as its own acts would."""
    now = timezone.now() - timedelta(minutes=5)
    changes = dict(STATES[state])
    message = changes.pop("message", {})
    if message.get("state") in ("HANDED_OVER", "BOUNCED"):
        message = message | {"handed_over_at": now, "secret": ""}
    Message.objects.filter(pk=invitation.message_id).update(**message)
    changes = {name: now if value is True else value for name, value in changes.items()}
    if "claimed_at" in changes:
        changes["claimed_by"] = by
    Invitation.objects.filter(pk=invitation.pk).update(**changes)
    return Invitation.objects.select_related("message", "claimed_by").get(pk=invitation.pk)


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_said_in_words_with_its_moment_and_its_acts(lead, asked, state):
    invitation = put(invite(asked, ago=timedelta(hours=73)), state, asked.deputy)

    response = lead.get(page("team_people", asked))

    words = text_of(response)
    shown = shown_invitation(invitation, timezone.now())
    assert shown["state"] == state
    assert str(state.label) in words
    assert f'datetime="{shown["at"]:%Y-%m-%dT%H:%M:%SZ}"' in words
    assert WORDS.get(state, "") in words
    addresses = pages(asked) | {"claim": page("claim", asked, invitation.pk)}
    offered = {name for name, address in addresses.items() if f'"{address}"' in words}
    assert offered == ACTS.get(state, {"remind", "address", "uninvite"})


def test_the_states_cover_all_that_a_team_can_see():
    answered = {InvitationState.CONFIRMED, InvitationState.REPLACED, InvitationState.FORGOTTEN}

    assert set(STATES) == set(InvitationState) - answered


@pytest.mark.parametrize(
    ("state", "status", "hint"),
    [
        (InvitationState.HANDED_OVER, "WAITING", "Invited, waiting for an answer: 1"),
        (InvitationState.BOUNCED, "PROBLEM", "Invitations that need you: 1"),
        (InvitationState.FAILED, "PROBLEM", "Invitations that need you: 1"),
        (InvitationState.CLAIMED, "PROBLEM", "Invitations that need you: 1"),
        (InvitationState.DECLINED, "WAITING", "Declined: 1"),
        (InvitationState.EXPIRED, "WAITING", "Expired: 1"),
    ],
)
def test_the_task_list_says_how_the_invitations_stand(lead, asked, state, status, hint):
    put(invite(asked, ago=timedelta(hours=73)), state, asked.deputy)

    response = lead.get(page("team", asked))

    task = response.context["groups"][0][1][3]
    assert (task.status, task.hint) == (status, f"Confirmed: 0 of 1 · {hint}")


def test_a_mail_that_never_left_does_not_make_the_lead_wait(lead, asked):
    put(invite(asked), InvitationState.FAILED, asked.deputy)

    response = send(lead, pages(asked)["remind"])

    assert response.status_code == 302
    assert Invitation.objects.count() == 2


def test_who_joined_without_an_account_can_be_asked_to_join_with_one(lead, scene):
    ura = scenes.person(
        scene.application.team, Role.ADMINISTRATOR, "高橋", "JP", email="ura@u.example"
    )
    Membership.objects.filter(pk=ura.pk).update(confirmed_at=scenes.DAY, confirmed_how="SELF")
    assert "Invite the person once more, to join with one." in text_of(
        lead.get(page("team_japan", scene))
    )

    response = send(lead, pages(scene, ura)["invite"])

    assert response.url == f"{page('team_japan', scene)}#person-{ura.pk}"
    assert Invitation.objects.get().membership == ura


def test_the_state_is_the_mail_servers_word_and_no_more(lead, asked):
    send(lead, pages(asked)["invite"])
    outbox.deliver_due(now=timezone.now)

    words = text_of(lead.get(page("team_people", asked)))

    assert "Handed to the mail server" in words
    for too_much in ("elivered", "eceived", "Read by"):
        assert too_much not in words.replace("undelivered", "")


def test_reverse_names_are_the_documented_ones(scene):
    ref = scene.application.team.ref
    assert (
        reverse("applications:person_invite", args=[ref, 1]) == f"/en/teams/{ref}/people/1/invite/"
    )
    assert reverse("applications:claim", args=[ref, 1]) == f"/en/teams/{ref}/invitations/1/claim/"
    assert reverse("applications:hand_over", args=[ref]) == f"/en/teams/{ref}/lead/"
