"""Staff lists: applications, people, grants, notices and events of one's own agency, and their downloads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django_filters import FilterSet

from applications import filters, permissions
from applications.exports import EXPORTS, Export
from applications.models import Application, ApplicationQuerySet
from applications.queries import staff
from directory import formatting, spreadsheets
from directory.addresses import with_punycode

PAGE_SIZE = 50
IN_JAPANESE = {"title_en": "title_ja", "title_ja": "title_en"}
WHEN = ("date", "moment")
OF_THE_PAGE = ("page", "format", "headers")  # parameters beside those of a list's filter


@dataclass(frozen=True, slots=True)
class StaffList:
    """A list page: an export's rows on screen, with fewer columns and a filter."""

    filter: type[FilterSet]
    columns: tuple[str, ...]

    @property
    def in_order(self) -> tuple[str, ...]:
        """The columns, the title in the reader's language before the other."""
        if not formatting.is_japanese(get_language()):
            return self.columns
        return tuple(IN_JAPANESE.get(code, code) for code in self.columns)


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


def _listed(name: str) -> tuple[Export, StaffList]:
    if name not in LISTS:
        raise Http404
    return EXPORTS[name], LISTS[name]


def unknown_parameters(request: HttpRequest, filter_class: type[FilterSet]) -> list[str]:
    """The parameters of the address that this list does not know.

    Left aside in silence, a mistyped one would show, and download, more than was asked for.
    """
    known = {*filter_class.base_filters, *OF_THE_PAGE}
    return sorted(set(request.GET) - known)


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
    export, shown = _listed(name)
    if unknown := unknown_parameters(request, shown.filter):
        list_url = reverse(f"applications:staff_{name}")
        return asks_for_the_unknown(request, export.title, list_url, unknown)
    found = shown.filter(request.GET, queryset=export.among(mine), request=request)
    queryset = found.qs if found.is_valid() else export.among(mine).none()
    paginator = staff.CappedPaginator(queryset, PAGE_SIZE, export.rows)
    try:
        page = paginator.page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
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
            "rows": _on_screen(export, shown, page.object_list),
            "export_url": reverse("applications:staff_export", args=[name]),
            "query": _query(request),
            "many_url": _many_url(request) if name == "applications" else "",
        },
    )


def _many_url(request: HttpRequest) -> str:
    """The page that does one act to many of the filtered applications, for those who may."""
    user = request.user
    if not (user.is_superuser or user.staff_role in permissions.DECIDES):
        return ""
    return reverse("applications:staff_screening") + f"?{_query(request)}"


def _query(request: HttpRequest) -> str:
    """Return the filter of the address, to go into the download links."""
    kept = request.GET.copy()
    for name in ("page", "format", "headers"):
        kept.pop(name, None)
    return kept.urlencode()


def _on_screen(
    export: Export, shown: StaffList, rows: Iterable[tuple[Any, ...]]
) -> list[dict[str, Any]]:
    """Word the rows once, here: a template that translates 400 cells is slow."""
    columns = [export.column(code) for code in shown.in_order]
    cells = [(str(column.header), person_reads(column), column.kind in WHEN) for column in columns]
    first = str(export.columns[0].header)
    ref, key = export.link
    address = reverse("applications:staff_application", args=[0])
    return [
        {
            "url": address.replace("/0/", f"/{row[key]}/"),
            "first": first,
            "name": row[0] or row[ref],
            "cells": [(heading, read(row), when) for heading, read, when in cells],
        }
        for row in rows
    ]


def person_reads(column: spreadsheets.Column) -> Callable[[Any], str]:
    """Return how a column reads a row for the screen: dates and moments as people write them."""
    read, language = spreadsheets.worded(column), get_language()
    if column.kind == "address":
        return lambda row: with_punycode(read(row) or "")

    def words(row: Any) -> str:
        value = read(row)
        if isinstance(value, datetime):
            return formatting.moment(value, formatting.JAPAN, language)
        if isinstance(value, date):
            return formatting.long_date(value, language)
        return "" if value is None else value

    return words


@require_safe
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Download exactly the rows of the filtered list, as CSV or XLSX."""
    mine = staff_applications(request)
    source, shown = _listed(name)
    if unknown := unknown_parameters(request, shown.filter):
        list_url = reverse(f"applications:staff_{name}")
        return asks_for_the_unknown(request, source.title, list_url, unknown)
    found = shown.filter(request.GET, queryset=source.among(mine), request=request)
    if not found.is_valid():
        return redirect(f"{reverse(f'applications:staff_{name}')}?{_query(request)}")
    codes = request.GET.get("headers") == "codes"
    form = request.GET.get("format", "csv")
    if form not in ("csv", "xlsx"):
        raise Http404
    respond = spreadsheets.xlsx_response if form == "xlsx" else spreadsheets.csv_response
    return respond(f"{name}.{form}", source.columns, source.rows(found.qs), codes)
