"""The team's pages of the ledger of notices: the list, one notice with its letter, the letter as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import permissions
from applications.models import Application
from applications.queries.ledger import Ledger, LedgerRow, ledger
from applications.views.frame import read_by_staff, reader_zone
from applications.views.letter_shown import Desk, letter_file
from applications.views.notice_rows import listed
from applications.views.notice_timeline import picture, timeline
from applications.views.releasing import release
from applications.views.telling import deal_with, frame
from applications.views.waiting_mail import waiting_words

PAGE = "applications:notice"


def _application(request: HttpRequest, ref: str) -> Application:
    """The newest application of a team, among those that the reader may see."""
    found = (
        Application.objects.visible_to(request.user)
        .filter(team__ref=ref)
        .select_related("team", "call__edition", "edition")
        .order_by("-created_at", "-pk")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _found(request: HttpRequest, ref: str, pk: int) -> tuple[Ledger, LedgerRow]:
    book = ledger(_application(request, ref))
    row = book.find(pk)
    if row is None:
        raise Http404
    return book, row


@require_safe
def notice_list(request: HttpRequest, ref: str) -> HttpResponse:
    """Show every row of the ledger: what is asked, of whom, when, and what was done."""
    book, now = ledger(_application(request, ref)), timezone.now()
    rows = listed(
        book,
        (*book.rows, *book.crossed_out),
        request.user,
        lambda pk: reverse(PAGE, args=[ref, pk]),
    )
    seen = timeline(book, [one["row"] for one in rows], now)
    context = {
        "rows": [one for one in rows if not one["row"].crossed_out],
        "crossed_out": [one for one in rows if one["row"].crossed_out],
        "may_remind": permissions.may(request.user, permissions.INVITE, book.application),
        "picture": picture(seen),
        "zone": reader_zone(request),
        "waiting_mail": waiting_words(book.application, now),
    }
    page = render(request, "applications/notice_list.html", frame(book) | context)
    return read_by_staff(request, book.application, page)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_page(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Show one notice; POST saves its draft, records it, or records the choice not to send."""
    book, row = _found(request, ref, pk)
    page = deal_with(request, book, row, _desk(request, ref, pk))
    return read_by_staff(request, book.application, page)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_release(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Show the holder exactly what will be sent; POST sends it."""
    book, row = _found(request, ref, pk)
    return release(request, book, row, _desk(request, ref, pk))


@require_safe
def notice_eml(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Give the holder their letter as an unsent message."""
    book, row = _found(request, ref, pk)
    return letter_file(book, row, _desk(request, ref, pk))


def _desk(request: HttpRequest, ref: str, pk: int) -> Desk:
    return Desk(
        actor=request.user,
        page=reverse("applications:notice", args=[ref, pk]),
        release=reverse("applications:notice_release", args=[ref, pk]),
        file=reverse("applications:notice_eml", args=[ref, pk]),
        trail=(
            (_("My teams"), reverse("applications:teams")),
            (f"{_('Team')} {ref}", reverse("applications:team", args=[ref])),
            (_("Notices to funders"), reverse("applications:notices", args=[ref])),
        ),
    )
