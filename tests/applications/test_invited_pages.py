"""The pages behind an invitation's link: every state, every hand it may fall into."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.models import Event, ForgottenAddress, Invitation, Membership, Message, Role
from applications.models.invitation import new_token
from applications.queries import invitations
from directory.models import Call, Researcher
from tests.applications import invited, scenes
from tests.applications.invited import ask, at, heading, press, questions, words
from tests.journeys.portal import checksum

pytestmark = pytest.mark.django_db


def ended(how):
    return lambda invitation: Invitation.objects.filter(pk=invitation.pk).update(
        ended_how=how, ended_at=timezone.now()
    )


def _deadline_passed(_invitation):
    Call.objects.update(closes_at=timezone.now() - timedelta(minutes=1))


def _removed(invitation):
    Membership.objects.filter(pk=invitation.membership_id).update(removed_at=timezone.now())


def _status(status):
    def change(invitation):
        application = invitation.application
        type(application).objects.filter(pk=application.pk).update(status=status)

    return change


STATES = [
    (lambda _one: None, 200, "Please confirm that you take part"),
    (invited.expire, 410, "The invitation has expired"),
    (ended("DECLINED"), 410, "You declined"),
    (ended("CANCELLED"), 410, "The invitation was cancelled"),
    (ended("REPLACED"), 410, "There is a newer invitation"),
    (ended("FORGOTTEN"), 410, "You are forgotten here"),
    (_removed, 410, "You are not in the team"),
    (_deadline_passed, 200, "Thank you, there is nothing to do"),
    (_status("WITHDRAWN"), 410, "The application was withdrawn"),
]


@pytest.mark.parametrize(("happen", "status", "says"), STATES, ids=[one[2] for one in STATES])
def test_each_state_says_what_it_is_and_looking_changes_nothing(
    scene, client, happen, status, says
):
    invitation, token = ask(scene)
    happen(invitation)
    before = checksum()

    for page in ("", "decline", "forget", "particulars", "opened"):
        for _twice in range(2):
            response = client.get(at(token, page), follow=True)
            assert response.status_code in (200, status)
    response = client.get(at(token))

    assert (response.status_code, heading(response)) == (status, says)
    assert checksum() == before
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "strict-origin"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_an_application_under_screening_takes_no_more_answers(scene, client):
    member = scenes.person(
        scene.application.team, Role.PARTNER, "Ola Normann", "NO", email="ola@example.no"
    )
    _invitation, token = ask(scene, member)
    scene.submit()
    scene.change(status="SCREENING")

    assert heading(client.get(at(token))) == "The application takes no more answers"
    client.post(at(token), {"act": "confirm"})
    assert not Event.objects.filter(act="CONFIRMED").exists()


def test_control_a_page_that_notes_its_opening_on_get_is_caught(scene, client, monkeypatch):
    _invitation, token = ask(scene)
    found = invitations.invitation_of

    def note_and_find(token):
        invitation = found(token)
        actions.note_opened(invitation_id=invitation.pk, at=timezone.now())
        return invitation

    monkeypatch.setattr("applications.views.invited.ways.invitation_of", note_and_find)
    before = checksum()

    client.get(at(token))

    assert checksum() != before


def test_every_guessed_link_gets_the_same_bytes(client, db):
    tokens = [new_token(), new_token(), "x" * 43, "0" * 43]
    answers = []
    for token in tokens:
        for address in (at(token), at(token, "forget"), invited.me(token)):
            response = client.get(address)
            assert response.status_code == 404
            answers.append(response.content.decode().replace(address.partition("/en/")[2], ""))
        assert client.post(at(token), {"act": "confirm"}).status_code == 404
        assert client.post(at(token, "opened")).status_code == 404

    assert len(set(answers)) == 1


def test_a_link_confirms_once_and_then_says_so(scene, client):
    _invitation, token = ask(scene)

    assert press(client, token).status_code == 302
    again = client.post(at(token), {"act": "confirm"}, follow=True)

    assert heading(again) == "You have confirmed"
    assert Event.objects.filter(act="CONFIRMED").count() == 1


def test_a_link_leaked_after_its_replacement_opens_nothing(scene, client):
    _old, old = ask(scene, at=timezone.now() - timedelta(days=4))
    actions.remind(
        application_id=scene.pk, membership_id=scene.partner.pk, by=scene.lead, at=timezone.now()
    )

    response = client.get(at(old))
    for page in ("particulars", "decline"):
        assert client.get(at(old, page)).status_code == 302
    client.post(at(old), {"act": "confirm"})

    assert heading(response) == "There is a newer invitation"
    assert "Kari" not in words(response)
    assert not Event.objects.filter(act="CONFIRMED").exists()


# -- forwarded: the page is opened under another account --------------------------------------


def test_another_account_is_told_first_and_only_the_lead_lets_it_in(scene, client):
    _invitation, token = ask(scene)
    client.force_login(scenes.user("other"))

    page = client.get(at(token))
    refused = client.post(at(token), {"act": "confirm", "facts": invited.facts(scene)})

    assert heading(page) == "This invitation is for Kari Nordmann"
    assert "You are signed in as other@example.org" in words(page)
    assert "kari@example.no" not in words(page)
    assert refused.status_code == 302
    assert not Event.objects.filter(act__in=["CONFIRMED", "CLAIMED"]).exists()

    claimed = client.post(at(token), {"act": "claim"}, follow=True)

    assert heading(claimed) == "The lead decides"
    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None


def test_the_person_invited_still_answers_while_a_claim_waits(scene, client):
    invitation, token = ask(scene)
    invited.confirm(scene, invitation, account=scenes.user("other"))

    assert press(client, token).status_code == 302

    assert Event.objects.filter(act="CONFIRMED").count() == 1


def test_a_member_of_the_team_cannot_answer_for_the_partner(scene, lead):
    _invitation, token = ask(scene)

    page = lead.get(at(token))

    assert "Your account is in this team already, as Lead." in words(page)
    assert lead.post(at(token), {"act": "claim"}).status_code == 403


def test_signed_in_as_the_person_invited_the_account_is_linked(scene, client):
    _invitation, token = ask(scene)
    kari = scenes.user("kari")
    kari.emailaddress_set.create(email="Kari@example.no", verified=True)
    client.force_login(kari)

    page = client.get(at(token))
    press(client, token)

    assert "You are signed in as kari@example.org . Not you?" in " ".join(words(page).split())
    assert Researcher.objects.get(user=kari).pk == scene.partner.researcher_id
    assert Event.objects.get(act="CONFIRMED").user == kari
    own = client.get(reverse("applications:mine", args=[scene.application.team.ref]))
    assert heading(own) == "My part in the application"


def test_the_language_switch_keeps_the_link(scene, client):
    _invitation, token = ask(scene)

    assert f'href="/ja/invitations/{token}/"' in client.get(at(token)).content.decode()


# -- opened, declined, forgotten ----------------------------------------------------------------


def test_the_script_or_a_button_notes_the_opening(scene, client):
    invitation, token = ask(scene)
    page = client.get(at(token)).content.decode()
    assert f'data-opened="{at(token, "opened")}"' in page

    assert client.post(at(token, "opened")).status_code == 204

    invitation.refresh_from_db()
    assert invitation.opened_at is not None


def test_declining_takes_a_reason_and_tells_the_lead(scene, client):
    invitation, token = ask(scene)

    response = client.post(at(token, "decline"), {"reason": "No time."}, follow=True)

    assert heading(response) == "You declined"
    invitation.refresh_from_db()
    assert (invitation.ended_how, invitation.reason) == ("DECLINED", "No time.")
    assert invitation.opened_at is not None
    assert "No time." in Message.objects.get(kind="TEAM", recipient=scene.lead.email).text


@pytest.mark.parametrize("happen", [lambda _one: None, invited.expire, ended("CANCELLED")])
def test_not_me_forgets_from_any_link_that_was_not_confirmed(scene, client, happen):
    invitation, token = ask(scene)
    happen(invitation)

    response = client.post(at(token, "forget"), follow=True)

    assert heading(response) == "You are forgotten here"
    assert ForgottenAddress.objects.count() == 1
    assert "Kari" not in words(client.get(at(token)))


def address_outlived_its_period(invitation, *, mail=""):
    """What retention leaves of an invitation: its row, and of the mail too where that is over."""
    Invitation.objects.filter(pk=invitation.pk).update(email="")
    Message.objects.filter(pk=invitation.message_id).update(recipient=mail)


@pytest.mark.parametrize("mail", ["", "kari@example.no"])
def test_not_me_still_forgets_once_the_address_of_the_invitation_is_gone(scene, client, mail):
    invitation, token = ask(scene)
    ended("CANCELLED")(invitation)
    address_outlived_its_period(invitation, mail=mail)

    assert heading(client.get(at(token, "forget"))) == "Not me: forget me"
    response = client.post(at(token, "forget"), follow=True)

    assert heading(response) == "You are forgotten here"
    assert Researcher.objects.get(pk=scene.partner.researcher.pk).name == "—"
    assert Membership.objects.get(pk=scene.partner.pk).removed_at is not None
    assert ForgottenAddress.objects.count() == 1


def test_who_confirmed_with_another_link_is_told_so_also_by_one_whose_address_is_gone(
    scene, client
):
    older, token = ask(scene, at=timezone.now() - timedelta(days=4))
    newer = actions.remind(
        application_id=scene.pk, membership_id=scene.partner.pk, by=scene.lead, at=timezone.now()
    )
    invited.confirm(scene, newer)
    address_outlived_its_period(older)

    response = client.post(at(token, "forget"), follow=True)

    assert heading(response) == "You have confirmed that you take part"


def test_every_link_of_a_person_who_is_forgotten_says_so_and_a_press_does_nothing(scene, client):
    _older, old = ask(scene, at=timezone.now() - timedelta(days=4))
    newer = actions.remind(
        application_id=scene.pk, membership_id=scene.partner.pk, by=scene.lead, at=timezone.now()
    )
    client.post(at(invited.secret_of(newer.message), "forget"))

    assert heading(client.get(at(old, "forget"))) == "You are forgotten here"
    client.post(at(old, "forget"))

    assert Event.objects.filter(act="FORGOTTEN").count() == 1


def test_who_confirmed_is_told_how_to_withdraw_instead(scene, client):
    invitation, token = ask(scene)
    invited.confirm(scene, invitation)

    response = client.post(at(token, "forget"), follow=True)

    assert heading(response) == "You have confirmed that you take part"
    assert not ForgottenAddress.objects.exists()


def test_members_in_japan_are_led_to_an_account_and_linked_by_a_button(scene, client):
    member = scenes.person(
        scene.application.team, Role.MEMBER, "高橋 次郎", "JP", email="jiro@uni.example"
    )
    _invitation, token = ask(scene, member)
    assert questions(client.get(at(token))) == []
    press(client, token)

    page = client.get(at(token)).content.decode()
    assert f"/en/accounts/login/?next={at(token)}" in page
    jiro = scenes.user("jiro")
    jiro.emailaddress_set.create(email="jiro@uni.example", verified=True)
    client.force_login(jiro)
    assert "Work on the application with this account" in words(client.get(at(token)))

    team = client.post(at(token), {"act": "link"}, follow=True)

    assert team.request["PATH_INFO"] == f"/en/teams/{scene.application.team.ref}/"
    assert team.status_code == 200
