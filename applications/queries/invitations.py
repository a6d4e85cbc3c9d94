"""Who is invited, and what an invited person vouches for."""

from typing import Any

from allauth.account.models import EmailAddress

from applications.models import Application, Invitation, Membership, ReliedGrant
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
