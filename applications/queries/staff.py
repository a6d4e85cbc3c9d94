"""What staff lists and exports start from, given the applications one may see; and capped counts."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import cached_property

from applications.models import Application, Event, Membership, Notice, ReliedGrant
from applications.queries.submitted import as_submitted

MOST_COUNTED = 10_000


def applications_in(applications: QuerySet[Application]) -> QuerySet[Application]:
    """The same applications, newest activity first."""
    return applications.order_by("-changed_at", "-pk")


def members_in(applications: QuerySet[Application]) -> QuerySet[Membership]:
    """Application × person. The annotations walk one join, so that filters meet the same row."""
    return (
        Membership.objects.current()
        .annotate(
            application=F("team__applications"),
            receipt=F("team__applications__receipt"),
            call=F("team__applications__call__code"),
        )
        .filter(application__in=applications.values("pk"))
        .order_by("-pk", "-application")
    )


def grants_in(applications: QuerySet[Application]) -> QuerySet[ReliedGrant]:
    """Grants relied on, as submitted where the application was; see ``as_submitted``."""
    return as_submitted(ReliedGrant.objects.filter(application__in=applications)).order_by("-pk")


def notices_in(applications: QuerySet[Application]) -> QuerySet[Notice]:
    """Rows of the ledger, without those crossed out."""
    return Notice.objects.filter(application__in=applications, removed_at__isnull=True).order_by(
        "-pk"
    )


def events_in(applications: QuerySet[Application]) -> QuerySet[Event]:
    """Events, the newest first, with the one actor's name."""
    return (
        Event.objects.filter(application__in=applications)
        .annotate(
            actor=Coalesce(
                NullIf("user__name", Value("")),
                "user__email",
                "membership__researcher__name",
                output_field=TextField(),
            )
        )
        .order_by("-at", "-pk")
    )


def capped_count(queryset: QuerySet, most: int) -> int:
    """Return how many rows there are, at most ``most`` + 1: the database stops there."""
    return queryset.order_by()[: most + 1].count()


class CappedPaginator(Paginator):
    """Pages of rows up to the cap; beyond it the reader narrows the list.

    The page is read before anything is counted: one that is not full tells the number of rows by
    itself, so a search that finds one team searches once. ``read`` turns a slice into rows.
    """

    def __init__(
        self,
        queryset: QuerySet,
        per_page: int,
        read: Callable[[QuerySet], Iterable[Any]],
        most: int | None = None,
    ) -> None:
        super().__init__(queryset, per_page)
        self._read, self.most = read, most or MOST_COUNTED

    def page(self, number: int | str) -> Page:
        """Read one page.

        :raises InvalidPage: it is no number, has no rows, or lies beyond the cap
        """
        try:
            wanted = int(number)
        except ValueError as error:
            raise PageNotAnInteger(number) from error
        start = (wanted - 1) * self.per_page
        if not 0 <= start < self.most:
            raise EmptyPage(number)
        rows = list(self._read(self.object_list[start : start + self.per_page + 1]))
        if wanted > 1 and not rows:
            raise EmptyPage(number)
        if len(rows) <= self.per_page:
            self.found = start + len(rows)
        return Page(rows[: self.per_page], wanted, self)

    @cached_property
    def found(self) -> int:
        return capped_count(self.object_list, self.most)

    @cached_property
    def count(self) -> int:
        return min(self.found, self.most)

    @property
    def more(self) -> bool:
        return self.found > self.most
