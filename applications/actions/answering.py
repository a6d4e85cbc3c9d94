"""What an invited person answers: opened, confirmed, declined."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.actions.claiming import lock, mark_changed, must_be_open, record
from applications.actions.consents import let_confirmation_lapse, write_attestation
from applications.actions.drafting import after_change, unchanged_since, write_relied_grant
from applications.actions.ending import end_invitation
from applications.actions.orcids import give_entry
from applications.actions.posting import owe_personal_link, tell_team
from applications.actions.refusals import InvitationOver, NotPermitted
from applications.models import (
    Actor,
    Application,
    ConfirmedHow,
    Happening,
    Invitation,
    InvitationEnd,
    Membership,
    ReliedGrant,
)
from applications.permissions import ANSWER, membership_of
from applications.queries.invitations import is_invited, own_facts
from applications.workflow import EDITABLE, NotAllowed
from directory.models import User


@transaction.atomic
def note_opened(*, invitation_id: int, at: datetime) -> None:
    """Note that a person looked at the page; the first time counts. A mail scanner never gets here."""
    Invitation.objects.filter(pk=invitation_id, opened_at=None, ended_how="").update(opened_at=at)


def _claim_invitation(invitation_id: int, at: datetime) -> tuple[Application, Invitation]:
    """Lock the application, then its invitation, and let only one whose link still acts pass.

    :raises InvitationOver: it was declined, cancelled, replaced or has expired
    :raises NotAllowed, CallClosed: the application takes no more answers
    """
    owner = Invitation.objects.only("application_id").get(pk=invitation_id).application_id
    application = lock(owner)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("membership__researcher__institution")
        .get(pk=invitation_id)
    )
    ended = invitation.ended_how not in ("", InvitationEnd.CONFIRMED)
    late = not invitation.ended_how and invitation.expires_at <= at
    if ended or late or invitation.membership.removed_at is not None:
        raise InvitationOver(invitation)
    if not invitation.ended_how:
        takes_answers(application)
    return application, invitation


def takes_answers(application: Application) -> None:
    if application.status not in EDITABLE:
        raise NotAllowed(ANSWER, application.status)
    must_be_open(application)


@transaction.atomic
def confirm_invitation(
    *,
    invitation_id: int,
    answers: Mapping[tuple[int | None, str], str],
    seen: str,
    account: User | None,
    at: datetime,
    entered: Mapping[str, Any] | None = None,
) -> Invitation:
    """Confirm as the person invited: take part, vouch for what is recorded, answer the conditions.

    ``entered`` is a grant that the person typed where none was recorded. ``answers`` maps (grant,
    condition) to ``GIVEN`` or ``DECLINED``, with no number for the grant just entered; ``seen`` is
    the fingerprint of what the page showed (``queries.invitations.own_facts``). Twice at once: one
    confirms, the other finds it confirmed. Signed in as somebody else than the person invited,
    nothing is confirmed: the claim waits for the lead.

    :raises Conflict: what was shown was changed meanwhile
    :raises NotPermitted: the account is another member's of the same team
    :raises InvitationOver, NotAllowed, CallClosed: see ``_claim_invitation``
    """
    application, invitation = _claim_invitation(invitation_id, at)
    member = invitation.membership
    if invitation.ended_how == InvitationEnd.CONFIRMED:
        return invitation
    if account is not None and not is_invited(account, invitation):
        return _claim(application, invitation, account, at)
    unchanged_since(seen, own_facts(application, member), {})
    actor: Actor = account or member
    _link(member, account)
    if entered is not None:
        grant = write_relied_grant(application, member, None, entered, "", actor, at)
        answers = {(one or grant.pk, code): answer for (one, code), answer in answers.items()}
    _opened(invitation, at)
    end_invitation(invitation, InvitationEnd.CONFIRMED, at)
    write_confirmation(application, member, answers, actor, at)
    owe_personal_link(application, member, at, by=actor)
    return invitation


def write_confirmation(
    application: Application,
    member: Membership,
    answers: Mapping[tuple[int | None, str], str],
    actor: Actor,
    at: datetime,
) -> None:
    """Store what somebody confirmed in their own name, record it, and tell the team."""
    relied = {
        one.grant_id: one
        for one in ReliedGrant.objects.filter(
            application=application, grant__holder=member.researcher_id, removed_at=None
        )
    }
    for (grant_id, code), answer in answers.items():
        if grant_id is not None and grant_id in relied:
            write_attestation(application, relied[grant_id], code, answer, actor, at)
    member.confirmed_at, member.confirmed_how = at, ConfirmedHow.SELF
    member.confirmed_reason, member.confirmed_by = "", None
    member.save()
    record(application, Happening.CONFIRMED, actor, at, membership=member.pk)
    after_change(application, at)
    tell_team(application, member, Happening.CONFIRMED, at, by=actor)


def _link(member: Membership, account: User | None) -> None:
    """Let a person who answers signed in find the team in their account."""
    if account is not None and member.researcher.user_id is None:
        give_entry(member.researcher, account).save(update_fields=["user", "orcid"])


def _opened(invitation: Invitation, at: datetime) -> None:
    invitation.opened_at = invitation.opened_at or at
    invitation.save(update_fields=["opened_at"])


def _claim(
    application: Application, invitation: Invitation, account: User, at: datetime
) -> Invitation:
    """Note that an account says it is the person invited, and tell those who decide.

    :raises NotPermitted: the account is another member's of the same team, and so is somebody else
    """
    if membership_of(account, application) is not None:
        raise NotPermitted(ANSWER)
    if invitation.claimed_by_id != account.pk:
        invitation.claimed_by, invitation.claimed_at = account, at
        invitation.save(update_fields=["claimed_by", "claimed_at"])
        member = invitation.membership
        record(application, Happening.CLAIMED, account, at, membership=member.pk)
        tell_team(application, member, Happening.CLAIMED, at, by=account, reason=account.email)
    return invitation


@transaction.atomic
def decline_invitation(
    *, invitation_id: int, reason: str, account: User | None, at: datetime
) -> Invitation:
    """Decline to take part. A confirmation that was recorded on behalf falls with it.

    :raises NotPermitted: signed in as somebody else than the person invited
    :raises InvitationOver, NotAllowed, CallClosed: see ``_claim_invitation``
    """
    application, invitation = _claim_invitation(invitation_id, at)
    if invitation.ended_how:
        raise InvitationOver(invitation)
    if account is not None and not is_invited(account, invitation):
        raise NotPermitted(ANSWER)
    member = invitation.membership
    actor: Actor = account or member
    if member.confirmed_at:
        let_confirmation_lapse(application, member, actor, at)
    _opened(invitation, at)
    end_invitation(invitation, InvitationEnd.DECLINED, at, reason)
    record(application, Happening.DECLINED, actor, at, reason=reason, membership=member.pk)
    mark_changed(application, at)
    tell_team(application, member, Happening.DECLINED, at, by=actor, reason=reason)
    return invitation


@transaction.atomic
def link_account(*, invitation_id: int, account: User) -> Membership:
    """Let somebody who confirmed without an account work on the application with one made later.

    :raises NotPermitted: the account's verified address is not the one invited
    :raises InvitationOver: it was not confirmed with this invitation, or the member has left
    """
    owner = Invitation.objects.only("application_id").get(pk=invitation_id).application_id
    lock(owner)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("membership__researcher")
        .get(pk=invitation_id)
    )
    member = invitation.membership
    if invitation.ended_how != InvitationEnd.CONFIRMED or member.removed_at is not None:
        raise InvitationOver(invitation)
    if not is_invited(account, invitation):
        raise NotPermitted(ANSWER)
    _link(member, account)
    return member
