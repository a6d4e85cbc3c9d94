"""The last look at a letter before it leaves: exactly what will be sent, and the button that sends it."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.actions.composing import letter_mail, may_be_released, published_address
from applications.forms.notices import ReleaseForm
from applications.models import ReleasedLetter
from applications.queries.ledger import Ledger, LedgerRow
from applications.queries.released import held_at, letters_of
from applications.views.letter_shown import Desk, address_doubts
from applications.views.telling import frame
from applications.workflow import NoticeState


def release(request: HttpRequest, book: Ledger, row: LedgerRow, desk: Desk) -> HttpResponse:
    """Show exactly what will be sent, to whom, and in whose name; POST sends it."""
    if not permissions.may_tell(desk.actor, permissions.RELEASE, row.notice):
        raise PermissionDenied
    if not may_be_released(row):
        return _not_now(request, row, desk)
    letters = letters_of(row.notice)
    mail = letter_mail(book, row, earlier=len(letters))
    if mail.lacks:
        return redirect(desk.page)
    held = row.notice.state == NoticeState.HELD and letters
    uncertain = bool(held) and not letters[0].message.stopped_by_staff(row.notice.state)
    form = ReleaseForm(request.POST if request.method == "POST" else None, held=uncertain)
    changed = False
    if form.is_bound and form.is_valid():
        try:
            return _released(request, row, desk, form, timezone.now())
        except actions.Conflict:
            changed = True
        except actions.NotAllowed:
            return _not_now(request, row, desk)
    form.show(mail.fingerprint)
    context = {
        "desk": desk,
        "trail": (*desk.trail, (row.notice.body.acronym, desk.page)),
        "notice": row.notice,
        "mail": mail,
        "form": form,
        "changed": changed,
        "published": published_address(row),
        "doubts": address_doubts(row, mail.recipient),
        **(_held(letters[0], uncertain) if held else {}),
    }
    page = frame(book) | context
    return render(request, "applications/notice_release.html", page, status=409 if changed else 200)


def _released(
    request: HttpRequest, row: LedgerRow, desk: Desk, form: ReleaseForm, at: datetime
) -> HttpResponse:
    try:
        actions.release_notice(
            notice_id=row.notice.pk,
            seen=form.cleaned_data["seen"],
            twice=form.cleaned_data.get("twice", False),
            by=desk.actor,
            at=at,
        )
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except (actions.LetterIncomplete, actions.MayArriveTwice):
        # It changed since the page was read: the notice's own page says how it stands.
        messages.error(request, _("Nothing was sent: the letter changed meanwhile. Look again."))
    else:
        messages.success(
            request,
            _("The letter is released. The portal now hands it to the mail server; see below."),
        )
    return redirect(desk.page)


def _not_now(request: HttpRequest, row: LedgerRow, desk: Desk) -> HttpResponse:
    """Lead back to the notice; a second press of the button sent nothing a second time."""
    if request.method == "POST":
        messages.info(
            request,
            _("Nothing was sent by this step. This is how the notice stands."),
        )
    return redirect(desk.page)


def _held(letter: ReleasedLetter, uncertain: bool) -> dict:
    """When and why the last letter was held."""
    message = letter.message
    return {
        "held_letter": letter,
        "held_at": held_at(letter),
        "held_by_staff": "" if uncertain else message.reason,
    }
