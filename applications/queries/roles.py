"""Staff of one's own agency, and the record of how their roles came about."""

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from directory.models import StaffRole, StaffRoleChange, User

STRONGEST_FIRST = (StaffRole.APPROVER, StaffRole.OFFICER, StaffRole.VIEWER)


def staff_of(user: User) -> list[User]:
    """Accounts with a role in the agency of ``user`` (of both agencies for a superuser)."""
    found = _own(User.objects.exclude(staff_role=""), "staff_agency", user)
    return sorted(
        found, key=lambda one: (one.staff_agency, STRONGEST_FIRST.index(one.staff_role), one.email)
    )


def role_changes_of(user: User) -> QuerySet[StaffRoleChange]:
    """Changes of roles in that agency, the newest first."""
    changes = StaffRoleChange.objects.select_related("user", "by").order_by("-at", "-pk")
    return _own(changes, "agency", user)


def agency_then(who: str, moment: str) -> Coalesce:
    """The agency of whose staff ``who`` was at ``moment`` (both fields of the rows asked), else "".

    A colleague who goes to the other agency leaves behind what they did for the first one. Read
    from the change of role in force, else from what the next one changed; who has none is where
    they always were.
    """
    changes = StaffRoleChange.objects.filter(user=OuterRef(who))
    before = changes.filter(at__lte=OuterRef(moment)).order_by("-at", "-pk")
    after = changes.filter(at__gt=OuterRef(moment)).order_by("at", "pk")
    return Coalesce(
        Subquery(before.values(agency_of=_agency_where("role_after"))[:1]),
        Subquery(after.values(agency_of=_agency_where("role_before"))[:1]),
        F(f"{who}__staff_agency"),
    )


def _agency_where(role: str) -> Case:
    """The agency of a change, where ``role`` is one; nobody's where there is none."""
    return Case(When(**{role: ""}, then=Value("")), default=F("agency"))


def account_to_change(email: str, user: User) -> User | None:
    """The active account behind a verified address, unless it is staff of the other agency.

    Both absences are the same answer: an approver must not learn who works for the other agency.
    """
    from allauth.account.models import EmailAddress

    address = (
        EmailAddress.objects.filter(email=email.strip().lower(), verified=True)
        .select_related("user")
        .first()
    )
    if address is None or not address.user.is_active:
        return None
    found = address.user
    if user.is_superuser:
        return found
    ours = found.staff_agency in ("", user.staff_agency) and not found.is_superuser
    return found if ours else None


def _own(rows: QuerySet, field: str, user: User) -> QuerySet:
    if user.is_superuser:
        return rows
    return rows.filter(**{field: user.staff_agency}) if user.staff_agency else rows.none()
