"""The rows from which an edition's effect is worked out: grants relied on, application by application."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, QuerySet

from applications.models import ReliedGrant
from applications.workflow import Status
from directory.models import Call, Edition

COLUMNS = (
    *("application_id", "application__edition_id", "application__call_id"),
    *("application__status", "application__reference_on", "application__returned_until"),
    *("pk", "grant_id", "grant__holder__membership", "grant__agency__slug", "grant__agency_other"),
    *("grant__reference", "grant__programme__code", "grant__programme_other", "grant__starts_on"),
    *("grant__ends_on", "grant__holder__institution__country"),
)


class Row(NamedTuple):
    """One grant that an application relies on, as ``relied_rows`` gives it; in the order of ``COLUMNS``."""

    application: int
    pinned: int | None
    call: int
    status: str
    reference_on: date | None
    returned_until: datetime | None
    relied: int
    grant: int
    membership: int
    agency: str | None
    agency_other: str
    reference: str
    programme: str | None
    programme_other: str
    starts_on: date | None
    ends_on: date | None
    country: str | None


def relied_rows(calls: Collection[int], after: int = 0) -> QuerySet:
    """Return the grants that applications of these calls rely on, in the order of applications."""
    return (
        ReliedGrant.objects.filter(
            application_id__gt=after,
            application__call__in=calls,
            removed_at__isnull=True,
            grant__holder__membership__team=F("application__team"),
            grant__holder__membership__removed_at__isnull=True,
        )
        .exclude(application__status=Status.WITHDRAWN)
        .order_by("application_id", "pk")
        .values_list(*COLUMNS)
    )


def calls_that_may_take(edition: Edition, at: datetime) -> QuerySet[Call]:
    """The calls of the edition's agency that are open or ahead, under another list."""
    calls = Call.objects.filter(owner=edition.owner, closes_at__gt=at).exclude(edition=edition)
    return calls.order_by("closes_at", "pk")


def applications_to_judge(calls: Collection[int]) -> int:
    """Count the applications that ``effect_of`` passes, and those whose only grant's holder has left."""
    relied = ReliedGrant.objects.filter(application__call__in=calls, removed_at__isnull=True)
    live = relied.exclude(application__status=Status.WITHDRAWN)
    return live.values("application_id").distinct().count()
