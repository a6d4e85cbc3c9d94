"""What a partner said and the team records: confirmation and attestations, with reason and copy."""

import hashlib
from datetime import datetime
from typing import Protocol

from django.core.files.base import ContentFile
from django.db import transaction

from applications.actions.claiming import claim_to_edit, record
from applications.models import (
    Application,
    Attestation,
    ConfirmedHow,
    Happening,
    Membership,
    Proof,
    ReliedGrant,
)
from applications.rules.facts import Attestation as Answer
from directory.models import User


class Upload(Protocol):
    """A file whose size, type and name were checked by the form."""

    name: str
    kind: str
    content: bytes


class ReasonNeeded(Exception):
    """What is recorded on behalf of somebody needs a reason and a copy of what they wrote."""


def keep_proof(application: Application, upload: Upload, by: User, at: datetime) -> Proof:
    """Store an uploaded copy under a random name; the file goes again if the row cannot be kept."""
    proof = Proof(
        application=application,
        name=upload.name,
        kind=upload.kind,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        uploaded_at=at,
        uploaded_by=by,
    )
    proof.file.save(upload.name, ContentFile(upload.content), save=False)
    try:
        proof.save()
    except Exception:
        proof.file.delete(save=False)
        raise
    return proof


@transaction.atomic
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


@transaction.atomic
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
    relied = ReliedGrant.objects.select_related("grant__holder").get(
        application=application, grant=grant_id, removed_at__isnull=True
    )
    on_behalf = relied.grant.holder.user_id != by.pk
    if on_behalf and (not reason.strip() or upload is None):
        raise ReasonNeeded
    proof = keep_proof(application, upload, by, at) if upload else None
    attestation, _new = Attestation.objects.update_or_create(
        relied=relied,
        code=code,
        defaults={
            "answer": Answer(answer).value,
            "at": at,
            "by": by,
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
        grant=grant_id,
        condition=code,
        answer=attestation.answer,
        proof=proof.pk if proof else None,
    )
    return attestation
