"""The agency's published page held against an edition: what differs, and keeping its wording."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import actions, permissions
from applications.forms.edition_compare import TOO_LARGE, PublishedPageForm
from applications.views.edition_places import trail
from directory import formatting
from directory.models import Agency, Edition, PublishedPage
from directory.published_list import Comparison, Line, Page, Unreadable
from directory.wordings import kept_against, read_against

KEEP = "save"
MOST_DIFFERENCES = 200
MOST_NAMED = 50
MOST_KEPT = 50  # the newest; the administration lists them all
WHY = {
    "EMPTY": gettext_lazy("There is nothing in it. Save or copy the page again."),
    "TOO_LARGE": TOO_LARGE,
    "NOT_TEXT": gettext_lazy(
        "It is neither text nor HTML, or its letters are written in a way that is not known here. "
        "Save it again as UTF-8, or paste the page."
    ),
    "NO_TABLE": gettext_lazy(
        "No table was found with the headings Country, Partner funding agency, Type of "
        "participation and Notes. Copy the table together with its headings."
    ),
    "TOO_MANY_ROWS": gettext_lazy(
        "Its table has more than 2,000 rows. Send the list of funders only."
    ),
    "TOO_MUCH": gettext_lazy(
        "It holds more lines, tags or words than any list. Send the part with the table only."
    ),
}
SIGNS = {
    "+": gettext_lazy("On the page, not in the edition"),
    "-": gettext_lazy("In the edition, not on the page"),
    "~": gettext_lazy("Changed on the page"),
}
WHAT = {
    "name": gettext_lazy("name as published"),
    "participation": gettext_lazy("type of participation"),
    "note": gettext_lazy("published note"),
    "address": gettext_lazy("published address"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, edition: str) -> HttpResponse:
    """Take the page, show what differs, and keep its wording where that was asked for."""
    if not request.user.is_staff:
        raise Http404
    found = get_object_or_404(Edition.objects.visible_to(request.user), code=edition)
    may_write = permissions.may_draft_edition(request.user, found.owner)
    if request.method != "POST":
        kept = _kept(request, found)
        adds = _adds(found, may_write=may_write)
        shown = _shown(kept_against(kept, found), adds) if kept else {}
        form = PublishedPageForm() if may_write else None
        return _page(request, found, form, kept=kept, **shown)
    if not may_write:
        raise PermissionDenied
    form = PublishedPageForm(request.POST, request.FILES, keeps=KEEP in request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        page, compared = read_against(form.raw, found)
    except Unreadable as refusal:
        form.add_error(form.asked, WHY[refusal.code])
        return _page(request, found, form)
    if form.keeps and (kept := _keep(request, found, form)):
        messages.success(
            request,
            _("The wording of the page is kept as seen on %(day)s.")
            % {"day": formatting.long_date(kept.seen_on, get_language())},
        )
        return redirect(f"{_address(found)}?kept={kept.pk}")
    return _page(request, found, form, page=page, **_shown(compared, _adds(found, may_write=True)))


def _address(edition: Edition) -> str:
    return reverse("applications:staff_edition_compare", args=[edition.code])


def _kept(request: HttpRequest, edition: Edition) -> PublishedPage | None:
    """Return the kept page that the address asks for.

    :raises Http404: it asks for one that is not this edition's
    """
    asked = request.GET.get("kept", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise Http404
    return get_object_or_404(edition.pages, pk=int(asked))


def _keep(request: HttpRequest, edition: Edition, form: PublishedPageForm) -> PublishedPage | None:
    """Keep the page; a refusal becomes an error at its field."""
    try:
        return actions.keep_published_page(
            edition_id=edition.pk,
            raw=form.raw,
            seen_on=form.cleaned_data["seen_on"],
            by=request.user,
            at=timezone.now(),
        )
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except actions.AlreadyKept:
        form.add_error(
            "seen_on", _("This very page is kept already as seen on that day. Nothing is changed.")
        )
    except actions.UnreadableRows as refusal:
        form.add_error(
            form.asked,
            _(
                "Nothing is kept, because rows cannot be read: %(names)s. "
                "Give each its type of participation in a copy of the page, and send that."
            )
            % {"names": _some(refusal.names)},
        )
    return None


def _some(names: tuple[str, ...]) -> str:
    return " / ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")


def _page(
    request: HttpRequest,
    edition: Edition,
    form: PublishedPageForm | None,
    page: Page | None = None,
    **more: Any,
) -> HttpResponse:
    of_agency = request.user.works_for(edition.owner)
    context = {
        "trail": trail(edition),
        "edition": edition,
        "form": form,
        "page": page,
        "kept_columns": [
            {"label": _("Seen on"), "when": True},
            {"label": _("Funders"), "numeric": True},
            _("Kept by"),
            {"label": _("Kept at"), "when": True},
            _("Every note"),
        ],
        "kept_rows": [
            [
                format_html(
                    '<a href="{}?kept={}">{}</a>',
                    _address(edition),
                    one.pk,
                    formatting.short_date(one.seen_on, get_language()),
                ),
                one.rows,
                one.loaded_by.get_full_name() if one.loaded_by and of_agency else "–",
                formatting.moment(one.loaded_at, formatting.JAPAN, get_language()),
                format_html(
                    '<a href="{}">{}</a>',
                    reverse("admin:directory_publishedpage_change", args=[one.pk]),
                    _("Read the notes"),
                ),
            ]
            for one in edition.pages.select_related("loaded_by").order_by("-seen_on", "-pk")[
                :MOST_KEPT
            ]
        ],
    }
    return render(request, "staff/edition_compare.html", context | more)


def _adds(edition: Edition, *, may_write: bool) -> str:
    """The address at which a row is added to the draft, behind the others; "" where none may be."""
    if edition.published_at is not None or not may_write:
        return ""
    last = edition.rows.aggregate(last=Max("position"))["last"] or 0
    asked = urlencode({"edition": edition.pk, "position": last + 1})
    return f"{reverse('admin:directory_participation_add')}?{asked}"


def _shown(compared: Comparison, adds: str) -> dict[str, Any]:
    """Return what the page shows of a comparison: counts, then each difference in words."""
    lines = compared.lines[:MOST_DIFFERENCES]
    agencies = Agency.objects.in_bulk([line.name for line in lines], field_name="slug")
    return {
        "compared": compared,
        "counts": [(words, compared.counted(sign)) for sign, words in SIGNS.items()],
        "differences": [_difference(line, agencies.get(line.name), adds) for line in lines],
        "more": max(0, len(compared.lines) - MOST_DIFFERENCES),
        "unreadable": compared.unreadable[:MOST_NAMED],
        "more_unreadable": max(0, len(compared.unreadable) - MOST_NAMED),
    }


def _difference(line: Line, agency: Agency | None, adds: str) -> dict[str, Any]:
    of_funder = f"&agency={agency.pk}" if agency else ""
    return {
        "adds": f"{adds}{of_funder}" if adds and line.sign == "+" else "",
        "words": SIGNS[line.sign],
        "agency": agency,
        "name": line.row.name if line.row else "",
        "what": [WHAT[one] for one in line.what],
        "row": line.row,
    }
