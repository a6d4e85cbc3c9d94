"""Taking people and grants out of an application: they stay on record, crossed out."""

from datetime import datetime

from django.db import transaction

from applications.actions.claiming import claim_to_edit, record
from applications.actions.drafting import after_change, current_member
from applications.actions.ending import end_invitation, open_invitation
from applications.actions.refusals import StillNeeded
from applications.models import (
    Application,
    Happening,
    InvitationEnd,
    PersonalLink,
    ReliedGrant,
    Role,
)
from applications.queries.clock import database_now
from directory.models import User


def _moment_of_removal(application: Application, at: datetime) -> datetime:
    """The database's clock once something was submitted, as for the submission itself.

    What was removed after a submission still stands; a web server's clock may be behind, or its
    request may have waited for the lock.
    """
    return database_now() if application.version else at


@transaction.atomic
def remove_person(
    *, application_id: int, membership_id: int, reason: str, by: User, at: datetime
) -> None:
    """Take a person out of the team; the person and what was recorded stay, crossed out.

    :raises StillNeeded: the person is the lead
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_edit``
    """
    application = claim_to_edit(application_id, by)
    member = current_member(application, membership_id)
    if member.role == Role.LEAD:
        raise StillNeeded
    gone_at = _moment_of_removal(application, at)
    member.removed_at, member.removed_reason = gone_at, reason
    member.save(update_fields=["removed_at", "removed_reason"])
    ReliedGrant.objects.filter(
        application=application, grant__holder=member.researcher_id, removed_at__isnull=True
    ).update(removed_at=gone_at)
    invitation = open_invitation(member)
    if invitation is not None:
        end_invitation(invitation, InvitationEnd.CANCELLED, at)
    PersonalLink.objects.filter(membership=member, revoked_at=None).update(revoked_at=at)
    record(application, Happening.PERSON_REMOVED, by, at, reason=reason, membership=member.pk)
    after_change(application, at)


@transaction.atomic
def remove_grant(
    *, application_id: int, grant_id: int, reason: str, by: User, at: datetime
) -> None:
    """Rely on a grant no longer; it stays on record, crossed out.

    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_edit``
    """
    application = claim_to_edit(application_id, by)
    relied = ReliedGrant.objects.get(
        application=application, grant=grant_id, removed_at__isnull=True
    )
    relied.removed_at = _moment_of_removal(application, at)
    relied.save(update_fields=["removed_at"])
    record(application, Happening.GRANT_REMOVED, by, at, reason=reason, grant=grant_id)
    after_change(application, at)
