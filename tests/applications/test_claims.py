"""Claims: somebody else's account answered an invitation. The lead or a deputy decides, once, on what was shown."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import actions
from applications.models import Event, Invitation, Membership, Message, Role
from directory.models import User
from tests.applications import scenes
from tests.applications.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimed(scene):
    """An invitation of the partner, answered by somebody signed in with another address."""
    scenes.unconfirmed(scene.partner)
    invitation = actions.invite(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        agency_id=None,
        by=scene.lead,
        at=timezone.now() - timedelta(hours=1),
    )
    answer(invitation, scenes.user("claimant"))
    invitation.refresh_from_db()
    return invitation


def answer(invitation, account):
    actions.confirm_invitation(
        invitation_id=invitation.pk, answers={}, seen="", account=account, at=timezone.now()
    )


def press(client, scene, invitation, button, **more):
    form = {"claimant": invitation.claimed_by_id, button: "yes"} | more
    return client.post(page("claim", scene, invitation.pk), form, follow=True)


@pytest.mark.parametrize("name", ["team", "team_people"])
def test_the_team_sees_the_question_and_its_page(lead, scene, claimed, name):
    words = lead.get(page(name, scene)).content.decode()

    assert "Is this the same person?" in words
    assert "claimant@example.org" in words
    assert page("claim", scene, claimed.pk) in words


def test_both_addresses_stand_on_the_page_and_looking_decides_nothing(lead, scene, claimed):
    words = lead.get(page("claim", scene, claimed.pk)).content.decode()

    for part in ("Kari Nordmann", "kari@example.no", "claimant@example.org"):
        assert part in words
    claimed.refresh_from_db()
    assert claimed.claimed_by is not None


def test_yes_gives_the_account_the_place_and_confirms_nothing(lead, scene, claimed):
    press(lead, scene, claimed, "approve")

    member = Membership.objects.select_related("researcher").get(pk=scene.partner.pk)
    assert member.researcher.user_id == claimed.claimed_by_id
    assert member.confirmed_at is None
    assert Event.objects.filter(act="CLAIM_APPROVED", user=scene.lead).count() == 1
    # And the person can confirm now
    claimed.refresh_from_db()
    assert (claimed.claimed_by, claimed.ended_how) == (None, "")


def told(claimed):
    return Message.objects.filter(recipient=claimed.claimed_by.email)


def test_the_claimant_is_told_yes_and_what_to_do_next(lead, scene, claimed):
    # Given that so far nobody wrote to the claimant
    assert not told(claimed).exists()

    press(lead, scene, claimed, "approve")
    press(lead, scene, claimed, "approve")  # the second press decides nothing, and mails nothing

    mail = told(claimed).get()
    assert mail.subject == "[ASPIRE] Your account was accepted: please confirm now"
    assert "Nothing is confirmed yet." in mail.text
    assert f"“{scene.application.title}”" in mail.text
    assert "/en/teams/" in mail.text


def test_a_claimant_who_was_refused_is_told_in_their_language_and_nothing_of_the_team(
    lead, scene, claimed
):
    User.objects.filter(pk=claimed.claimed_by_id).update(language="ja")

    press(lead, scene, claimed, "refuse")

    mail = told(claimed).get()
    assert claimed.claimed_by.email in mail.text
    assert "/ja/teams/" in mail.text
    for word in (scene.application.title, "Kari", "kari@example.no", scene.lead.email):
        assert word not in mail.text + mail.subject


def test_a_closed_account_is_told_nothing(lead, scene, claimed):
    User.objects.filter(pk=claimed.claimed_by_id).update(is_active=False)

    press(lead, scene, claimed, "refuse")

    assert not told(claimed).exists()


def test_no_leaves_the_place_and_the_link_to_the_person(client, scene, claimed):
    client.force_login(scene.deputy)

    response = press(client, scene, claimed, "refuse")

    member = Membership.objects.select_related("researcher").get(pk=scene.partner.pk)
    assert member.researcher.user_id is None
    assert "The invitation waits on." in response.content.decode()
    assert Event.objects.filter(act="CLAIM_REFUSED", user=scene.deputy).count() == 1


def test_pressed_twice_it_is_decided_once(lead, scene, claimed):
    press(lead, scene, claimed, "approve")
    again = press(lead, scene, claimed, "refuse")

    assert "Nothing waits to be decided" in again.content.decode()
    assert list(Event.objects.filter(act__startswith="CLAIM_").values_list("act", flat=True)) == [
        "CLAIM_APPROVED"
    ]


def test_only_the_claimant_who_was_shown_is_let_in(lead, scene, claimed):
    # Given the page of one claimant, and another who answers meanwhile
    shown = claimed.claimed_by_id
    answer(claimed, scenes.user("thief"))

    response = press(lead, scene, claimed, "approve", claimant=shown)

    assert "Somebody else has answered meanwhile." in response.content.decode()
    scene.partner.researcher.refresh_from_db()
    assert scene.partner.researcher.user_id is None


def test_the_account_is_compared_under_the_lock(scene, claimed):
    """Between the view's reading and the action's lock a thief may answer, too."""
    shown = claimed.claimed_by_id
    answer(claimed, scenes.user("thief"))

    with pytest.raises(actions.Conflict):
        actions.decide_claim(
            application_id=scene.pk,
            invitation_id=claimed.pk,
            claimant_id=shown,
            approve=True,
            by=scene.lead,
            at=timezone.now(),
        )

    scene.partner.researcher.refresh_from_db()
    assert scene.partner.researcher.user is None


def test_control_without_the_account_in_the_form_the_unseen_one_gets_in(lead, scene, claimed):
    """What ``claimant`` in the form protects from: deciding about somebody the page never named."""
    answer(claimed, scenes.user("thief"))
    claimed.refresh_from_db()

    press(lead, scene, claimed, "approve")  # as if the form named whoever answered last

    scene.partner.researcher.refresh_from_db()
    assert scene.partner.researcher.user.email == "thief@example.org"


def test_who_may_not_submit_may_not_decide(client, scene, claimed):
    member = scenes.user("member")
    scenes.person(scene.application.team, Role.MEMBER, "田中", "JP", user=member)
    roles = (
        (member, 403),
        (scenes.user("officer", staff_agency="AMED", staff_role="APPROVER"), 403),
        (scenes.user("stranger"), 404),
    )
    for by, status in roles:
        client.force_login(by)
        assert client.get(page("claim", scene, claimed.pk)).status_code == status
        assert press(client, scene, claimed, "approve").status_code == status

    claimed.refresh_from_db()
    assert claimed.claimed_by is not None
    # A co-investigator sees the question, and who decides it
    client.force_login(member)
    words = client.get(page("team", scene)).content.decode()
    assert "The lead or a deputy decides." in words
    assert page("claim", scene, claimed.pk) not in words


def test_an_invitation_of_another_team_is_not_found(lead, scene, claimed):
    team = scenes.Team.objects.create(created_at=scenes.DAY)
    elsewhere = scenes.Application.objects.create(
        team=team, call=scene.application.call, created_at=scenes.DAY, changed_at=scenes.DAY
    )
    Invitation.objects.filter(pk=claimed.pk).update(application=elsewhere)

    assert lead.get(page("claim", scene, claimed.pk)).status_code == 404


def test_an_approved_account_never_inherits_anothers_orcid(lead, scene, claimed):
    person = scene.partner.researcher
    person.orcid = "0000-0002-1825-0097"
    person.save()

    press(lead, scene, claimed, "approve")

    person.refresh_from_db()
    assert (person.user_id, person.orcid) == (claimed.claimed_by_id, "")
