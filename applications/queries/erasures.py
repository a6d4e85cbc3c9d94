"""Requests for erasure: a person's open one, and those that a staff account may see."""

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from applications.models import Application, Membership
from applications.queries.erasing import unclaimed_with
from applications.queries.roles import agency_then
from directory.addresses import canonical
from directory.models import Erasure, ErasureRequest, StaffRole, User

# What stands as the answer where the person took the request back; pages put it into words.
WITHDRAWN = "WITHDRAWN"
# And where it was done.
ERASED = "ERASED"


def open_request(user: User) -> ErasureRequest | None:
    """Return the request of ``user`` that waits for an answer; there is one at most."""
    return ErasureRequest.objects.filter(user=user, handled_at__isnull=True).first()


def sees_requests(user: User) -> bool:
    """Whether requests for erasure are this account's to look at: approvers and superusers."""
    return user.is_superuser or (bool(user.staff_agency) and user.staff_role == StaffRole.APPROVER)


def requests_of_staff(user: User) -> QuerySet[ErasureRequest]:
    """Return the requests of people in teams of the user's own agency, and of its own staff.

    Somebody who left a team counts too: the team still holds their data; and somebody whose entry
    nobody has claimed, by an address that the account has proved. Accounts that never were
    in a team belong to neither agency; superusers see those.
    """
    requests = ErasureRequest.objects.all()
    if user.is_superuser:
        return requests
    if not sees_requests(user):
        return requests.none()
    ours = Membership.objects.filter(
        team__applications__in=Application.objects.of_staff(user), researcher__user__isnull=False
    )
    return requests.alias(handled_for=agency_then("handled_by", "handled_at")).filter(
        Q(user__in=ours.values("researcher__user"))
        | Q(user__in=_named_in_unclaimed(user))
        | Q(user__staff_agency=user.staff_agency)
        | Q(handled_for=user.staff_agency)  # erased: no team names them any more
    )


def _named_in_unclaimed(staff: User) -> set[int]:
    """Accounts with an open request that have proved the address of an unclaimed entry in the scope."""
    waiting = ErasureRequest.objects.filter(handled_at=None).values("user")
    proved = [
        (account, canonical(email))
        for account, email in EmailAddress.objects.filter(
            user__in=waiting, verified=True
        ).values_list("user", "email")
    ]
    named = unclaimed_with([email for _account, email in proved], staff)
    theirs = {canonical(one.email) for one in named}
    return {account for account, email in proved if email in theirs}


def erasures_of_staff(user: User) -> QuerySet[Erasure]:
    """Return what people erased while staff of the user's own agency.

    Superusers see those of the system, too.
    """
    erasures = Erasure.objects.all()
    if user.is_superuser:
        return erasures
    if not sees_requests(user):
        return erasures.none()
    return erasures.alias(erased_for=agency_then("by", "at")).filter(erased_for=user.staff_agency)
