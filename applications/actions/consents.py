"""What a partner said and the team records: confirmation and attestations, with reason and copy."""

from datetime import datetime

from applications.actions.claiming import claim_to_edit, mark_changed, record
from applications.actions.proofs import Upload, keep_proof, keeps_proof
from applications.models import (
    Actor,
    Application,
    Attestation,
    ConfirmedHow,
    Happening,
    Membership,
    Proof,
    ReliedGrant,
    account_of,
)
from applications.rules.facts import Attestation as Answer
from directory.models import User


class ReasonNeeded(Exception):
    """What is recorded on behalf of somebody needs a reason and a copy of what they wrote."""


@keeps_proof
def confirm_on_behalf(
    *, application_id: int, membership_id: int, reason: str, upload: Upload, by: User, at: datetime
) -> Membership:
    """Record that a partner confirmed, with why it is recorded for them and a copy of their mail.

    :raises ReasonNeeded: the reason is empty
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_edit``
    """
    application = claim_to_edit(application_id, by)
    if not reason.strip():
        raise ReasonNeeded
    member = Membership.objects.current().get(pk=membership_id, team=application.team_id)
    if member.confirmed_at:
        return member
    proof = keep_proof(application, upload, by, at)
    member.confirmed_at, member.confirmed_how = at, ConfirmedHow.ON_BEHALF
    member.confirmed_reason, member.confirmed_by = reason, by
    member.save()
    mark_changed(application, at)
    record(
        application,
        Happening.CONFIRMED_ON_BEHALF,
        by,
        at,
        reason=reason,
        membership=member.pk,
        proof=proof.pk,
    )
    return member


@keeps_proof
def attest(
    *,
    application_id: int,
    grant_id: int,
    code: str,
    answer: str,
    by: User,
    at: datetime,
    reason: str = "",
    upload: Upload | None = None,
) -> Attestation:
    """Record what the holder answered about one condition; for somebody else with reason and copy.

    :raises ReasonNeeded: ``by`` is not the holder and reason or copy is missing
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_edit``
    """
    application = claim_to_edit(application_id, by)
    relied = ReliedGrant.objects.select_related("grant__holder__membership__researcher").get(
        application=application, grant=grant_id, removed_at__isnull=True
    )
    on_behalf = not relied.grant.holder.membership.is_of(by)
    if on_behalf and (not reason.strip() or upload is None):
        raise ReasonNeeded
    proof = keep_proof(application, upload, by, at) if upload else None
    attestation = write_attestation(
        application, relied, code, answer, by, at, on_behalf=on_behalf, reason=reason, proof=proof
    )
    mark_changed(application, at)
    return attestation


def write_attestation(
    application: Application,
    relied: ReliedGrant,
    code: str,
    answer: str,
    by: Actor,
    at: datetime,
    *,
    on_behalf: bool = False,
    reason: str = "",
    proof: Proof | None = None,
) -> Attestation:
    """Put one answer in the place of the former one; the events keep both."""
    attestation, _new = Attestation.objects.update_or_create(
        relied=relied,
        code=code,
        defaults={
            "answer": Answer(answer).value,
            "at": at,
            "by": account_of(by),
            "on_behalf": on_behalf,
            "reason": reason,
            "proof": proof,
        },
    )
    record(
        application,
        Happening.ATTESTED_ON_BEHALF if on_behalf else Happening.ATTESTED,
        by,
        at,
        reason=reason,
        grant=relied.grant_id,
        condition=code,
        answer=attestation.answer,
        proof=proof.pk if proof else None,
    )
    return attestation


def let_confirmation_lapse(
    application: Application, member: Membership, by: Actor, at: datetime
) -> None:
    """Take a partner's confirmation back: it was given for other facts than are stored now."""
    was_at = member.confirmed_at.isoformat() if member.confirmed_at else ""
    was_how = member.confirmed_how
    member.confirmed_at, member.confirmed_how = None, ""
    member.confirmed_reason, member.confirmed_by = "", None
    member.save()
    record(
        application,
        Happening.CONFIRMATION_LAPSED,
        by,
        at,
        membership=member.pk,
        confirmed_at=was_at,
        confirmed_how=was_how,
    )


def let_attestations_lapse(
    application: Application, relied: ReliedGrant, by: Actor, at: datetime
) -> None:
    """Take the answers to a grant's conditions back: they were given for other facts."""
    codes = list(relied.attestations.order_by("code").values_list("code", flat=True))
    if not codes:
        return
    relied.attestations.all().delete()
    record(
        application,
        Happening.ATTESTATION_LAPSED,
        by,
        at,
        grant=relied.grant_id,
        conditions=codes,
    )
