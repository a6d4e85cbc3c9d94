"""Who may do what to a team's application, and what is recorded on behalf of a partner."""

import hashlib

import pytest
from django.db import IntegrityError, transaction

from applications import actions, permissions
from applications.actions import claiming
from applications.models import Attestation, Event, Membership, Proof, ReliedGrant
from applications.workflow import Act
from directory.models import Agency, Grant
from tests.applications import scenes

pytestmark = pytest.mark.django_db
REPLY = scenes.Upload()


@pytest.fixture
def scene(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    return scenes.ready()


# -- confirmation ----------------------------------------------------------------------------


@pytest.fixture
def asked(scene):
    """The partner has not confirmed yet."""
    scene.partner.confirmed_at, scene.partner.confirmed_how = None, ""
    scene.partner.save()
    return scene


def confirm(scene, *, reason="She wrote to me", by=None):
    return actions.confirm_on_behalf(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        reason=reason,
        upload=REPLY,
        by=by or scene.lead,
        at=scenes.DAY,
    )


def test_a_confirmation_on_behalf_says_why_by_whom_and_shows_the_mail(asked):
    member = confirm(asked)
    assert (member.confirmed_at, member.confirmed_how) == (scenes.DAY, "ON_BEHALF")
    assert (member.confirmed_reason, member.confirmed_by) == ("She wrote to me", asked.lead)
    proof = Proof.objects.get()
    with proof.file.open() as kept:
        assert kept.read() == REPLY.content
    assert (proof.size, proof.name) == (17, "reply.txt")
    assert proof.sha256 == hashlib.sha256(REPLY.content).hexdigest()
    assert "reply" not in proof.file.name  # the stored name owes nothing to the uploader's
    event = Event.objects.get()
    assert (event.act, event.reason, event.user) == (
        "CONFIRMED_ON_BEHALF",
        "She wrote to me",
        asked.lead,
    )
    assert event.details == {"membership": member.pk, "proof": proof.pk}
    assert asked.submit().version == 1


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_confirmation_on_behalf_needs_its_reason(asked, reason):
    with pytest.raises(actions.ReasonNeeded):
        confirm(asked, reason=reason)
    assert (Proof.objects.count(), Event.objects.count()) == (0, 0)


def test_a_second_confirmation_changes_nothing(asked):
    confirm(asked)
    assert confirm(asked, reason="Once more").confirmed_reason == "She wrote to me"
    assert (Proof.objects.count(), Event.objects.count()) == (1, 1)


def test_the_database_refuses_a_confirmation_on_behalf_without_a_reason(asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=asked.partner.pk).update(
            confirmed_at=scenes.DAY, confirmed_how="ON_BEHALF", confirmed_by=asked.lead
        )


def test_a_removed_partner_keeps_the_record_of_the_confirmation(asked):
    confirm(asked)
    actions.remove_person(
        application_id=asked.pk,
        membership_id=asked.partner.pk,
        reason="Left",
        by=asked.lead,
        at=scenes.DAY,
    )
    member = Membership.objects.get(pk=asked.partner.pk)
    assert (member.confirmed_how, member.removed_reason) == ("ON_BEHALF", "Left")
    assert Proof.objects.count() == 1
    with pytest.raises(Membership.DoesNotExist):
        confirm(asked)


def test_a_proof_that_cannot_be_kept_leaves_no_file(asked, monkeypatch, tmp_path):
    monkeypatch.setattr(Proof, "save", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        confirm(asked)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# -- attestations ----------------------------------------------------------------------------


@pytest.fixture
def erc(scene):
    """The partner's grant is the ERC's, whose row asks one condition."""
    Grant.objects.update(agency=Agency.objects.get(slug="erc"), reference="725899", key="725899")
    return scene


def attest(scene, *, answer="GIVEN", by=None, reason="", upload=None):
    return actions.attest(
        application_id=scene.pk,
        grant_id=scene.grant.pk,
        code="ERC_SCOPE",
        answer=answer,
        reason=reason,
        upload=upload,
        by=by or scene.lead,
        at=scenes.DAY,
    )


@pytest.mark.parametrize(
    ("reason", "upload"), [("", None), ("She wrote", None), ("", REPLY), (" ", REPLY)]
)
def test_an_answer_for_somebody_else_needs_reason_and_copy(erc, reason, upload):
    with pytest.raises(actions.ReasonNeeded):
        attest(erc, reason=reason, upload=upload)
    assert Attestation.objects.count() == Event.objects.count() == Proof.objects.count() == 0


def test_an_answer_on_behalf_is_kept_with_its_copy_and_lets_the_team_submit(erc):
    with pytest.raises(actions.NotReady):
        erc.submit()
    given = attest(erc, reason="She wrote", upload=REPLY)
    assert (given.answer, given.on_behalf, given.reason) == ("GIVEN", True, "She wrote")
    assert Event.objects.get().act == "ATTESTED_ON_BEHALF"
    assert erc.submit().best_verdict == "FITS"


def test_a_declined_condition_counts_as_not_given(erc):
    attest(erc, answer="DECLINED", reason="She declined", upload=REPLY)
    erc.change(explanation="We ask all the same.")
    with pytest.raises(actions.NotReady) as refusal:
        erc.submit()
    assert [one.code for one in refusal.value.missing] == ["ATTESTATION"]


def test_an_answer_may_change_and_both_are_on_record(erc):
    attest(erc, answer="DECLINED", reason="She declined", upload=REPLY)
    attest(erc, reason="She thought again", upload=REPLY)
    assert Attestation.objects.get().answer == "GIVEN"
    assert list(Event.objects.order_by("pk").values_list("details__answer", "reason")) == [
        ("DECLINED", "She declined"),
        ("GIVEN", "She thought again"),
    ]
    assert Proof.objects.count() == 2


def test_a_holder_who_is_of_the_team_answers_without_a_reason(erc):
    lead = Membership.objects.get(role="LEAD").researcher
    Grant.objects.update(holder=lead)
    own = attest(erc)
    assert (own.on_behalf, own.proof, own.by) == (False, None, erc.lead)
    assert Event.objects.get().act == "ATTESTED"


def test_a_grant_no_longer_relied_on_is_not_attested(erc):
    ReliedGrant.objects.update(removed_at=scenes.DAY)
    with pytest.raises(ReliedGrant.DoesNotExist):
        attest(erc, reason="She wrote", upload=REPLY)


# -- who may: every role, every act ----------------------------------------------------------

TEAM = {"SUBMIT", "WITHDRAW", permissions.EDIT, permissions.RECORD_NOTICE}
EDITS = {permissions.EDIT, permissions.RECORD_NOTICE}
DECIDES = set(Act.values) - {"SUBMIT", "WITHDRAW"} | {permissions.RECORD_NOTICE}
MATRIX = {
    "LEAD": TEAM,
    "DEPUTY": TEAM,
    "MEMBER": EDITS,
    "ADMINISTRATOR": EDITS,
    "PARTNER": set(),
    "stranger": set(),
    "removed": set(),
    "AMED VIEWER": set(),
    "AMED OFFICER": DECIDES,
    "AMED APPROVER": DECIDES,
    "JST VIEWER": set(),
    "JST OFFICER": set(),
    "JST APPROVER": set(),
    "superuser": DECIDES,
}


def somebody(scene, who):
    if who in ("LEAD", "DEPUTY"):
        return Membership.objects.get(role=who).researcher.user
    if who in ("MEMBER", "ADMINISTRATOR", "PARTNER", "removed"):
        account = scenes.user("somebody")
        role = "MEMBER" if who == "removed" else who
        member = scenes.person(scene.application.team, role, "S", "JP", user=account)
        if who == "removed":
            Membership.objects.filter(pk=member.pk).update(removed_at=scenes.DAY)
        return account
    agency, _space, role = who.partition(" ")
    fields = {"staff_agency": agency, "staff_role": role} if role else {}
    return scenes.user("somebody", is_superuser=who == "superuser", **fields)


@pytest.mark.parametrize("who", MATRIX)
def test_who_may_do_what(scene, who):
    account = somebody(scene, who)
    acts = [*Act.values, permissions.EDIT, permissions.RECORD_NOTICE]
    may = {act for act in acts if permissions.may(account, act, scene.stored())}
    assert may == MATRIX[who]


@pytest.mark.parametrize("who", [who for who, acts in MATRIX.items() if "SUBMIT" not in acts])
def test_nobody_else_submits_or_withdraws(scene, who):
    account = somebody(scene, who)
    with pytest.raises(actions.NotPermitted):
        scene.submit(by=account)
    with pytest.raises(actions.NotPermitted):
        actions.withdraw_application(application_id=scene.pk, reason="", by=account, at=scenes.DAY)
    assert scene.stored().status == "DRAFT"


def test_the_deputy_submits_and_gets_the_receipt(scene):
    sent = scene.submit(by=scene.deputy)
    assert sent.submitted_by == scene.deputy
    assert sent.messages.get().recipient == "deputy@example.org"


@pytest.mark.parametrize("who", [who for who, acts in MATRIX.items() if "EDIT" not in acts])
def test_nobody_else_confirms_or_attests(erc, who):
    account = somebody(erc, who)
    with pytest.raises(actions.NotPermitted):
        attest(erc, by=account, reason="Because", upload=REPLY)
    with pytest.raises(actions.NotPermitted):
        confirm(erc, by=account)
