"""Staff roles: an approver gives, changes and takes those of the own agency, never the own, with a reason."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from applications import permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import NotPermitted
from directory.models import StaffRole, StaffRoleChange, User


class OwnRole(Exception):
    """Nobody changes their own role: a second person decides."""


class SameRole(Exception):
    """The account has that role already."""


class LastApprover(Exception):
    """The agency would be left without an approver; only a superuser may do that."""


@transaction.atomic
def change_staff_role(
    *, user_id: int, role: str, reason: str, by: User, at: datetime, agency: str = ""
) -> StaffRoleChange:
    """Give, change or (``role=""``) take a role in the agency of ``by``; a superuser names the agency.

    An account of the other agency is as one that does not exist.

    :raises NotPermitted: ``by`` is neither an approver nor a superuser
    :raises OwnRole: ``by`` is the account itself
    :raises ReasonNeeded: the reason is empty
    :raises User.DoesNotExist: there is no such active account, or it is the other agency's
    :raises SameRole: nothing would change
    :raises LastApprover: it is the agency's last approver, and ``by`` is no superuser
    """
    agency = agency if by.is_superuser else by.staff_agency
    # One statement locks the two and every approver, in one order: two approvers who take each
    # other's role meet here, and the second is judged by what the first left.
    approver = Q(staff_agency=agency, staff_role=StaffRole.APPROVER, is_active=True)
    asked = User.objects.select_for_update().order_by("pk")
    locked = {one.pk: one for one in asked.filter(Q(pk__in=[user_id, by.pk]) | approver)}
    decider = locked.get(by.pk)
    if decider is None or not permissions.may_change_roles(decider, agency):
        raise NotPermitted("change_staff_role")
    if user_id == by.pk:
        raise OwnRole
    if not reason.strip():
        raise ReasonNeeded
    user = locked.get(user_id)
    if user is None or not user.is_active or user.staff_agency not in ("", agency):
        raise User.DoesNotExist
    if user.is_superuser and not decider.is_superuser:
        raise User.DoesNotExist
    before = user.staff_role
    if before == role:
        raise SameRole
    left = [
        one for one in locked.values()
        if one.pk != user.pk and one.is_active
        and (one.staff_agency, one.staff_role) == (agency, StaffRole.APPROVER)
    ]  # fmt: skip
    if before == StaffRole.APPROVER and not left and not decider.is_superuser:
        raise LastApprover
    user.staff_agency, user.staff_role = (agency if role else ""), role
    user.save(update_fields=["staff_agency", "staff_role"])
    return StaffRoleChange.objects.create(
        user=user, by=by, agency=agency, role_before=before, role_after=role, reason=reason, at=at
    )
