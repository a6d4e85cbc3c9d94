"""How an open invitation ends: found under its lock, and closed with how and when."""

from datetime import datetime

from applications.actions.claiming import record
from applications.models import (
    Application,
    Happening,
    Invitation,
    InvitationEnd,
    Membership,
    PersonalLink,
)
from directory.models import User


def open_invitation(member: Membership) -> Invitation | None:
    """Return the member's invitation that has not ended, though its term may be over; locked."""
    return (
        Invitation.objects.select_for_update(of=("self",)).open().filter(membership=member).first()
    )


def end_invitation(
    invitation: Invitation, how: InvitationEnd, at: datetime, reason: str = ""
) -> None:
    """Close an invitation; its link no longer acts, and its page says so."""
    invitation.ended_how, invitation.ended_at, invitation.reason = how, at, reason
    invitation.save(update_fields=["ended_how", "ended_at", "reason"])


def close_former_mailbox(
    application: Application, member: Membership, by: User, at: datetime
) -> None:
    """Make the links in a mailbox that is the person's no longer, or never was, stop working."""
    invitation = open_invitation(member)
    if invitation is not None:
        end_invitation(invitation, InvitationEnd.CANCELLED, at)
        record(application, Happening.INVITATION_CANCELLED, by, at, membership=member.pk)
    revoke_personal_links(member, at)


def revoke_personal_links(member: Membership, at: datetime) -> None:
    """Make every link to the member's own page stop working."""
    PersonalLink.objects.filter(membership=member, revoked_at=None).update(revoked_at=at)
