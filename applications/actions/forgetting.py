""" "Not me, forget me": a person whom a team named has their name and address taken out."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from applications.actions.claiming import lock, mark_changed, record
from applications.actions.ending import end_invitation
from applications.actions.invitation_limits import forgotten_digest
from applications.actions.ledger import sync_notices
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
    VersionPerson,
)
from applications.models.message import KEEPS_LINK
from applications.queries.application import workspace
from applications.queries.erasing import NOBODY
from applications.queries.invitations import address_of, is_forgotten, is_meant
from directory.models import Grant, Researcher

PERSONAL = ("family_latin", "given_latin", "reading", "email", "orcid", "erad_number")
OF_GRANT = ("agency_other", "programme_other", "reference", "key", "title", "role", "currency")


@transaction.atomic
def forget_invited(*, invitation_id: int, at: datetime) -> Invitation:
    """Take a person who never confirmed out of the team, with name, address and grants erased.

    The address is never written to again. Of the person stay the row without values and the
    events, which name nobody. It needs no open invitation: a dead link still forgets, also one
    whose address outlived its period. A link that went to a wrong address forgets that address,
    not the person who was meant.

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
        ForgottenAddress.objects.get_or_create(
            digest=forgotten_digest(address), defaults={"at": at}
        )
    if meant:
        _take_out(application, member, at)
        erase_entry(member.researcher)
    sent = Invitation.objects.filter(membership=member)
    _erase_mails(sent if meant else sent.filter(email__iexact=address), at)
    invitation.email = ""
    invitation.save(update_fields=["email"])
    end_invitation(invitation, InvitationEnd.FORGOTTEN, at)
    record(application, Happening.FORGOTTEN, member, at, membership=member.pk)
    sync_notices(workspace(application), at)
    mark_changed(application, at)
    return invitation


def _take_out(application: Application, member: Membership, at: datetime) -> None:
    member.removed_at, member.removed_reason = member.removed_at or at, ""
    member.confirmed_at, member.confirmed_how = None, ""
    member.confirmed_reason, member.confirmed_by = "", None
    member.save()
    ReliedGrant.objects.filter(grant__holder=member.researcher_id, removed_at=None).update(
        removed_at=at
    )
    PersonalLink.objects.filter(membership=member, revoked_at=None).update(revoked_at=at)


def erase_entry(researcher: Researcher) -> None:
    """Empty an entry, its grants and its names in submitted versions. Inside an action."""
    for grant in Grant.objects.filter(holder=researcher):
        for name in OF_GRANT:
            setattr(grant, name, "")
        grant.contact_name = grant.contact_email = ""
        grant.amount = grant.starts_on = grant.ends_on = None
        grant.save()
    researcher.name, researcher.institution, researcher.user = NOBODY, None, None
    researcher.department = researcher.position = ""
    for name in PERSONAL:
        setattr(researcher, name, "")
    researcher.save()
    VersionPerson.objects.filter(researcher=researcher).update(values={})


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
