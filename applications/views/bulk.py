"""The bulk check: a CSV of grants in, the verdicts on the page or as a file; nothing stored."""

import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from applications import bulk, wording
from applications.forms.bulk import BulkForm
from applications.queries.catalogue import OTHER, edition_facts, load_catalogue
from applications.rules.findings import MET, Verdict
from applications.views import one_at_a_time
from directory.columns import notice_to_words
from directory.listing import rows_of
from directory.models import JAPAN_TIME, Edition, OwningAgency
from directory.spreadsheets import BOM, STARTS_FORMULA

MOST_ROWS = 5_000
MOST_SHOWN = 500  # a page of five thousand rows helps nobody; the file has them all
DOWNLOAD = "download"


class Result(NamedTuple):
    """What came out: the heading, then every row with its cells in that order."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]


@csrf_protect
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_bulk(request: HttpRequest) -> HttpResponse:
    """Take a file and answer it, on the page or as a file; say what is wrong with it otherwise."""
    edition = Edition.objects.newest(OwningAgency.AMED)
    if edition is None:
        return render(request, "applications/check_no_list.html")
    posted = request.method == "POST"
    form = BulkForm(request.POST, request.FILES) if posted else BulkForm()
    result, status = None, 200
    today = timezone.localdate(timezone=JAPAN_TIME)
    on = today
    if posted and form.is_valid():
        on = form.cleaned_data["on"] or today
        edition = form.cleaned_data["as_of"] or edition
        end = one_at_a_time.begin(request)
        if end is None:
            form.add_error("file", one_at_a_time.still_running())
            status = 429
        else:
            try:
                result = checked(form.cleaned_data["file"], edition, on)
            except bulk.Unreadable as error:
                form.add_error("file", str(error))
            finally:
                end()
    if result and DOWNLOAD in request.POST:
        return as_file(result, f"checked-{on.isoformat()}.csv")
    context = {
        "form": form,
        "edition": edition,
        "columns": bulk.READ,
        "required": bulk.REQUIRED,
        "on": on,
        **(shown(result, edition) if result else {}),
    }
    return render(request, "applications/check_bulk.html", context, status=status)


def checked(file: Any, edition: Edition, on: Any) -> Result:
    """Judge every row, before anything is sent: a file that breaks off is refused whole.

    :raises bulk.Unreadable: it is no table of grants, or has too many rows
    """
    answered = bulk.checked_rows(
        io.BytesIO(file.read()), load_catalogue(), edition_facts(edition), on
    )
    names = next(answered)
    rows = list(islice(answered, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise bulk.Unreadable(
            _("The file has more than 5,000 rows. Split it, and send the parts one by one.")
        )
    if not rows:
        raise bulk.Unreadable(_("The file has a heading, but no row below it."))
    return Result(names, rows)


def as_file(result: Result, name: str) -> HttpResponse:
    text = io.StringIO()
    text.write(BOM)
    bulk.write_rows([result.names, *result.rows], text)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def shown(result: Result, edition: Edition) -> dict[str, Any]:
    """Return the page's own view of the rows: counts, rows that cannot be read, and a table."""
    # Ours come last: a file that was checked before has columns of the same names.
    rows = [dict(zip(result.names, row, strict=True)) for row in result.rows]
    told = {row.agency.slug: notice_to_words(row) for row in rows_of(edition)}
    counts = Counter(row["verdict"] for row in rows)
    wrong = [
        (_row_name(number, row), _plain(row["reasons"]))
        for number, row in enumerate(rows, start=2)
        if row["verdict"] == bulk.ERROR
    ]
    return {
        "counts": [
            (wording.verdict_label(verdict), counts[verdict])
            for verdict in Verdict
            if counts[verdict]
        ],
        "total": len(rows),
        "wrong": wrong[:MOST_SHOWN],
        "wrong_total": len(wrong),
        "table": [
            _line(number, row, told.get(row["agency_slug"], ""))
            for number, row in enumerate(rows[:MOST_SHOWN], start=2)
        ],
        "table_columns": [
            _("Row"),
            _("Funder"),
            _("Grant number"),
            _("Verdict"),
            _("What stands in the way"),
            _("Notice"),
        ],
        "cut": len(rows) > MOST_SHOWN,
    }


def _line(number: int, row: dict[str, str], to: str) -> list[str]:
    verdict, strength = row["verdict"], row["notice_strength"]
    if verdict == bulk.ERROR:
        label, reasons = _("Cannot be read"), _plain(row["reasons"])
    else:
        label, reasons = wording.verdict_label(verdict), _decisive(row["reasons"])
    notice = wording.strength_label(strength) if strength else ""
    return [
        _row_name(number, row),
        _funder(row),
        _plain(row.get("reference", "")) or "–",
        label,
        reasons or "–",
        f"{notice} – {to}" if to else notice or "–",
    ]


def _funder(row: dict[str, str]) -> str:
    slug = row["agency_slug"]
    if slug == OTHER:
        return _("Another funder")
    return slug.upper() or _plain(row.get("agency", "")) or "–"


def _decisive(reasons: str) -> str:
    """Say which rules are not met or open, in words."""
    found = [one.split("=") for one in reasons.split(";") if one]
    return " / ".join(
        _("%(rule)s: %(outcome)s")
        % {"rule": wording.rule_label(rule), "outcome": wording.outcome_label(outcome)}
        for rule, outcome in found
        if outcome != MET
    )


def _row_name(number: int, row: dict[str, str]) -> str:
    """Name a row by its place below the heading, and by its own id where it has one."""
    own = _plain(row.get("row_id", ""))
    return f"{number} ({own})" if own else str(number)


def _plain(cell: str) -> str:
    """Take back a guarding apostrophe: a page runs no formulas."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in STARTS_FORMULA else cell
