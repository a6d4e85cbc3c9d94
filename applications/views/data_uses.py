"""The record of what staff read and took out: one's own; an approver's whole agency, and what stands out."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.apps import apps
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.exports import EXPORTS
from applications.filters import UseFilter
from applications.models import DataUse, DataUseKind
from applications.queries import data_uses, staff
from applications.rules.volume import LEAST, TIMES, Measure, UnusualDay
from applications.views.staff import (
    LISTS,
    PAGE_SIZE,
    asks_for_the_unknown,
    unknown_parameters,
)
from directory import formatting
from directory.models import User

READ_PAGES = {
    "application": gettext_lazy("Page of an application"),
    "applications": gettext_lazy("List of applications"),
    "members": gettext_lazy("List of people"),
    "grants": gettext_lazy("List of grants"),
    "notices": gettext_lazy("List of notices"),
    "events": gettext_lazy("List of events"),
    "mails": gettext_lazy("Mail queue"),
    "mail": gettext_lazy("Mail"),
    "letter": gettext_lazy("Letter to the team"),
    "erasures": gettext_lazy("Requests for erasure"),
    "erasure": gettext_lazy("Request for erasure"),
    "evidence": gettext_lazy("Evidence"),
    "evidence.json": gettext_lazy("Evidence as a file"),
}
# The team's own pages, which staff of the call's agency may open, by the name of their address.
TEAM_PAGES = {
    "team": gettext_lazy("Tasks"),
    "team_japan": gettext_lazy("The Japan side"),
    "team_people": gettext_lazy("Partners abroad"),
    "grants": gettext_lazy("Partners' grants"),
    "match": gettext_lazy("The match"),
    "match_under": gettext_lazy("The match under another list"),
    "check_answers": gettext_lazy("All answers"),
    "notices": gettext_lazy("Notices to funders"),
    "notice": gettext_lazy("Notice"),
    "receipt": gettext_lazy("Receipt"),
    "receipt_text": gettext_lazy("Receipt as text"),
    "erad_sheet": gettext_lazy("e-Rad copy sheet"),
    "proof": gettext_lazy("Uploaded copy"),
}


@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    """List the readings and exports that the reader may see, and above them the unusual days."""
    if not request.user.is_staff:
        raise Http404
    title, here = _("Readings and exports by staff"), reverse("applications:staff_uses")
    if unknown := unknown_parameters(request, UseFilter):
        return asks_for_the_unknown(request, title, here, unknown)
    colleagues = data_uses.sees_colleagues(request.user)
    seen = data_uses.uses_seen_by(request.user)
    rows = seen.select_related("by", "application__team").order_by("-at", "-pk")
    found = UseFilter(request.GET, queryset=rows, colleagues=colleagues, request=request)
    paginator = staff.CappedPaginator(
        found.qs if found.is_valid() else rows.none(), PAGE_SIZE, list
    )
    try:
        page = paginator.page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
    context = {
        "title": title,
        "colleagues": colleagues,
        "unusual": _unusual(request, seen) if colleagues else [],
        "rule": _rule(),
        "filter": found,
        "form": found.form,
        "page_obj": page,
        "most": f"{staff.MOST_COUNTED:,}",
        "columns": [
            {"label": _("At (Japan time)"), "when": True}, _("Who"), _("What"),
            {"label": _("Application"), "when": True}, _("Filter"),
            {"label": _("Columns"), "words": True}, {"label": _("Rows"), "numeric": True},
            {"label": _("Reason"), "words": True},
        ],
        "rows": [_row(use) for use in page.object_list],
    }  # fmt: skip
    return render(request, "staff/uses.html", context)


def _row(use: DataUse) -> list[Any]:
    application = use.application
    return [
        formatting.day_and_time(use.at, formatting.JAPAN, get_language()),
        use.by.get_full_name(),
        _what(use),
        (application.receipt or application.team.ref) if application else "–",
        "; ".join(_filter_words(use)) or "–",
        "; ".join(_column_words(use)) or "–",
        "–" if use.rows is None else use.rows,
        use.reason or "–",
    ]


def _what(use: DataUse) -> str:
    """The page or the file in words."""
    page, _space, which = use.name.partition(" ")
    if page == "admin":
        return _("Administration: %(rows)s") % {"rows": _model_words(which)}
    if page == "team":
        return _("Page of a team: %(page)s") % {"page": TEAM_PAGES.get(which, which)}
    if use.kind != DataUseKind.EXPORT:
        return f"{READ_PAGES.get(page, page)} {which}".strip()
    name, _dot, form = page.partition(".")
    words = {"number": use.pk, "file": _export_title(name), "format": form.upper()}
    if corrected := dict(parse_qsl(use.filters)).get(DataUse.CORRECTS):
        words["number"] = corrected
        return _("Rows written for export %(number)s: %(file)s (%(format)s)") % words
    if use.personal:
        return _("Export %(number)s: %(file)s (%(format)s), with personal columns") % words
    return _("Export %(number)s: %(file)s (%(format)s)") % words


def _model_words(name: str) -> str:
    """The rows of a window of the admin, as the admin calls them."""
    for label in ("applications", "directory"):
        models = apps.get_app_config(label).models
        if name in models:
            return str(models[name]._meta.verbose_name_plural)
    return name


def _export_title(name: str) -> str:
    return str(EXPORTS[name].title) if name in EXPORTS else name


def _filter_words(use: DataUse) -> list[str]:
    """The recorded filter with its labels; a value that is no code stands as it was typed."""
    name = use.name.partition(".")[0]
    fields = LISTS[name].filter.base_filters if name in LISTS else {}
    found = []
    for code, value in parse_qsl(use.filters):
        if code == DataUse.CORRECTS:
            continue  # no filter: what the row is says it
        field = fields.get(code)
        words = {str(key): label for key, label in field.extra.get("choices", [])} if field else {}
        label = field.label if field else {"page": _("Page"), "row": _("Row")}.get(code, code)
        found.append(f"{label}: {words.get(value, value)}")
    return found


def _column_words(use: DataUse) -> list[str]:
    name = use.name.partition(".")[0]
    headers = (
        {one.code: str(one.header) for one in EXPORTS[name].columns} if name in EXPORTS else {}
    )
    return [headers.get(code, code) for code in use.columns.split(";") if code]


def _rule() -> str:
    return _(
        "A day is listed here when somebody opened at least %(pages)s pages about people, leafed "
        "through at least %(listed)s rows of lists that name people, made at least %(exports)s exports "
        "or took out at least %(rows)s rows with personal columns, and that is more than %(times)s "
        "times their usual day: the median of their own days with any such use in the 30 days before. "
        "Where there was no such day, the first four numbers stand for it."
    ) % {
        "pages": LEAST[Measure.READINGS],
        "listed": LEAST[Measure.LISTED],
        "exports": LEAST[Measure.EXPORTS],
        "rows": f"{LEAST[Measure.ROWS]:,}",
        "times": TIMES,
    }


def _unusual(request: HttpRequest, seen: Any) -> list[dict[str, str]]:
    days = data_uses.unusual_uses(seen, timezone.now())
    names = {
        one.pk: one.get_full_name()
        for one in User.objects.filter(pk__in={one.person for one in days})
    }
    here = reverse("applications:staff_uses")
    return [
        {
            "words": _unusual_words(one, names[one.person]),
            "url": f"{here}?{urlencode({'by': one.person, 'since': one.day, 'until': one.day})}",
        }
        for one in days
    ]


def _unusual_words(one: UnusualDay, name: str) -> str:
    what = {
        Measure.READINGS: ngettext("%(amount)s page opened", "%(amount)s pages opened", one.amount),
        Measure.LISTED: ngettext(
            "%(amount)s row of a list leafed through",
            "%(amount)s rows of lists leafed through",
            one.amount,
        ),
        Measure.EXPORTS: ngettext("%(amount)s export made", "%(amount)s exports made", one.amount),
        Measure.ROWS: ngettext(
            "%(amount)s row with personal columns taken out",
            "%(amount)s rows with personal columns taken out",
            one.amount,
        ),
    }[one.measure] % {"amount": f"{one.amount:,}"}
    words = {
        "day": formatting.long_date(one.day, get_language()),
        "name": name,
        "what": what,
    }
    if one.usual is None:
        return _("%(day)s, %(name)s: %(what)s (no earlier day to compare with)") % words
    return _("%(day)s, %(name)s: %(what)s (usual day: %(usual)s)") % {
        **words,
        "usual": f"{one.usual:,g}",
    }
