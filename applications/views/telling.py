"""One notice as a page, whoever opens it: its letter, what was done about it, and the forms that record it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.actions.composing import (
    about,
    may_be_released,
    published_address,
    recipient_of,
)
from applications.actions.telling import written
from applications.forms.conflicts import differing
from applications.forms.notices import DraftForm, NotSentForm, RecordForm
from applications.letters import draft, prepared_draft
from applications.models import Actor
from applications.queries.ledger import Ledger, LedgerRow
from applications.queries.released import letters_of
from applications.views.letter_shown import (
    Desk,
    address_doubts,
    letter_shown,
    released_shown,
)
from applications.wording.notices import acronyms, asked, how_strongly, when_due
from applications.workflow import DONE, NEEDS_A_PERSON, NOTICE_TRANSITIONS, NoticeAct, NoticeState
from directory.models import JAPAN_TIME

DRAFT, RECORD, NOT_SENT = "draft", "record", "not-sent"
RIGHTS = {DRAFT: permissions.EDIT, NOT_SENT: permissions.NOT_SEND}


def deal_with(request: HttpRequest, book: Ledger, row: LedgerRow, desk: Desk) -> HttpResponse:
    """Show one notice; POST saves its draft, records it, or records the choice not to send."""
    now = timezone.now()
    forms = _forms(request, book, row, desk, now)
    if request.method != "POST":
        return _page(request, book, row, desk, forms)
    act = request.POST.get("act", "")
    form = forms.get(act)
    if form is None:
        # Not this person's to do, or no longer to be done in this state.
        right = RIGHTS.get(act, permissions.RECORD_NOTICE)
        if not permissions.may_tell(desk.actor, right, row.notice):
            raise PermissionDenied
        messages.error(request, _settled_meanwhile())
        return redirect(desk.page)
    if not form.is_valid():
        return _page(request, book, row, desk, forms)
    try:
        _do(act, form, row, desk.actor, now)
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except actions.Conflict as conflict:
        return _conflict(request, book, row, desk, form, conflict)
    except actions.NotAllowed:
        messages.error(request, _settled_meanwhile())
    else:
        messages.success(request, _done(act))
        if act == DRAFT:
            for sentence in address_doubts(row, form.values.get("recipient_email", "")):
                messages.warning(request, sentence)
    return redirect(desk.page)


def frame(book: Ledger) -> dict[str, Any]:
    """What every page of the ledger shows."""
    application = book.application
    return {
        "application": application,
        "team": application.team,
        "ledger": book,
        "practice_banner": application.call.is_practice,
    }


def in_words(row: LedgerRow) -> dict[str, Any]:
    """Return one row of the ledger with the words for what is asked and when."""
    notice = row.notice
    return {
        "row": row,
        "notice": notice,
        "funders": acronyms(row.agencies),
        "strength": how_strongly(notice.strength, notice.occasion),
        "asked": asked(notice.strength, row.agencies, notice.body.acronym, notice.occasion),
        "when": when_due(notice.trigger, notice.occasion) if row.has_letter else "",
        "tone": _tone(row),
    }


def _tone(row: LedgerRow) -> str:
    """The tone of a state's badge: the words carry the meaning, the tone repeats it."""
    state = row.notice.state
    if state in DONE:
        return "good"
    if state in NEEDS_A_PERSON:
        return "problem"
    if state == NoticeState.DUE:
        return "attention"
    return "waiting" if row.open else "neutral"


def _forms(
    request: HttpRequest, book: Ledger, row: LedgerRow, desk: Desk, now: datetime
) -> dict[str, Any]:
    """The forms that this reader may fill in now, by act; the one posted is bound."""
    actor, notice = desk.actor, row.notice
    if row.crossed_out or not permissions.may_tell(actor, permissions.RECORD_NOTICE, notice):
        return {}
    posted = request.POST.get("act") if request.method == "POST" else None

    def bound(act: str) -> dict[str, Any]:
        data, files = (request.POST, request.FILES) if posted == act else (None, None)
        return {"data": data, "files": files, "prefix": act}

    found: dict[str, Any] = {}
    if may_be_released(row) and permissions.may_tell(actor, permissions.EDIT, notice):
        found[DRAFT] = _draft_form(book, row, **bound(DRAFT))
    if notice.state in NOTICE_TRANSITIONS[NoticeAct.RECORD][0]:
        told = notice.recipient_name or recipient_of(row) if row.has_letter else ""
        found[RECORD] = RecordForm(
            **bound(RECORD),
            initial={"done_to": told},
            by_holder=notice.holder.is_of(actor),
            today=now.astimezone(JAPAN_TIME).date(),
        )
    sources, _target = NOTICE_TRANSITIONS[NoticeAct.CHOOSE_NOT_TO_SEND]
    may_leave_it = permissions.may_tell(actor, permissions.NOT_SEND, notice)
    if row.has_letter and notice.state in sources and may_leave_it:
        found[NOT_SENT] = NotSentForm(**bound(NOT_SENT))
    return found


def _draft_form(book: Ledger, row: LedgerRow, **bound: Any) -> DraftForm:
    letter = draft(row.notice, **about(book, row))
    shown = {**written(row.notice), "subject": letter.subject, "text": letter.text}
    form = DraftForm(
        **bound,
        initial=shown,
        prepared=_prepared(book, row),
        published=published_address(row),
    )
    form.watch(written(row.notice))
    return form


def _prepared(book: Ledger, row: LedgerRow) -> dict[str, str]:
    letter = prepared_draft(row.notice, **about(book, row))
    return {"subject": letter.subject, "text": letter.text}


def _do(act: str, form: Any, row: LedgerRow, actor: Actor, at: datetime) -> None:
    who: dict[str, Any] = {"notice_id": row.notice.pk, "by": actor, "at": at}
    if act == DRAFT:
        actions.edit_notice(values=form.values, seen=form.seen_fingerprint, **who)
    elif act == RECORD:
        values = dict(form.cleaned_data)
        actions.record_notice(upload=values.pop("proof"), **values, **who)
    else:
        actions.choose_not_to_send(reason=form.cleaned_data["reason"], **who)


def _done(act: str) -> str:
    return {
        DRAFT: _("The draft is saved. Nothing has been sent."),
        RECORD: _("Recorded: the notice is done."),
        NOT_SENT: _("Recorded: the notice is not sent, by choice."),
    }[act]


def _settled_meanwhile() -> str:
    return _("This notice was settled meanwhile. Nothing has been changed; this is how it stands.")


def _page(
    request: HttpRequest, book: Ledger, row: LedgerRow, desk: Desk, forms: dict[str, Any]
) -> HttpResponse:
    notice, letters = row.notice, letters_of(row.notice)
    context = {
        **in_words(row),
        "desk": desk,
        "is_holder": permissions.may_tell(desk.actor, permissions.RELEASE, notice),
        "may_remind": not desk.own
        and permissions.may(desk.actor, permissions.INVITE, book.application),
        "record_form": forms.get(RECORD),
        "not_sent_form": forms.get(NOT_SENT),
        "forms": list(forms.values()),
        **(letter_shown(book, row, len(letters)) if may_be_released(row) else {}),
        **released_shown(notice, letters),
    }
    context["draft_form"] = forms.get(DRAFT)
    return render(request, "applications/notice.html", frame(book) | context)


def _conflict(
    request: HttpRequest,
    book: Ledger,
    row: LedgerRow,
    desk: Desk,
    form: DraftForm,
    conflict: actions.Conflict,
) -> HttpResponse:
    """Show both texts, and a form that would now save the reader's own over the stored one."""
    form.accept(conflict.stored)
    prepared = _prepared(book, row)
    for side in (conflict.stored, conflict.yours):
        side.update({name: side[name] or words for name, words in prepared.items()})
    rows = differing(form, conflict.stored, conflict.yours)
    context = {"desk": desk, "notice": row.notice, "rows": rows, "draft_form": form}
    return render(request, "applications/notice_conflict.html", frame(book) | context, status=409)
