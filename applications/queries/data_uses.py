"""What staff read and took out, as far as somebody may see it, and the days that stand out."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from applications.models import DataUse, DataUseKind
from applications.rules.volume import LOOKS_BACK, DayOfUse, Measure, UnusualDay, unusual_days
from directory.models import JAPAN_TIME, StaffRole, User

SHOWN_FOR = timedelta(days=30)


def sees_colleagues(user: User) -> bool:
    """Whether the uses of a whole agency are this account's to look at; others see their own."""
    return user.is_superuser or (bool(user.staff_agency) and user.staff_role == StaffRole.APPROVER)


def uses_seen_by(user: User) -> QuerySet[DataUse]:
    """Return the uses of the agency's data: all of them for an approver, else one's own.

    What belongs to an application is its agency's, whoever looked; an export is the agency's for
    whose calls it was made. One over both agencies, a superuser's, is for superusers alone.
    """
    uses = DataUse.objects.all()
    if user.is_superuser:
        return uses
    if not user.staff_agency:
        return uses.none()
    ours = uses.filter(
        Q(application__call__owner=user.staff_agency)
        | Q(application__isnull=True, agency=user.staff_agency)
    )
    return ours if sees_colleagues(user) else ours.filter(by=user)


def unusual_uses(uses: QuerySet[DataUse], now: datetime) -> list[UnusualDay]:
    """Return the unusual days of the last 30 among ``uses``; one statement."""
    shown = (now - SHOWN_FOR).astimezone(JAPAN_TIME).date()
    days = list(_days(uses.filter(at__gte=now - SHOWN_FOR - LOOKS_BACK - timedelta(days=1))))
    return [one for one in unusual_days(days) if one.day >= shown]


def _days(uses: QuerySet[DataUse]) -> Iterator[DayOfUse]:
    of_exports = Q(kind=DataUseKind.EXPORT)
    exports = of_exports & ~Q(filters__startswith=f"{DataUse.CORRECTS}=")  # notes on others' rows
    rows = (
        uses.annotate(day=TruncDate("at", tzinfo=JAPAN_TIME))
        .order_by()
        .values("by", "day")
        .annotate(
            readings=Count("pk", filter=~of_exports),
            listed=Sum("rows", filter=~of_exports),
            exports=Count("pk", filter=exports),
            taken=Sum("rows", filter=exports & Q(personal=True)),
        )
        .values_list("by", "day", "readings", "listed", "exports", "taken")
    )
    for person, day, readings, listed, exported, taken in rows:
        for measure, amount in (
            (Measure.READINGS, readings),
            (Measure.LISTED, listed),
            (Measure.EXPORTS, exported),
            (Measure.ROWS, taken),
        ):
            if amount:
                yield DayOfUse(person, day, measure, amount)
