"""Who stands in a team's places: a claim to be the person invited, and a new lead for one that is gone."""

from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.claiming import claim, claim_to_edit, record
from applications.actions.consents import ReasonNeeded
from applications.actions.drafting import current_member, touch
from applications.actions.orcids import give_entry
from applications.actions.posting import tell_claimant
from applications.actions.refusals import Conflict, InvitationOver, NoAccount, NotPermitted
from applications.models import Application, Happening, Invitation, Membership, Role
from applications.workflow import FINAL, NotAllowed
from directory.models import User


@transaction.atomic
def hand_over_lead(
    *, application_id: int, membership_id: int, reason: str, by: User, at: datetime
) -> Application:
    """Make another person of the Japan side the lead; the former lead stays as co-investigator.

    The lead or a deputy may; so may an officer of the call's agency, for a team that cannot.
    What was submitted keeps the lead it was submitted with.

    :raises ReasonNeeded: the reason is empty
    :raises NoAccount: the person has not joined with an account, and could not submit
    :raises NotAllowed: the application is decided or withdrawn, or the person is a partner abroad
    :raises NotPermitted: ``by`` may not
    """
    application = claim(application_id, permissions.HAND_OVER_LEAD, by)
    if application.status in FINAL:
        raise NotAllowed(permissions.HAND_OVER_LEAD, application.status)
    if not reason.strip():
        raise ReasonNeeded
    member = current_member(application, membership_id)
    if member.role == Role.LEAD:
        return application
    if member.role == Role.PARTNER:
        raise NotAllowed(permissions.HAND_OVER_LEAD, application.status)
    if member.researcher.user_id is None:
        raise NoAccount
    # The database allows one lead at a time: the former one steps down first.
    Membership.objects.current().filter(team=application.team_id, role=Role.LEAD).update(
        role=Role.MEMBER
    )
    member.role = Role.LEAD
    member.save(update_fields=["role"])
    record(application, Happening.LEAD_HANDED_OVER, by, at, reason=reason, membership=member.pk)
    touch(application, at)
    return application


@transaction.atomic
def decide_claim(
    *,
    application_id: int,
    invitation_id: int,
    claimant_id: int,
    approve: bool,
    by: User,
    at: datetime,
) -> Invitation:
    """Say whether who answered from another account is the person invited.

    Approved, the account is the member's and may confirm; refused, the link waits on for the
    person. Nothing is confirmed by this, and the claimant is told either way. ``claimant_id`` is the account that was shown: another
    may have answered since, and is not let in unseen.

    :raises Conflict: it is another account's claim that waits now
    :raises NotPermitted: ``by`` is neither lead nor deputy
    :raises InvitationOver: nothing waits to be decided
    :raises NotAllowed, CallClosed: see ``claim_to_edit``
    """
    application = claim_to_edit(application_id, by)
    if not permissions.may(by, permissions.DECIDE_CLAIM, application):
        raise NotPermitted(permissions.DECIDE_CLAIM)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("membership__researcher", "claimed_by")
        .get(pk=invitation_id, application=application)
    )
    if invitation.ended_how or invitation.claimed_by is None:
        raise InvitationOver(invitation)
    if invitation.claimed_by_id != claimant_id:
        raise Conflict({}, {})
    member, claimant = invitation.membership, invitation.claimed_by
    if approve:
        give_entry(member.researcher, claimant).save(update_fields=["user", "orcid"])
    invitation.claimed_by = invitation.claimed_at = None
    invitation.save(update_fields=["claimed_by", "claimed_at"])
    record(
        application,
        Happening.CLAIM_APPROVED if approve else Happening.CLAIM_REFUSED,
        by,
        at,
        membership=member.pk,
        account=claimant.pk,
    )
    tell_claimant(application, member, claimant, approve, at)
    return invitation
