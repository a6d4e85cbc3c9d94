"""The orders of the staff's list of applications, and what stands before and after one of them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from applications.models import Application

# Where an application stands that was never submitted: at the end of either order.
AFTER_ALL = datetime(9000, 1, 1, tzinfo=UTC)
BEFORE_ALL = datetime(1000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Order:
    """By one moment of the application, and among equal ones by its key."""

    field: str
    descending: bool
    otherwise: datetime | None = None  # stands for a moment that has not come

    def moment_of(self, application: Application) -> datetime:
        found: datetime | None = getattr(application, self.field)
        return found or self.otherwise or BEFORE_ALL


ORDERS = {
    "": Order("changed_at", descending=True),
    "first": Order("submitted_at", descending=False, otherwise=AFTER_ALL),
    "last": Order("submitted_at", descending=True, otherwise=BEFORE_ALL),
}


def _placed(applications: QuerySet[Application], order: Order) -> QuerySet[Application]:
    if order.otherwise is None:
        return applications.annotate(place=F(order.field))
    empty = Value(order.otherwise, output_field=DateTimeField())
    return applications.annotate(place=Coalesce(order.field, empty))


def in_order(applications: QuerySet[Application], name: str) -> QuerySet[Application]:
    """Sort the applications by one of ``ORDERS``; no two ever stand at the same place."""
    order = ORDERS[name]
    sign = "-" if order.descending else ""
    return _placed(applications, order).order_by(f"{sign}place", f"{sign}pk")


def neighbours(
    applications: QuerySet[Application], application: Application, name: str
) -> tuple[int | None, int | None]:
    """Return the keys of those before and after ``application`` in the list; two statements.

    It need not be in the list any longer, as after an act that the list's filter leaves out: then
    these are the ones between which it would stand.
    """
    order = ORDERS[name]
    moment, rows = order.moment_of(application), _placed(applications, order)
    later = rows.filter(Q(place__gt=moment) | Q(place=moment, pk__gt=application.pk))
    earlier = rows.filter(Q(place__lt=moment) | Q(place=moment, pk__lt=application.pk))
    # The first bound is the second's consequence, and what an index can begin at.
    above = later.filter(place__gte=moment).order_by("place", "pk")
    below = earlier.filter(place__lte=moment).order_by("-place", "-pk")
    around = [rows.values_list("pk", flat=True).first() for rows in (above, below)]
    return (around[0], around[1]) if order.descending else (around[1], around[0])
