"""Taking a filtered list out as a file: the page before it, and the file, on record before it leaves."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_filters import FilterSet

from applications import actions
from applications.exports import Counted, Export
from applications.forms.exporting import CODES, WITH, ExportForm
from applications.models import DataUse
from applications.queries import staff
from applications.views import one_at_a_time
from applications.views.staff import (
    asks_for_the_unknown,
    filter_asked,
    listed,
    query_of,
    staff_applications,
    unknown_parameters,
)
from aspire.busy import without_limit
from directory import formatting, spreadsheets
from directory.models import JAPAN_TIME
from directory.spreadsheets import Column

logger = logging.getLogger(__name__)

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


def _announced(found: FilterSet) -> int:
    """How many rows the file will have, as far as they are counted before its first byte leaves.

    One more than the cap stands for all that are more; the record of the rows that left says how many.
    """
    return staff.capped_count(found.qs, staff.MOST_COUNTED)


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
    rows = _announced(asked[1])
    return _file(request, *asked, rows, form=form, codes=codes, personal=False, reason="")


@require_http_methods(["GET", "HEAD", "POST"])
def export_page(request: HttpRequest, name: str) -> HttpResponseBase:
    """Say what the file would hold, and give it: personal columns only with a reason."""
    asked = _asked(request, name)
    if isinstance(asked, HttpResponse):
        return asked
    rows = _announced(asked[1])
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
    """Record the export, then answer with it; while it leaves, there is no other for the same person."""
    end = one_at_a_time.begin(request)
    if end is None:
        back = reverse("applications:staff_export_page", args=[export.name])
        return one_at_a_time.refuse(request, f"{back}?{query_of(request)}")
    try:
        columns = export.chosen(personal=personal)
        use = actions.record_export(
            name=f"{export.name}.{form}",
            filters=urlencode(filter_asked(request, type(found))),
            columns=[column.code for column in columns],
            personal=any(column.personal for column in columns),
            rows=rows,
            reason=reason,
            by=request.user,
            at=timezone.now(),
        )
        counted = Counted(
            _in_its_own_time(export.rows_for(found.qs, found.form.cleaned_data.get("agency", "")))
        )
        answer = _answer(export, use, form, columns, counted, codes)
    except BaseException:
        end()
        raise

    def left() -> None:
        end()
        try:
            actions.record_rows_written(
                use=use, rows=counted.number, by=request.user, at=timezone.now()
            )
        except Exception:  # a response that is closed swallows errors in silence
            logger.exception("The rows of export %s could not be recorded", use.pk)
            raise

    answer.streaming_content = one_at_a_time.Leaving(answer.streaming_content, left)
    return answer


def _in_its_own_time(rows: Iterator[Any]) -> Iterator[Any]:
    """Read rows without the limit of time that pages have: a whole list takes longer than a page."""
    with without_limit():
        yield from rows


def _answer(
    export: Export,
    use: DataUse,
    form: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    codes: bool,
) -> StreamingHttpResponse:
    """The file, with the day and the number of its record in its name; a workbook says them inside, too."""
    day = timezone.localdate(use.at, JAPAN_TIME)
    filename = f"{export.name}-{day.isoformat()}-{use.pk}.{form}"
    if form == "csv":
        return spreadsheets.csv_response(filename, columns, rows, codes)
    said = {
        "title": str(export.title),
        "comments": _(
            "Export %(number)s of %(day)s, by staff of %(agency)s. The portal has on record under this number who took it out, when and why."
        )
        % {
            "number": use.pk,
            "day": formatting.long_date(day, get_language()),
            "agency": use.agency or "AMED, JST",
        },
        "created": use.at.astimezone(UTC).replace(tzinfo=None),
    }
    return spreadsheets.xlsx_response(filename, columns, rows, codes, said)


def _counted(rows: int) -> str:
    if rows > staff.MOST_COUNTED:
        return _("More than %(most)s") % {"most": f"{staff.MOST_COUNTED:,}"}
    return f"{rows:,}"


def _page(
    request: HttpRequest, export: Export, found: FilterSet, rows: int, form: ExportForm
) -> HttpResponse:
    list_url = reverse(f"applications:staff_{export.name}")
    context: dict[str, Any] = {
        "title": _("Export: %(list)s") % {"list": export.title},
        "purpose": export.purpose,
        "filter": found,
        "rows": rows,
        "counted": _counted(rows),
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
