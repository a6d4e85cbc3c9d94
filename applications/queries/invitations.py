"""Who is invited, where an invitation stands, and what an invited person vouches for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from allauth.account.models import EmailAddress

from applications.models import (
    Application,
    Event,
    Happening,
    Invitation,
    InvitationEnd,
    InvitationState,
    Membership,
    MessageState,
    PersonalLink,
    ReliedGrant,
)
from applications.models.invitation import REMINDER_AFTER, token_digest
from applications.queries.sections import grant_values, person_values
from applications.queries.traces import NOBODY
from applications.workflow import EDITABLE, Status
from directory.addresses import canonical
from directory.models import Institution, User


class Standing(StrEnum):
    """What the page behind a link says; only the first two let anybody act."""

    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"
    FORGOTTEN = "FORGOTTEN"
    REMOVED = "REMOVED"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    REPLACED = "REPLACED"
    WITHDRAWN = "WITHDRAWN"  # the application
    SETTLED = "SETTLED"  # the application is screened or decided
    CLOSED = "CLOSED"  # its deadline has passed
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Inviter:
    """Who asks, as an invited person sees it: the only other person whose address is shown."""

    name: str
    latin: str
    place: Institution | None
    email: str


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation behind a link, with all that its page shows; None for an unknown one."""
    return (
        Invitation.objects.with_token(token)
        .select_related(
            "membership__researcher__institution",
            "membership__confirmed_by",
            "application__team",
            "application__call__edition",
            "application__edition",
            "application__area",
            "agency",
            "created_by",
            "claimed_by",
        )
        .first()
    )


def link_of(token: str) -> PersonalLink | None:
    """Return the personal link of that secret, valid or not; None for an unknown one."""
    return (
        PersonalLink.objects.filter(token_digest=token_digest(token))
        .select_related("membership__researcher__institution", "membership__confirmed_by")
        .first()
    )


def newest_application(team_id: int) -> Application:
    """Return the application that a member's own page is about."""
    return (
        Application.objects.filter(team=team_id)
        .select_related("team", "call__edition", "edition", "area")
        .order_by("-created_at", "-pk")[0]
    )


def standing(invitation: Invitation, at: datetime) -> Standing:
    """Say what an invitation's page says at a moment, whoever reads it."""
    how, application = invitation.ended_how, invitation.application
    if how == InvitationEnd.FORGOTTEN:
        return Standing.FORGOTTEN
    if invitation.membership.removed_at is not None:
        return Standing.REMOVED
    if how:
        return Standing(how)
    if application.status == Status.WITHDRAWN:
        return Standing.WITHDRAWN
    if application.status not in EDITABLE:
        return Standing.SETTLED
    if not application.call.opens_at <= at < answers_until(application):
        return Standing.CLOSED
    return Standing.EXPIRED if invitation.expires_at <= at else Standing.OPEN


def answers_until(application: Application) -> datetime:
    """Return until when people may answer; a returned application has a date of its own."""
    return application.team_has_until


def inviter_of(invitation: Invitation) -> Inviter:
    """Return who sent an invitation, as the team names them."""
    by = invitation.created_by
    own = (
        Membership.objects.filter(team=invitation.application.team_id, researcher__user=by)
        .select_related("researcher__institution")
        .order_by("-pk")
        .first()
    )
    if own is None:
        return Inviter(by.get_full_name(), "", None, by.email)
    who = own.researcher
    return Inviter(who.name, who.name_latin, who.institution, by.email)


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


def address_of(invitation: Invitation) -> str:
    """Return the address that the link went to.

    Once its period is over the invitation keeps none: then its mail tells, or else the member's entry.
    """
    mail = invitation.message
    sent = invitation.email or (mail.recipient if mail else "")
    return sent or invitation.membership.researcher.email


def is_meant(invitation: Invitation) -> bool:
    """Whether the link went to the member's own address, and not to one that was mistaken for it."""
    return canonical(address_of(invitation)) == canonical(invitation.membership.researcher.email)


def is_forgotten(invitation: Invitation) -> bool:
    """Whether nothing stands of the person behind the link; an address that outlived its period is not all."""
    if invitation.ended_how == InvitationEnd.FORGOTTEN:
        return True
    return not invitation.email and invitation.membership.researcher.name == NOBODY


def has_answered_before(member: Membership) -> bool:
    """Whether the member once confirmed, or took a confirmation back, in their own name."""
    own_word = (Happening.CONFIRMED, Happening.CONSENT_WITHDRAWN)
    return Event.objects.filter(
        application__team=member.team_id, act__in=own_word, details__membership=member.pk
    ).exists()


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
        if one.email and not (
            one.message and one.message.state in (MessageState.FAILED, MessageState.DISCARDED)
        ):
            written[canonical(one.email)] = one.created_at
    return Asked(last, written)
