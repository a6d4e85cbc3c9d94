"""Asking people of a team by mail: invite, remind, correct the address, cancel."""

from datetime import datetime

from django.db import transaction

from applications import invitation_mail, outbox, permissions
from applications.actions.claiming import claim_to_edit, mark_changed, must_be_open, record
from applications.actions.consents import let_confirmation_lapse
from applications.actions.drafting import current_member
from applications.actions.ending import end_invitation, open_invitation, revoke_personal_links
from applications.actions.invitation_limits import forgotten_digest, within_limits
from applications.actions.refusals import (
    AddressForgotten,
    AlreadyConfirmed,
    Conflict,
    InvitationOver,
    NoAddress,
    NotPermitted,
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
from applications.models.invitation import new_token, token_digest
from directory.models import Agency, User


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
    *,
    application_id: int,
    membership_id: int,
    agency_id: int | None,
    by: User,
    at: datetime,
    seen: str = "",
) -> Invitation:
    """Mail a member the link that asks them to confirm; a former link stops working.

    A second press while an invitation is open and fresh sends nothing twice: it is refused as
    too soon. ``seen`` is the fingerprint of the preview (``Mail.fingerprint``), where there was one.

    :raises Conflict: what would be sent is not what the preview showed
    :raises NoAddress, AddressForgotten, AlreadyConfirmed, TooSoon, TooManyInvitations: see
        ``must_be_askable``
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_invite``
    """
    application = claim_to_invite(application_id, by)
    member = current_member(application, membership_id)
    agency = Agency.objects.get(pk=agency_id) if agency_id else None
    former = open_invitation(member)
    if agency is None and former is not None:
        agency = former.agency
    return _send(application, member, agency, by, at, is_reminder=False, seen=seen)


@transaction.atomic
def remind(
    *, application_id: int, membership_id: int, by: User, at: datetime, seen: str = ""
) -> Invitation:
    """Mail the invitation again with a new link and a new term; the former link stops working.

    :raises InvitationOver: the person was never invited, or has answered
    :raises Conflict: what would be sent is not what the preview showed
    :raises NoAddress, AddressForgotten, AlreadyConfirmed, TooSoon, TooManyInvitations: see
        ``must_be_askable``
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_invite``
    """
    application = claim_to_invite(application_id, by)
    member = current_member(application, membership_id)
    former = open_invitation(member)
    if former is None:
        raise InvitationOver(member.invitations.order_by("-pk").first())
    return _send(application, member, former.agency, by, at, is_reminder=True, seen=seen)


@transaction.atomic
def correct_address(
    *, application_id: int, membership_id: int, email: str, by: User, at: datetime
) -> Invitation:
    """Put a mended address in the place of a wrong one and invite the person there.

    The former link, which may lie in a stranger's mailbox, stops working. A confirmation recorded
    on behalf was given for the former address, and lapses.

    :raises InvitationOver: the person was never invited, or has answered
    :raises NoAddress, AddressForgotten, AlreadyConfirmed, TooSoon, TooManyInvitations: see
        ``must_be_askable``
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_invite``
    """
    application = claim_to_invite(application_id, by)
    member = current_member(application, membership_id)
    former = open_invitation(member)
    if former is None:
        raise InvitationOver(member.invitations.order_by("-pk").first())
    if member.role == Role.PARTNER and member.confirmed_at and member.researcher.email != email:
        let_confirmation_lapse(application, member, by, at)
    member.researcher.email = email
    member.researcher.save()
    revoke_personal_links(member, at)
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
    _appointed_by_a_sender(application, member, by)
    former = open_invitation(member)
    if former is not None:
        end_invitation(former, InvitationEnd.CANCELLED, at)
        mark_changed(application, at)
        record(application, Happening.INVITATION_CANCELLED, by, at, membership=member.pk)
    return former


def must_be_askable(
    application: Application, member: Membership, by: User, at: datetime, *, is_reminder: bool
) -> None:
    """Ask whether a mail may go to this member now. It changes nothing, so pages ask it too.

    Somebody who joined without an account may be asked once more, to join with one: only an
    account opens a team's pages.

    :raises NoAddress: no address is recorded for the person
    :raises AddressForgotten: the owner of the address asked not to be written to
    :raises AlreadyConfirmed: the person has confirmed
    :raises TooSoon: the address was written to less than 72 hours ago
    :raises TooManyInvitations: 20 are open in the team, or the account sent 60 within a day
    :raises CallClosed: nobody could answer any more
    :raises NotPermitted: the person is a deputy, and ``by`` may not submit
    """
    _appointed_by_a_sender(application, member, by)
    must_be_open(application)
    email = member.researcher.email
    joined = member.role == Role.PARTNER or member.researcher.user_id is not None
    if member.role == Role.LEAD or (member.confirmed_how == ConfirmedHow.SELF and joined):
        raise AlreadyConfirmed
    if not email:
        raise NoAddress
    if ForgottenAddress.objects.filter(digest=forgotten_digest(email)).exists():
        raise AddressForgotten
    within_limits(application, member, by, at, is_reminder=is_reminder)


def _appointed_by_a_sender(application: Application, member: Membership, by: User) -> None:
    """Keep who may not submit from asking a deputy in, or from sending a deputy's link elsewhere.

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
    seen: str = "",
) -> Invitation:
    must_be_askable(application, member, by, at, is_reminder=is_reminder)
    email, language = member.researcher.email, member.researcher.language
    expires_at = invitation_mail.lasts_until(at)
    mail = invitation_mail.invitation_mail(
        application=application,
        member=member,
        inviter=by,
        email=email,
        language=language,
        expires_at=expires_at,
        is_reminder=is_reminder,
    )
    if seen and seen != mail.fingerprint(email):
        raise Conflict({}, {})
    former = open_invitation(member)
    if former is not None:
        end_invitation(former, InvitationEnd.REPLACED, at)
    token = new_token()
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
        by=by,
        at=at,
    )
    invitation.save()
    mark_changed(application, at)
    happening = Happening.REMINDED if is_reminder else Happening.INVITED
    record(application, happening, by, at, membership=member.pk, invitation=invitation.pk)
    return invitation
