"""The directory of funders: the list, one funder, and the same rows as a file."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from directory import columns
from directory.filters import FunderFilter
from directory.listing import in_reading_order, is_stale, rows_of
from directory.models import JAPAN_TIME, Agency, Edition, OwningAgency
from directory.spreadsheets import csv_response, xlsx_response


def _today() -> date:
    return timezone.localdate(timezone=JAPAN_TIME)


@login_not_required
def funders(request: HttpRequest) -> HttpResponse:
    edition = Edition.objects.newest(OwningAgency.AMED)
    rows = rows_of(edition)
    found = FunderFilter(request.GET, queryset=rows)
    context = {
        "filter": found,
        "form": found.form,
        "rows": in_reading_order(found.qs),
        "total": rows.count(),
        "columns": columns.FUNDERS,
        "edition": edition,
        "is_stale": edition and is_stale(edition.as_of, _today()),
    }
    return render(request, "directory/funders.html", context)


@login_not_required
def funders_csv(request: HttpRequest) -> HttpResponseBase:
    """The rows of the filtered list as CSV, or as a workbook with ``?format=xlsx``.

    A filter that cannot be read leads back to the list, which says what is wrong.
    """
    found = FunderFilter(request.GET, queryset=rows_of(Edition.objects.newest(OwningAgency.AMED)))
    if found.errors:
        return redirect(f"{reverse('directory:funders')}?{request.GET.urlencode()}")
    rows = in_reading_order(found.qs)
    codes = request.GET.get("headers") == "codes"
    if request.GET.get("format") == "xlsx":
        return xlsx_response("funders.xlsx", columns.FUNDERS, rows, codes)
    return csv_response("funders.csv", columns.FUNDERS, rows, codes)


@login_not_required
def funder(request: HttpRequest, slug: str) -> HttpResponse:
    """One funder: what is asked, of whom, when; or that it is not on the list."""
    agency = get_object_or_404(Agency.objects.select_related("country", "parent"), slug=slug)
    edition = Edition.objects.newest(OwningAgency.AMED)
    row = rows_of(edition).filter(agency=agency).first()
    context = {
        "agency": agency,
        "edition": edition,
        "row": row,
        "rule": row and row.notice_rule,
        "notice_to": row and columns.notice_to_words(row),
        "is_stale": edition and is_stale(edition.as_of, _today()),
    }
    # Not on the list is an answer, not an error; only a slug of nobody is "not found".
    return render(request, "directory/funder.html", context)
