"""Who is invited, and what an invited person vouches for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress

from applications.models import (
    Application,
    Invitation,
    InvitationState,
    Membership,
    MessageState,
    ReliedGrant,
)
from applications.models.invitation import REMINDER_AFTER
from applications.queries.sections import grant_values, person_values
from directory.addresses import canonical
from directory.models import User


def is_invited(account: User, invitation: Invitation) -> bool:
    """Whether ``account`` is the person invited: approved by the lead, or by a verified address.

    ``invitation`` comes with ``membership__researcher``.
    """
    owner = invitation.membership.researcher.user_id
    if owner is not None:
        return owner == account.pk
    verified = EmailAddress.objects.filter(user=account, verified=True)
    wanted = canonical(invitation.email)
    return any(canonical(one) == wanted for one in verified.values_list("email", flat=True))


def own_facts(application: Application, member: Membership) -> dict[str, Any]:
    """Return what a person vouches for: their particulars and their grants, as stored now."""
    grants = (
        ReliedGrant.objects.filter(
            application=application, grant__holder=member.researcher_id, removed_at=None
        )
        .select_related("grant__agency", "grant__programme")
        .order_by("pk")
    )
    return {
        "person": person_values(member.researcher),
        "grants": [[one.grant_id, grant_values(one.grant)] for one in grants],
    }


# Somebody of the team must act before the person can answer.
NEEDS_THE_TEAM = frozenset(
    {InvitationState.FAILED, InvitationState.BOUNCED, InvitationState.CLAIMED}
)
# The person has the link, or will have it.
WAITS_FOR_THE_PERSON = frozenset(
    {InvitationState.WAITING, InvitationState.HANDED_OVER, InvitationState.OPENED}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a team has asked by mail: each member's last invitation, and when an address heard of us."""

    last: Mapping[int, Invitation]  # by membership
    written: Mapping[str, datetime]  # by address

    def again_at(self, email: str, at: datetime) -> datetime | None:
        """Return when the address may be written to again, as far as this team has written to it."""
        written = self.written.get(canonical(email))
        if written is None or written + REMINDER_AFTER <= at:
            return None
        return written + REMINDER_AFTER

    def open_of(self, member: Membership) -> Invitation | None:
        """Return the invitation that waits for the member's answer, though its term may be over."""
        found = self.last.get(member.pk)
        return found if found is not None and not found.ended_how else None

    def state_of(self, member: Membership, at: datetime) -> InvitationState | None:
        found = self.last.get(member.pk)
        return found.state_at(at) if found is not None else None


def asked_by(team_id: int) -> Asked:
    """Read a team's invitations in one statement, however many people."""
    rows = (
        Invitation.objects.filter(membership__team=team_id)
        .select_related("message", "claimed_by", "created_by")
        .order_by("pk")
    )
    last, written = {}, {}
    for one in rows:
        last[one.membership_id] = one
        if one.email and not (one.message and one.message.state == MessageState.FAILED):
            written[canonical(one.email)] = one.created_at
    return Asked(last, written)
