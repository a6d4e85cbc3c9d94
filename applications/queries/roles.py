"""Staff of one's own agency, and the record of how their roles came about."""

from django.db.models import QuerySet

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
