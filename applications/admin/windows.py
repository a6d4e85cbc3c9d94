"""What the windows share: the own agency's rows alone, counted up to a cap, looked at on record."""

from typing import Any

from django.contrib import admin
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from applications import actions
from applications.models import Application, Membership
from applications.queries.staff import CappedPaginator
from directory.admin.site import Window
from directory.models import Call, User, search_key

# Whose row is whose is asked of each row that is counted; further down one searches.
MOST_COUNTED = 1_000


def people_of(user: User) -> QuerySet[Membership]:
    """Memberships of teams that applied to a call of the user's own agency."""
    return Membership.objects.filter(team__applications__call__in=Call.objects.visible_to(user))


class OwnCallFilter(admin.RelatedFieldListFilter):
    """Calls of the own agency, read from the calls: asking the listed rows would read them all."""

    def field_choices(
        self, field: Field, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[Any, str]]:
        return field.get_choices(
            include_blank=False,
            ordering=("-closes_at", "-pk"),
            limit_choices_to={"pk__in": Call.objects.visible_to(request.user)},
        )


class Recorded(Window):
    """A window whose looks are put on record, as the staff pages do.

    ``lists_people`` says that the list itself shows people; the page of one row always may, unless
    ``is_recorded`` is off. ``to_application`` leads from a row to its application; "" where it is
    of none.
    """

    to_application = ""
    lists_people = False
    is_recorded = True

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if self.lists_people and "cl" in shown:
            where = request.GET.urlencode()
            self._record(request, filters=where, rows=len(shown["cl"].result_list))
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().changeform_view(request, object_id, form_url, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("original")
        if shown is not None and self.is_recorded:
            self._record(request, application=self.application_of(shown), filters=f"row={shown.pk}")
        return response

    def application_of(self, row: Model) -> Application | None:
        """The application that the row is of, where it is of one."""
        found = row
        for step in filter(None, self.to_application.split("__")):
            found = getattr(found, step, None)
        return found if isinstance(found, Application) else None

    def _record(self, request: HttpRequest, **page: Any) -> None:
        name = f"admin {self.opts.model_name}"
        actions.record_reading(name=name, by=request.user, at=timezone.now(), **page)


class OwnWindow(Recorded):
    """A window on rows that lead to an application of the own agency.

    ``to_application`` is that way; "" where ``own_rows`` knows another. Facets and the drill-down
    by date read every row of a list, so lists that grow have neither: they filter by date, which
    asks nothing.
    """

    to_application = "application"
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        found = super().get_queryset(request)
        return found if request.user.is_superuser else self.own_rows(found, request.user)

    def own_rows(self, found: QuerySet, user: User) -> QuerySet:
        """The rows among ``found`` that staff of one agency may see."""
        return found.filter(**{f"{self.to_application}__in": Application.objects.of_staff(user)})

    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet,
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
    ) -> CappedPaginator:
        return CappedPaginator(queryset, per_page, list, MOST_COUNTED)


class FoldedSearch:
    """Searches as the staff lists do: kanji, kana and Latin letters folded, by the trigram index."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return super().get_search_results(request, queryset, search_key(search_term))


class RowsWithin(admin.TabularInline):
    """Rows of the row that is open, to look at."""

    extra = 0
    max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
