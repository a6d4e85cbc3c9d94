"""What people do about their own part after they answered: correct, take back, be forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import actions
from applications.models import (
    Attestation,
    Event,
    ForgottenAddress,
    Membership,
    Message,
    PersonalLink,
    Role,
    Version,
    VersionPerson,
)
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import grant_values, person_values
from tests.applications import invited, scenes
from tests.applications.invited import acts, ask, confirm, own

pytestmark = pytest.mark.django_db


def test_consent_withdrawn_after_the_submission_leaves_the_snapshot_and_tells_the_lead(scene):
    invitation, _token = ask(scene)
    confirm(scene, invitation)
    scene.submit()
    version = Version.objects.get()
    frozen, beside = version.content, list(VersionPerson.objects.values("values"))

    actions.withdraw_consent(**own(scene), reason="I have moved.")

    version.refresh_from_db()
    assert version.content == frozen
    assert list(VersionPerson.objects.values("values")) == beside
    scene.partner.refresh_from_db()
    assert scene.partner.confirmed_at is None
    assert acts()[-1] == "CONSENT_WITHDRAWN"
    assert list(
        Message.objects.filter(dedupe_key__startswith="news:CONSENT_WITHDRAWN")
        .order_by("recipient")
        .values_list("recipient", flat=True)
    ) == ["deputy@example.org", "lead@example.org"]


def again(scene, *, seen=None, by=None, answers=None):
    return actions.confirm_again(
        **own(scene, by=by),
        answers=answers or {},
        seen=invited.facts(scene) if seen is None else seen,
    )


def test_who_withdrew_confirms_again_and_both_are_on_record(scene):
    # Given somebody who confirmed and withdrew, and whom the team asked once more
    confirm(scene, ask(scene)[0])
    actions.withdraw_consent(**own(scene), reason="I have moved.")
    waiting, _token = ask(scene, at=timezone.now() + timedelta(days=4))
    erc = invited.with_erc_grant(scene)

    again(scene, answers={(erc.pk, "ERC_SCOPE"): "GIVEN"})

    member = Membership.objects.get(pk=scene.partner.pk)
    waiting.refresh_from_db()
    assert (member.confirmed_how, waiting.ended_how) == ("SELF", "CONFIRMED")
    own_acts = ("CONFIRMED", "CONSENT_WITHDRAWN", "ATTESTED")
    assert [one for one in acts() if one in own_acts] == [
        *("CONFIRMED", "CONSENT_WITHDRAWN", "ATTESTED", "CONFIRMED"),
    ]
    assert Event.objects.filter(act="CONFIRMED", membership=member).count() == 2
    news = Message.objects.filter(kind="TEAM", dedupe_key__startswith="news:CONFIRMED")
    assert news.filter(recipient=scene.lead.email).count() == 2


def test_confirming_again_twice_is_once(scene):
    confirm(scene, ask(scene)[0])
    actions.withdraw_consent(**own(scene), reason="")

    again(scene)
    again(scene, seen="what the second window still shows")

    assert acts().count("CONFIRMED") == 2


def test_again_is_confirmed_what_is_recorded_now(scene):
    confirm(scene, ask(scene)[0])
    shown = invited.facts(scene)
    actions.withdraw_consent(**own(scene), reason="")
    invited.with_erc_grant(scene)

    with pytest.raises(actions.Conflict):
        again(scene, seen=shown)

    assert Membership.objects.get(pk=scene.partner.pk).confirmed_at is None


def test_who_never_answered_confirms_by_invitation_alone_and_nobody_for_another(scene):
    scenes.unconfirmed(scene.partner)

    for by in (scene.partner, scene.lead, scenes.user("stranger")):
        with pytest.raises(actions.NotPermitted):
            again(scene, by=by)

    assert "CONFIRMED" not in acts()


def test_a_lead_hands_over_instead_of_withdrawing(scene):
    lead = Membership.objects.get(researcher__user=scene.lead)

    with pytest.raises(actions.StillNeeded):
        actions.withdraw_consent(
            **own(scene, by=scene.lead) | {"membership_id": lead.pk}, reason=""
        )


def test_nobody_corrects_answers_or_withdraws_for_another(scene):
    other = scenes.person(scene.application.team, Role.PARTNER, "Ola", "NO")
    erc = invited.with_erc_grant(scene)
    stored = fingerprint(person_values(scene.partner.researcher))

    for by in (other, scene.lead, scenes.user("stranger")):
        for act in (
            lambda by=by: actions.withdraw_consent(**own(scene, by=by), reason=""),
            lambda by=by: actions.correct_own_particulars(
                **own(scene, by=by), values={"name": "X"}, seen=stored
            ),
            lambda by=by: actions.answer_own_condition(
                **own(scene, by=by), grant_id=erc.pk, code="ERC_SCOPE", answer="GIVEN"
            ),
            lambda by=by: actions.correct_own_grant(
                **own(scene, by=by), grant_id=erc.pk, values={}, seen=""
            ),
        ):
            with pytest.raises(actions.NotPermitted):
                act()

    assert acts() == []


def test_a_corrected_grant_asks_its_condition_anew_and_the_holder_answers(scene):
    erc = invited.with_erc_grant(scene)
    answer = {"grant_id": erc.pk, "code": "ERC_SCOPE"}
    actions.answer_own_condition(**own(scene), **answer, answer="GIVEN")

    actions.correct_own_grant(
        **own(scene),
        grant_id=erc.pk,
        values={"reference": "101054321"},
        seen=fingerprint(grant_values(erc)),
    )
    assert not Attestation.objects.exists()
    actions.answer_own_condition(**own(scene), **answer, answer="GIVEN")

    assert acts() == ["ATTESTED", "ATTESTATION_LAPSED", "GRANT_CORRECTED", "ATTESTED"]
    assert set(Event.objects.values_list("membership", "user")) == {(scene.partner.pk, None)}


def test_a_link_to_the_own_page_is_mailed_once_an_hour(scene):
    at = timezone.now()
    who = {"application_id": scene.pk, "membership_id": scene.partner.pk}
    actions.mail_personal_link(**who, at=at)
    with pytest.raises(actions.TooSoon):
        actions.mail_personal_link(**who, at=at + timedelta(minutes=59))

    actions.mail_personal_link(**who, at=at + timedelta(hours=1))

    first, second = PersonalLink.objects.order_by("pk")
    assert (first.revoked_at, second.revoked_at) == (at + timedelta(hours=1), None)
    assert Message.objects.filter(kind="PERSONAL").count() == 2


def test_the_first_look_counts_and_a_dead_link_notes_nothing(scene):
    invitation, _token = ask(scene)
    first, later = timezone.now(), timezone.now() + timedelta(hours=1)
    actions.note_opened(invitation_id=invitation.pk, at=first)
    actions.note_opened(invitation_id=invitation.pk, at=later)
    invitation.refresh_from_db()
    assert invitation.opened_at == first


def test_a_link_that_went_astray_forgets_its_address_and_not_the_person_meant(scene):
    stray, _token = ask(scene)
    right = actions.correct_address(**own(scene, by=scene.lead), email="kari@right.example")
    confirm(scene, right)

    actions.forget_invited(invitation_id=stray.pk, at=timezone.now())

    scene.partner.refresh_from_db()
    assert (scene.partner.removed_at, scene.partner.confirmed_how) == (None, "SELF")
    assert scene.partner.researcher.email == "kari@right.example"
    assert ForgottenAddress.objects.count() == 1
    stray.refresh_from_db()
    assert (stray.email, stray.message.recipient) == ("", "")
    right.refresh_from_db()
    assert right.email == "kari@right.example"


def test_every_link_that_went_astray_is_done_with_and_names_nobody_else(scene):
    stray, _token = ask(scene, at=timezone.now() - timedelta(days=4))
    again = actions.remind(**own(scene, by=scene.lead))
    actions.correct_address(**own(scene, by=scene.lead), email="kari@right.example")

    for link in (again, stray):  # the second press is of a link whose address is gone
        actions.forget_invited(invitation_id=link.pk, at=timezone.now())

    scene.partner.refresh_from_db()
    assert scene.partner.removed_at is None
    assert scene.partner.researcher.email == "kari@right.example"
    assert ForgottenAddress.objects.count() == 1


def test_who_confirmed_with_a_newer_link_is_not_forgotten_by_an_older(scene):
    older, _token = ask(scene, at=timezone.now() - timedelta(days=4))
    newer = actions.remind(**own(scene, by=scene.lead))
    confirm(scene, newer)

    with pytest.raises(actions.InvitationOver):
        actions.forget_invited(invitation_id=older.pk, at=timezone.now())
