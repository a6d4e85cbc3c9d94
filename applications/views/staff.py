"""Staff lists: applications, people, grants, notices and events of one's own agency."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django_filters import FilterSet

from applications import actions, filters, permissions
from applications.exports import EXPORTS, Export
from applications.models import Application, ApplicationQuerySet
from applications.queries import staff
from applications.queries.facets import MOST_FACETED
from applications.views.kept_view import kept_view, show_counts
from directory import formatting, spreadsheets
from directory.addresses import with_punycode
from directory.models.places import in_language

PAGE_SIZE = 50
TITLES = ("title_en", "title_ja")
WHEN = ("date", "moment")
OF_THE_PAGE = ("page", "format", "headers")  # parameters beside those of a list's filter


@dataclass(frozen=True, slots=True)
class StaffList:
    """A list page: an export's rows on screen, with fewer columns and a filter."""

    filter: type[FilterSet]
    columns: tuple[str, ...]

    @property
    def in_order(self) -> tuple[str, ...]:
        """The columns, of the two titles the one in the reader's language: both leave no room."""
        other = TITLES[0 if formatting.is_japanese(get_language()) else 1]
        return tuple(code for code in self.columns if code != other)


LISTS = {
    "applications": StaffList(
        filters.ApplicationFilter,
        ("call", "state", "title_en", "title_ja", "lead", "best_verdict", "submitted_at"),
    ),
    "members": StaffList(
        filters.MemberFilter,
        ("role", "name", "name_latin", "institution", "country", "email", "confirmed_at"),
    ),
    "grants": StaffList(
        filters.GrantFilter,
        ("holder", "country", "agency", "reference", "starts_on", "ends_on", "verdict", "warnings"),
    ),
    "notices": StaffList(
        filters.NoticeFilter,
        ("agency", "body_told", "holder", "strength", "state", "due_on", "done_on"),
    ),
    "events": StaffList(filters.EventFilter, ("at", "act", "to_state", "actor", "reason")),
}


def staff_applications(request: HttpRequest) -> ApplicationQuerySet:
    """Return the applications of the user's own agency's calls.

    :raises Http404: the account is not staff; these pages do not exist for it
    """
    if not request.user.is_staff:
        raise Http404
    return Application.objects.of_staff(request.user)


def listed(name: str) -> tuple[Export, StaffList]:
    """Return a list by its name.

    :raises Http404: there is none
    """
    if name not in LISTS:
        raise Http404
    return EXPORTS[name], LISTS[name]


def unknown_parameters(request: HttpRequest, filter_class: type[FilterSet]) -> list[str]:
    """The parameters of the address that this list does not know.

    Left aside in silence, a mistyped one would show, and download, more than was asked for.
    """
    known = {*filter_class.base_filters, *OF_THE_PAGE}
    return sorted(set(request.GET) - known)


def filter_asked(request: HttpRequest, filter_class: type[FilterSet]) -> list[tuple[str, str]]:
    """The filter of the address as it goes on record: what is set, always in the same order."""
    return [
        (name, value)
        for name in sorted(filter_class.base_filters)
        for value in request.GET.getlist(name)
        if value
    ]


def asks_for_the_unknown(
    request: HttpRequest, title: str, list_url: str, unknown: list[str]
) -> HttpResponse:
    """Answer an address with unknown parameters, without any row."""
    context = {
        "title": title,
        "unknown": [one[:100] for one in unknown[:10]],
        "list_url": list_url,
    }
    return render(request, "staff/unknown_parameter.html", context, status=400)


@require_safe
def staff_list(request: HttpRequest, name: str) -> HttpResponse:
    """Show one page of a filtered list."""
    mine = staff_applications(request)
    export, shown = listed(name)
    if unknown := unknown_parameters(request, shown.filter):
        list_url = reverse(f"applications:staff_{name}")
        return asks_for_the_unknown(request, export.title, list_url, unknown)
    found = shown.filter(request.GET, queryset=export.among(mine), request=request)
    queryset = found.qs if found.is_valid() else export.among(mine).none()
    is_screening = name == "applications"
    counted = not is_screening or not found.is_valid() or show_counts(found)
    kept = kept_view(request) if is_screening else ""
    paginator = staff.CappedPaginator(queryset, PAGE_SIZE, export.rows)
    try:
        page = paginator.page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
    record_list(request, name, shown.filter, page)
    return render(
        request,
        "staff/list.html",
        {
            "title": export.title,
            "filter": found,
            "form": found.form,
            "page_obj": page,
            "most": f"{staff.MOST_COUNTED:,}",
            "headings": [str(export.columns[0].header)]
            + [str(export.column(code).header) for code in shown.in_order],
            "rows": _on_screen(export, shown, page.object_list, kept),
            "most_counted": "" if counted else f"{MOST_FACETED:,}",
            "export_url": reverse("applications:staff_export_page", args=[name]),
            "query": query_of(request),
            "many_url": _many_url(request) if is_screening else "",
        },
    )


def record_list(request: HttpRequest, name: str, filter_class: type[FilterSet], page: Page) -> None:
    """Put on record that these rows, which name people, were looked at, page by page of the list."""
    where = [*filter_asked(request, filter_class), ("page", page.number)]
    actions.record_reading(
        name=name,
        filters=urlencode(where),
        rows=len(page.object_list),
        by=request.user,
        at=timezone.now(),
    )


def _many_url(request: HttpRequest) -> str:
    """The page that does one act to many of the filtered applications, for those who may."""
    user = request.user
    if not (user.is_superuser or user.staff_role in permissions.DECIDES):
        return ""
    return reverse("applications:staff_screening") + f"?{query_of(request)}"


def query_of(request: HttpRequest) -> str:
    """Return the filter of the address, to go into the links to the export and back."""
    kept = request.GET.copy()
    for name in ("page", "format", "headers"):
        kept.pop(name, None)
    return kept.urlencode()


def _on_screen(
    export: Export, shown: StaffList, rows: Iterable[tuple[Any, ...]], kept: str
) -> list[dict[str, Any]]:
    """Word the rows and what is alike in a column once, here: a template asks for each of 400 cells."""
    columns = [export.column(code) for code in shown.in_order]
    cells = [
        (
            _attributes_of(column),
            _title_of(export) if column.code in TITLES else person_reads(column),
        )
        for column in columns
    ]
    first = str(export.columns[0].header)
    ref, key = export.link
    before, after = reverse("applications:staff_application", args=[0]).split("/0/")
    return [
        {
            "url": f"{before}/{row[key]}/{after}{kept}",
            "first": first,
            "name": row[0] or row[ref],
            "cells": [(attributes, read(row)) for attributes, read in cells],
        }
        for row in rows
    ]


def _attributes_of(column: spreadsheets.Column) -> str:
    """The heading that a narrow screen shows beside a cell, and how it is set: moments keep to one line."""
    heading = format_html(' data-label="{}"', column.header)
    style = "when" if column.kind in WHEN else "title" if column.code in TITLES else ""
    return format_html('{} class="{}"', heading, style) if style else heading


def _title_of(export: Export) -> Callable[[Any], str]:
    """The title in the reader's language, or the other where that one is not written yet."""
    english, japanese = (spreadsheets.worded(export.column(code)) for code in TITLES)
    return lambda row: in_language(english(row) or "", japanese(row) or "")


def person_reads(column: spreadsheets.Column) -> Callable[[Any], str]:
    """Return how a column reads a row for the screen: dates and moments as people write them.

    The heading of a moment says that it is Japan's time; its cells do not repeat it.
    """
    read, language = spreadsheets.worded(column), get_language()
    if column.kind == "address":
        return lambda row: with_punycode(read(row) or "")

    def words(row: Any) -> str:
        value = read(row)
        if isinstance(value, datetime):
            return formatting.day_and_time(value, formatting.JAPAN, language)
        if isinstance(value, date):
            return formatting.short_date(value, language)
        return "" if value is None else value

    return words
