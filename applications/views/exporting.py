"""Taking a filtered list out as a file: the page before it, and the file, on record before it leaves."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_filters import FilterSet

from applications import actions
from applications.exports import Export
from applications.forms.exporting import CODES, WITH, ExportForm
from applications.views.staff import (
    asks_for_the_unknown,
    filter_asked,
    listed,
    query_of,
    staff_applications,
    unknown_parameters,
)
from directory import spreadsheets

Asked = tuple[Export, FilterSet]


def _asked(request: HttpRequest, name: str) -> Asked | HttpResponse:
    """Return the export and the filtered list of the address, or the answer where it cannot be read."""
    mine = staff_applications(request)
    export, shown = listed(name)
    list_url = reverse(f"applications:staff_{name}")
    if unknown := unknown_parameters(request, shown.filter):
        return asks_for_the_unknown(request, export.title, list_url, unknown)
    found = shown.filter(request.GET, queryset=export.among(mine), request=request)
    if not found.is_valid():
        return redirect(f"{list_url}?{query_of(request)}")
    return export, found


@require_safe
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Download the rows of the filtered list without personal columns, as CSV or XLSX.

    A link can be mailed, kept and followed without thinking: it gives nothing that names a person.
    """
    asked = _asked(request, name)
    if isinstance(asked, HttpResponse):
        return asked
    form = request.GET.get("format", "csv")
    if form not in ("csv", "xlsx"):
        raise Http404
    codes = request.GET.get("headers") == "codes"
    rows = asked[1].qs.count()
    return _file(request, *asked, rows, form=form, codes=codes, personal=False, reason="")


@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request: HttpRequest, name: str) -> HttpResponseBase:
    """Say what the file would hold, and give it: personal columns only with a reason."""
    asked = _asked(request, name)
    if isinstance(asked, HttpResponse):
        return asked
    rows = asked[1].qs.count()
    form = ExportForm(request.POST if request.method == "POST" else None)
    if rows and request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        return _file(
            request,
            *asked,
            rows,
            form=given["format"],
            codes=given["headings"] == CODES,
            personal=given["columns"] == WITH,
            reason=given["reason"],
        )
    return _page(request, *asked, rows, form)


def _file(
    request: HttpRequest,
    export: Export,
    found: FilterSet,
    rows: int,
    *,
    form: str,
    codes: bool,
    personal: bool,
    reason: str,
) -> HttpResponseBase:
    """Record the export, then answer with it."""
    columns = export.chosen(personal=personal)
    actions.record_export(
        name=f"{export.name}.{form}",
        filters=urlencode(filter_asked(request, type(found))),
        columns=[column.code for column in columns],
        personal=any(column.personal for column in columns),
        rows=rows,
        reason=reason,
        by=request.user,
        at=timezone.now(),
    )
    respond = spreadsheets.xlsx_response if form == "xlsx" else spreadsheets.csv_response
    return respond(f"{export.name}.{form}", columns, export.rows(found.qs), codes)


def _page(
    request: HttpRequest, export: Export, found: FilterSet, rows: int, form: ExportForm
) -> HttpResponse:
    list_url = reverse(f"applications:staff_{export.name}")
    context: dict[str, Any] = {
        "title": _("Export: %(list)s") % {"list": export.title},
        "purpose": export.purpose,
        "filter": found,
        "rows": rows,
        "form": form,
        "columns": [_("Column"), _("Code"), _("Personal data")],
        "column_rows": [
            [column.header, column.code, _("Yes: only with a reason") if column.personal else "–"]
            for column in export.columns
        ],
        "list_url": f"{list_url}?{query_of(request)}",
        "trail": [
            (_("Staff"), reverse("applications:staff")),
            (export.title, f"{list_url}?{query_of(request)}"),
        ],
    }
    return render(request, "staff/export.html", context)
