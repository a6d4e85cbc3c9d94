"""What invited people answer, correct and take back; the record keeps every word."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from applications import actions, outbox
from applications.actions import answering
from applications.models import (
    Attestation,
    Event,
    Invitation,
    Message,
    PersonalLink,
    Role,
)
from applications.models.invitation import token_digest
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import person_values
from directory.models import Agency, Call, Researcher
from tests.applications import invited, scenes
from tests.applications.invited import acts, ask, confirm, own
from tests.applications.scenes import Upload

pytestmark = pytest.mark.django_db


def test_a_partner_confirms_without_an_account(scene):
    invitation, _token = ask(scene)

    confirm(scene, invitation)

    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_how == "SELF"
    event = Event.objects.get(act="CONFIRMED")
    assert (event.membership, event.user) == (scene.partner, None)
    invitation.refresh_from_db()
    assert (invitation.ended_how, invitation.opened_at) == ("CONFIRMED", invitation.ended_at)
    assert sorted(Message.objects.values_list("kind", "recipient")) == [
        ("INVITATION", "kari@example.no"),
        ("PERSONAL", "kari@example.no"),
        ("TEAM", "deputy@example.org"),
        ("TEAM", "lead@example.org"),
    ]


def test_only_digests_of_links_are_kept(scene):
    invitation, token = ask(scene)
    confirm(scene, invitation)
    link = invited.personal_secret()
    # The mails go out, and their secrets with them
    outbox.deliver_due(now=timezone.now)

    kept = str(list(Invitation.objects.values())) + str(list(PersonalLink.objects.values()))
    kept += str(list(Message.objects.values()))

    for secret in (token, link):
        assert secret not in kept
        assert token_digest(secret) in kept


def test_control_a_table_of_tokens_would_open_every_page_to_its_thief(scene, client, monkeypatch):
    monkeypatch.setattr("applications.actions.inviting.token_digest", lambda token: token[:64])
    monkeypatch.setattr("applications.models.invitation.token_digest", lambda token: token[:64])
    ask(scene)

    stolen = Invitation.objects.get().token_digest

    assert client.get(invited.at(stolen)).status_code == 200


def test_what_a_thief_finds_in_the_table_opens_nothing(scene, client):
    ask(scene)

    stolen = Invitation.objects.get().token_digest

    assert client.get(invited.at(stolen)).status_code == 404


def test_the_record_keeps_what_the_lead_recorded_and_what_the_person_said(scene):
    erc = invited.with_erc_grant(scene)
    scene.partner.confirmed_at, scene.partner.confirmed_how = None, ""
    scene.partner.save()
    actions.confirm_on_behalf(
        **own(scene, by=scene.lead), reason="She wrote to me.", upload=Upload()
    )
    actions.attest(
        application_id=scene.pk,
        grant_id=erc.pk,
        code="ERC_SCOPE",
        answer="GIVEN",
        by=scene.lead,
        at=timezone.now(),
        reason="She wrote to me.",
        upload=Upload(),
    )
    actions.invite(**own(scene, by=scene.lead), agency_id=None)
    invitation = Invitation.objects.get()

    confirm(scene, invitation, answers={(erc.pk, "ERC_SCOPE"): "DECLINED"})

    scene.partner.refresh_from_db()
    now = Attestation.objects.get()
    assert (scene.partner.confirmed_how, scene.partner.confirmed_reason) == ("SELF", "")
    assert (now.answer, now.on_behalf, now.reason) == ("DECLINED", False, "")
    said = Event.objects.filter(act__in=["ATTESTED", "ATTESTED_ON_BEHALF"]).order_by("pk")
    assert [(one.act, one.user, one.membership, one.details["answer"]) for one in said] == [
        ("ATTESTED_ON_BEHALF", scene.lead, None, "GIVEN"),
        ("ATTESTED", None, scene.partner, "DECLINED"),
    ]
    assert acts()[-1] == "CONFIRMED"


def test_a_declined_condition_refuses_the_submission_until_the_grant_is_removed(scene):
    erc = invited.with_erc_grant(scene)
    invitation, _token = ask(scene)
    confirm(scene, invitation, answers={(erc.pk, "ERC_SCOPE"): "DECLINED"})

    with pytest.raises(actions.NotReady) as refusal:
        scene.submit()
    assert [one.code for one in refusal.value.missing] == ["ATTESTATION"]

    actions.remove_grant(
        application_id=scene.pk, grant_id=erc.pk, reason="", by=scene.lead, at=timezone.now()
    )
    assert scene.submit().version == 1


def test_a_grant_typed_with_the_confirmation_is_the_holders_own(scene):
    invited.without_grant(scene)
    invitation, _token = ask(scene)
    entered = {
        "agency": Agency.objects.get(slug="erc"),
        "agency_other": "",
        "reference": "101012345",
        "starts_on": None,
        "ends_on": None,
    }

    confirm(scene, invitation, entered=entered, answers={(None, "ERC_SCOPE"): "GIVEN"})

    relied = scene.application.relied.get(removed_at=None)
    assert (relied.grant.agency.slug, relied.grant.holder) == ("erc", scene.partner.researcher)
    assert relied.attestations.get().answer == "GIVEN"
    added = Event.objects.get(act="GRANT_ADDED")
    assert (added.membership, added.user) == (scene.partner, None)


def test_what_changed_since_the_page_was_shown_is_confirmed_by_nobody(scene):
    invitation, _token = ask(scene)
    seen = invited.facts(scene)
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(name="Kari Ola")

    with pytest.raises(actions.Conflict):
        confirm(scene, invitation, seen=seen)

    assert "CONFIRMED" not in acts()


def test_control_without_the_comparison_a_person_vouches_for_what_they_never_saw(
    scene, monkeypatch
):
    invitation, _token = ask(scene)
    seen = invited.facts(scene)
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(name="Kari Ola")
    monkeypatch.setattr(answering, "unchanged_since", lambda *_texts: None)

    confirm(scene, invitation, seen=seen)

    assert acts()[-1] == "CONFIRMED"


def test_after_the_deadline_nobody_confirms_declines_or_corrects(scene):
    invitation, _token = ask(scene)
    seen = fingerprint(person_values(scene.partner.researcher))
    Call.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    before = acts()

    for late in (
        lambda: confirm(scene, invitation),
        lambda: actions.decline_invitation(
            invitation_id=invitation.pk, reason="", account=None, at=timezone.now()
        ),
        lambda: actions.correct_own_particulars(**own(scene), values={"name": "K"}, seen=seen),
    ):
        with pytest.raises(actions.CallClosed):
            late()

    assert acts() == before


@pytest.mark.parametrize("how", ["DECLINED", "CANCELLED", "REPLACED", "FORGOTTEN", "expired"])
def test_a_link_that_is_over_confirms_nothing(scene, how):
    invitation, _token = ask(scene)
    if how == "expired":
        invited.expire(invitation)
    else:
        Invitation.objects.update(ended_how=how, ended_at=timezone.now())

    with pytest.raises(actions.InvitationOver):
        confirm(scene, invitation)

    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None


def test_another_account_waits_for_the_lead_and_then_confirms_itself(scene):
    invitation, _token = ask(scene)
    other = scenes.user("other")

    confirm(scene, invitation, account=other)

    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None
    assert acts()[-1] == "CLAIMED"
    actions.decide_claim(
        application_id=scene.pk,
        invitation_id=invitation.pk,
        claimant_id=other.pk,
        approve=True,
        by=scene.lead,
        at=timezone.now(),
    )
    confirm(scene, invitation, account=other)
    event = Event.objects.get(act="CONFIRMED")
    assert (event.user, event.membership) == (other, None)


def test_control_without_the_question_a_forwarded_link_confirms_for_anybody(scene, monkeypatch):
    invitation, _token = ask(scene)
    monkeypatch.setattr(answering, "is_invited", lambda *_who: True)

    confirm(scene, invitation, account=scenes.user("other"))

    assert acts()[-1] == "CONFIRMED"


def test_a_member_of_the_team_is_never_another_member(scene):
    invitation, _token = ask(scene)

    with pytest.raises(actions.NotPermitted):
        confirm(scene, invitation, account=scene.lead)

    assert "CLAIMED" not in acts()


def test_an_account_made_after_confirming_is_linked_by_its_proved_address_alone(scene):
    member = scenes.person(
        scene.application.team, Role.MEMBER, "高橋 次郎", "JP", email="j@uni.example"
    )
    invitation, _token = ask(scene, member)
    actions.confirm_invitation(
        invitation_id=invitation.pk,
        answers={},
        seen=invited.fingerprint(invited.own_facts(scene.stored(), member)),
        account=None,
        at=timezone.now(),
    )
    stranger, jiro = scenes.user("stranger"), scenes.user("jiro")
    for account, verified in ((stranger, False), (jiro, True)):
        account.emailaddress_set.create(email="J@uni.example", verified=verified)
        if not verified:
            with pytest.raises(actions.NotPermitted):
                actions.link_account(invitation_id=invitation.pk, account=account)
            account.emailaddress_set.all().delete()

    actions.link_account(invitation_id=invitation.pk, account=jiro)

    member.researcher.refresh_from_db()
    assert member.researcher.user == jiro


def test_whoever_joins_with_a_linked_orcid_brings_it_and_nobody_types_it(scene, settings):
    settings.ORCID_ISSUER = "orcid.org"
    account = scenes.user("kari2")
    EmailAddress.objects.create(user=account, email="kari@example.no", verified=True, primary=True)
    SocialAccount.objects.create(user=account, provider="orcid.org", uid="0000-0002-1825-0097")
    SocialAccount.objects.create(
        user=account, provider="sandbox.orcid.org", uid="0000-0002-0247-239X"
    )
    invitation, _token = ask(scene)

    confirm(scene, invitation, account=account)

    scene.partner.researcher.refresh_from_db()
    assert scene.partner.researcher.user == account
    assert scene.partner.researcher.orcid == "0000-0002-1825-0097"
