""" "Not me, forget me": a person whom a team named has their name and address taken out."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from applications.actions.claiming import lock, mark_changed, record
from applications.actions.emptying import empty_entry, noted, settle_emptied
from applications.actions.ending import end_invitation
from applications.actions.invitation_limits import forgotten_digest
from applications.actions.mentions import take_out_of_the_logs
from applications.actions.refusals import InvitationOver
from applications.models import (
    Application,
    ConfirmedHow,
    ForgottenAddress,
    Happening,
    Invitation,
    InvitationEnd,
    Membership,
    MessageState,
    PersonalLink,
    ReliedGrant,
)
from applications.models.message import KEEPS_LINK
from applications.queries.invitations import address_of, is_forgotten, is_meant
from directory.models import Erasure

ASKED = "the person asked to be forgotten"  # as the reason of an erasure that no staff decided


@transaction.atomic
def forget_invited(*, invitation_id: int, at: datetime) -> Invitation:
    """Take a person who never confirmed out of the team, and erase what the team held of them.

    The address is never written to again. Of the person stay the row without values and the
    events, which name nobody; it is on the list of erasures, so that a restore brings nobody back.
    It needs no open invitation: a dead link still forgets, also one whose address outlived its
    period. A link that went to a wrong address forgets that address, not the person who was meant.

    :raises InvitationOver: the person confirmed; they withdraw their consent instead
    """
    owner = Invitation.objects.only("application_id").get(pk=invitation_id).application_id
    application = lock(owner)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("membership__researcher")
        .get(pk=invitation_id)
    )
    if invitation.ended_how == InvitationEnd.CONFIRMED:
        raise InvitationOver(invitation)
    if is_forgotten(invitation):
        return invitation  # a second press, or another link of a person who is forgotten already
    member, address = invitation.membership, address_of(invitation)
    meant = is_meant(invitation)
    if meant and member.confirmed_how == ConfirmedHow.SELF:
        raise InvitationOver(invitation)
    if address:
        remember_forgotten(digest=forgotten_digest(address), at=at)
    sent = Invitation.objects.filter(membership=member)
    if meant:
        noted(member.researcher, at=at, reason=ASKED)
        _take_out(application, member, at)
        for one in sent.filter(ended_how=""):
            end_invitation(one, InvitationEnd.FORGOTTEN, at)
        take_out_of_the_logs(empty_entry(member.researcher, member.researcher.user, at))
        _erase_mails(sent, at)  # also where another member has the same address
    else:
        forget_address(invitation, at, reason=ASKED)
    invitation.refresh_from_db()
    end_invitation(invitation, InvitationEnd.FORGOTTEN, at)
    record(application, Happening.FORGOTTEN, member, at, membership=member.pk)
    settle_emptied(application, at)
    mark_changed(application, at)
    return invitation


@transaction.atomic
def remember_forgotten(*, digest: str, at: datetime) -> None:
    """Note the digest of an address that is not written to again; once is enough."""
    ForgottenAddress.objects.get_or_create(digest=digest, defaults={"at": at})


def forget_address(invitation: Invitation, at: datetime, *, reason: str) -> Erasure:
    """Empty what one member's invitations to one address hold of it. Inside an action."""
    lock(invitation.application_id)
    sent = Invitation.objects.filter(membership=invitation.membership_id)
    erasure, _new = noted(invitation, at=at, reason=reason)
    if invitation.email:
        _erase_mails(sent.filter(email__iexact=invitation.email), at)
    return erasure


def _take_out(application: Application, member: Membership, at: datetime) -> None:
    member.removed_at, member.removed_reason = member.removed_at or at, ""
    member.confirmed_at, member.confirmed_how = None, ""
    member.confirmed_reason, member.confirmed_by = "", None
    member.save()
    ReliedGrant.objects.filter(grant__holder=member.researcher_id, removed_at=None).update(
        removed_at=at
    )
    PersonalLink.objects.filter(membership=member, revoked_at=None).update(revoked_at=at)


def _erase_mails(sent: QuerySet[Invitation], at: datetime) -> None:
    """Take the address and the texts out of every mail that was to invite the person.

    Each of the links says from then on that the person is forgotten.
    """
    invitations = list(sent.select_related("message"))
    for one in invitations:
        if one.message is None:
            continue
        if (
            one.message.state in KEEPS_LINK
        ):  # what waits never leaves; a worker at it writes nothing
            one.message.state, one.message.reason = MessageState.DISCARDED, "forgotten"
        one.message.recipient = one.message.subject = one.message.text = one.message.secret = ""
        one.message.save()
    for one in invitations:
        if one.ended_how != InvitationEnd.CONFIRMED:
            end_invitation(one, InvitationEnd.FORGOTTEN, at)
        one.email = ""
        one.save(update_fields=["email"])
