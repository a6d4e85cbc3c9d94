"""What staff lists start from: rows of their own agency's calls, and counts that stop at a cap."""

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.db.models.expressions import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import cached_property

from applications.models import Application, Event, Membership, Notice, ReliedGrant
from directory.models import User

MOST_COUNTED = 10_000


def applications_of(user: User) -> QuerySet[Application]:
    """Applications of the user's own agency's calls, newest activity first."""
    return Application.objects.of_staff(user).order_by("-changed_at", "-pk")


def members_of(user: User) -> QuerySet[Membership]:
    """Application × person. The annotations walk one join, so that filters meet the same row."""
    return (
        Membership.objects.current()
        .annotate(
            application=F("team__applications"),
            receipt=F("team__applications__receipt"),
            call=F("team__applications__call"),
            search=F("team__applications__search_text"),
        )
        .filter(application__in=Application.objects.of_staff(user).values("pk"))
        .order_by("-pk", "-application")
    )


def grants_of(user: User) -> QuerySet[ReliedGrant]:
    """Grants relied on, without those crossed out."""
    return ReliedGrant.objects.filter(
        application__in=Application.objects.of_staff(user), removed_at__isnull=True
    ).order_by("-pk")


def notices_of(user: User) -> QuerySet[Notice]:
    """Rows of the ledger, without those crossed out."""
    return Notice.objects.filter(
        application__in=Application.objects.of_staff(user), removed_at__isnull=True
    ).order_by("-pk")


def events_of(user: User) -> QuerySet[Event]:
    """Events, the newest first, with the one actor's name."""
    return (
        Event.objects.filter(application__in=Application.objects.of_staff(user))
        .annotate(
            actor=Coalesce(
                NullIf("user__name", Value("")), "user__email", "membership__researcher__name"
            )
        )
        .order_by("-at", "-pk")
    )


def capped_count(queryset: QuerySet) -> int:
    """Return how many rows there are, at most ``MOST_COUNTED`` + 1: the database stops there."""
    return queryset.order_by()[: MOST_COUNTED + 1].count()


class CappedPaginator(Paginator):
    """Pages up to the cap; beyond it the reader narrows the list."""

    @cached_property
    def found(self) -> int:
        return capped_count(self.object_list)

    @cached_property
    def count(self) -> int:
        return min(self.found, MOST_COUNTED)

    @property
    def more(self) -> bool:
        return self.found > MOST_COUNTED
