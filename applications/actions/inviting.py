"""Asking people of a team by mail: invite, remind, correct the address, cancel, decide a claim."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from applications import invitation_mail, outbox, permissions
from applications.actions.claiming import claim_to_edit, mark_changed, record
from applications.actions.drafting import current_member
from applications.actions.refusals import (
    AddressForgotten,
    AlreadyConfirmed,
    InvitationOver,
    NoAddress,
    NotPermitted,
    TooManyInvitations,
    TooSoon,
)
from applications.models import (
    Application,
    ConfirmedHow,
    ForgottenAddress,
    Happening,
    Invitation,
    InvitationEnd,
    Membership,
    MessageKind,
    Role,
)
from applications.models.invitation import (
    INVITATION_LASTS,
    MOST_OPEN,
    REMINDER_AFTER,
    new_token,
    token_digest,
)
from directory.addresses import canonical
from directory.models import Agency, User

# Invitations of one account within a day, whatever its teams: a team is quickly made.
MOST_A_DAY = 60
DAY = timedelta(days=1)


def claim_to_invite(application_id: int, by: User) -> Application:
    """Lock an application whose people ``by`` may ask by mail, while its answers may change.

    :raises NotPermitted: ``by`` is not of the team's writers (staff do not invite)
    :raises NotAllowed, CallClosed: see ``claim_to_edit``
    """
    application = claim_to_edit(application_id, by)
    if not permissions.may(by, permissions.INVITE, application):
        raise NotPermitted(permissions.INVITE)
    return application


@transaction.atomic
def invite(
    *, application_id: int, membership_id: int, agency_id: int | None, by: User, at: datetime
) -> Invitation:
    """Mail a member the link that asks them to confirm; a former link stops working.

    A second press while an invitation is open and fresh sends nothing twice: it is refused as
    too soon.

    :raises NoAddress: no address is recorded for the person
    :raises AddressForgotten: the owner of the address asked not to be written to
    :raises AlreadyConfirmed: the person has confirmed
    :raises TooSoon: the address was written to less than 72 hours ago
    :raises TooManyInvitations: 20 are open in the team, or the account sent 60 within a day
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_invite``
    """
    application = claim_to_invite(application_id, by)
    member = current_member(application, membership_id)
    _appointed_by_a_sender(application, member, by)
    agency = Agency.objects.get(pk=agency_id) if agency_id else None
    former = open_invitation(member)
    if agency is None and former is not None:
        agency = former.agency
    return _send(application, member, agency, by, at, is_reminder=False)


@transaction.atomic
def remind(*, application_id: int, membership_id: int, by: User, at: datetime) -> Invitation:
    """Mail the invitation again with a new link and a new term; the former link stops working.

    :raises InvitationOver: the person was never invited, or has answered
    :raises NoAddress, AddressForgotten, AlreadyConfirmed, TooSoon, TooManyInvitations: see ``invite``
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_invite``
    """
    application = claim_to_invite(application_id, by)
    member = current_member(application, membership_id)
    former = open_invitation(member)
    if former is None:
        raise InvitationOver(member.invitations.order_by("-pk").first())
    return _send(application, member, former.agency, by, at, is_reminder=True)


@transaction.atomic
def correct_address(
    *, application_id: int, membership_id: int, email: str, by: User, at: datetime
) -> Invitation:
    """Put a mended address in the place of a wrong one and invite the person there.

    The former link, which may lie in a stranger's mailbox, stops working.

    :raises InvitationOver: the person was never invited, or has answered
    :raises NoAddress, AddressForgotten, AlreadyConfirmed, TooSoon, TooManyInvitations: see ``invite``
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_invite``
    """
    application = claim_to_invite(application_id, by)
    member = current_member(application, membership_id)
    former = open_invitation(member)
    if former is None:
        raise InvitationOver(member.invitations.order_by("-pk").first())
    member.researcher.email = email
    member.researcher.save()
    record(application, Happening.ADDRESS_CORRECTED, by, at, membership=member.pk)
    return _send(application, member, former.agency, by, at, is_reminder=False)


@transaction.atomic
def cancel_invitation(
    *, application_id: int, membership_id: int, by: User, at: datetime
) -> Invitation | None:
    """Make the open invitation's link stop working; without one, nothing happens.

    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_invite``
    """
    application = claim_to_invite(application_id, by)
    member = current_member(application, membership_id)
    former = open_invitation(member)
    if former is not None:
        end_invitation(former, InvitationEnd.CANCELLED, at)
        mark_changed(application, at)
        record(application, Happening.INVITATION_CANCELLED, by, at, membership=member.pk)
    return former


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


def forgotten_digest(email: str) -> str:
    """Return the keyed digest under which an address is remembered as forgotten."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, canonical(email).encode(), hashlib.sha256).hexdigest()


def _appointed_by_a_sender(application: Application, member: Membership, by: User) -> None:
    """A deputy may submit; so only who may submit asks one in.

    :raises NotPermitted: ``by`` may not
    """
    needs = permissions.DECIDE_CLAIM if member.role == Role.DEPUTY else permissions.INVITE
    if not permissions.may(by, needs, application):
        raise NotPermitted(needs)


def _send(
    application: Application,
    member: Membership,
    agency: Agency | None,
    by: User,
    at: datetime,
    *,
    is_reminder: bool,
) -> Invitation:
    email = member.researcher.email
    if not email:
        raise NoAddress
    if member.role == Role.LEAD or member.confirmed_how == ConfirmedHow.SELF:
        raise AlreadyConfirmed
    if ForgottenAddress.objects.filter(digest=forgotten_digest(email)).exists():
        raise AddressForgotten
    _within_limits(application, member, by, at, is_reminder=is_reminder)
    former = open_invitation(member)
    if former is not None:
        end_invitation(former, InvitationEnd.REPLACED, at)
    token, language = new_token(), member.researcher.language
    expires_at = at + INVITATION_LASTS
    mail = invitation_mail.invitation_mail(
        application=application,
        member=member,
        inviter=by,
        email=email,
        language=language,
        expires_at=expires_at,
        is_reminder=is_reminder,
    )
    invitation = Invitation(
        membership=member,
        application=application,
        email=email,
        language=language,
        agency=agency,
        is_reminder=is_reminder,
        token_digest=token_digest(token),
        created_at=at,
        created_by=by,
        expires_at=expires_at,
    )
    invitation.message = outbox.record_mail(
        kind=MessageKind.REMINDER if is_reminder else MessageKind.INVITATION,
        dedupe_key=f"invitation:{invitation.token_digest[:32]}",
        application=application,
        recipient=email,
        subject=mail.subject,
        text=mail.text,
        secret=invitation_mail.invitation_address(token, language),
        at=at,
    )
    invitation.save()
    mark_changed(application, at)
    happening = Happening.REMINDED if is_reminder else Happening.INVITED
    record(application, happening, by, at, membership=member.pk, invitation=invitation.pk)
    return invitation


def _within_limits(
    application: Application,
    member: Membership,
    by: User,
    at: datetime,
    *,
    is_reminder: bool,
) -> None:
    """Hold the limits that keep the portal from being used to pester people (hazards.md 25).

    They count what was sent, whether or not it was cancelled since. Two teams may each invite
    the same person; but a person is reminded once in 72 hours, whoever reminds.

    :raises TooSoon, TooManyInvitations: see ``invite``
    """
    recent = Invitation.objects.filter(
        email__iexact=member.researcher.email, created_at__gt=at - REMINDER_AFTER
    )
    if not is_reminder:
        recent = recent.filter(membership__team=application.team_id)
    last = recent.order_by("-created_at").first()
    if last is not None:
        raise TooSoon(last.created_at + REMINDER_AFTER)
    mine = Invitation.objects.filter(created_by=by, created_at__gt=at - DAY)
    if mine.count() >= MOST_A_DAY:
        raise TooManyInvitations(MOST_A_DAY, until=mine.earliest("created_at").created_at + DAY)
    others = Invitation.objects.open_at(at).filter(
        membership__team=application.team_id, membership__removed_at=None
    )
    if others.exclude(membership=member).count() >= MOST_OPEN:
        raise TooManyInvitations(MOST_OPEN)
