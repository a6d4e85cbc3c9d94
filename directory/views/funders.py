"""The directory of funders: the list, one funder, and the same rows as a file."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import columns
from directory.as_of import AskedEdition, asked_edition, none_kept
from directory.contradiction_words import acronyms
from directory.filters import FunderFilter
from directory.history import KINDS, cells_of, fields_of, told
from directory.listing import history_of, in_reading_order, is_stale, rows_of
from directory.models import JAPAN_TIME, Agency, Edition, OwningAgency
from directory.spreadsheets import csv_response, xlsx_response
from directory.wordings import wording_of

AMED = OwningAgency.AMED


def _today() -> date:
    return timezone.localdate(timezone=JAPAN_TIME)


def _as_of(request: HttpRequest, asked: AskedEdition) -> dict[str, Any]:
    """What a page says of the edition it shows: which was asked for, and whether a newer one stands.

    ``pinned`` are the query's pairs that keep the edition in the addresses of the same pages.
    """
    edition = asked.edition
    problem = asked.problem or ("" if edition or not asked.day else none_kept(asked, AMED))
    pinned = [
        (name, value)
        for name in ("edition", "as_of")
        if (value := request.GET.get(name, "").strip())
    ]
    # Where nothing was asked, the newest is what is shown.
    newest = Edition.objects.newest(edition.owner) if edition and pinned else edition
    return {
        "edition": edition,
        "problem": problem,
        "day": asked.day,
        "pinned": pinned,
        "pin": urlencode(pinned),
        "superseded": edition if newest != edition else None,
        "newest": newest,
        "is_stale": edition and is_stale(edition.as_of, _today()),
    }


def _status(asked: AskedEdition) -> int:
    """A question that cannot be understood is refused; that no list is kept is an answer."""
    return 400 if asked.problem else 200


@login_not_required
def funders(request: HttpRequest) -> HttpResponse:
    """The list, the newest or as of the edition or the day that the address asks for."""
    asked = asked_edition(request.GET, AMED)
    rows = rows_of(asked.edition)
    found = FunderFilter(request.GET, queryset=rows)
    context = {
        "filter": found,
        "form": found.form,
        "rows": in_reading_order(found.qs),
        "total": rows.count(),
        "columns": columns.FUNDERS,
        **_as_of(request, asked),
    }
    return render(request, "directory/funders.html", context, status=_status(asked))


@login_not_required
def funders_csv(request: HttpRequest) -> HttpResponseBase:
    """The rows of the filtered list as CSV, or as a workbook with ``?format=xlsx``.

    A filter that cannot be read, or a list that is not kept, leads back to the page, which says
    what is wrong.
    """
    asked = asked_edition(request.GET, AMED)
    found = FunderFilter(request.GET, queryset=rows_of(asked.edition))
    if found.errors or asked.problem or (asked.day and not asked.edition):
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
    asked = asked_edition(request.GET, AMED)
    row = rows_of(asked.edition).filter(agency=agency).first()
    context = {
        "agency": agency,
        "row": row,
        "rule": row and row.notice_rule,
        "notice_to": row and columns.notice_to_words(row),
        "wording": row and wording_of(row),
        "history": _history(agency, asked.edition.owner if asked.edition else AMED),
        "history_columns": [_("What"), _("Before"), _("After")],
        **_as_of(request, asked),
    }
    # Not on the list is an answer, not an error; only a slug of nobody is "not found".
    return render(request, "directory/funder.html", context, status=_status(asked))


def _history(agency: Agency, owner: str) -> list[dict[str, Any]]:
    """How the list came to say what it says of a funder: newest first, each change with its edition."""
    names = acronyms()
    return [
        {
            "edition": edition,
            "kind": difference.kind,
            # The first list that is kept here is not the day on which the funder came to it.
            "label": _("On the list from then on")
            if not difference.before
            else KINDS[difference.kind],
            "rows": cells_of(fields_of(difference), names) if difference.kind == "CHANGED" else [],
        }
        for edition, difference in history_of(agency, owner)
        if told([difference])
    ]
