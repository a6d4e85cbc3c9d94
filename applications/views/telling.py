"""One notice as a page, whoever opens it: its letter, what was done about it, and the forms that record it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.actions.telling import written
from applications.envelopes import eml, mailto
from applications.forms.conflicts import differing
from applications.forms.notices import DraftForm, NotSentForm, RecordForm
from applications.letters import Letter, draft, part_in_japanese, prepared_draft
from applications.models import Actor
from applications.queries.ledger import Ledger, LedgerRow
from applications.wording import strength_label, trigger_label
from applications.wording.notices import acronyms, asked
from applications.workflow import DONE, NEEDS_A_PERSON, NOTICE_TRANSITIONS, NoticeAct, NoticeState
from directory.formatting import is_japanese
from directory.models import JAPAN_TIME

DRAFT, RECORD, NOT_SENT = "draft", "record", "not-sent"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a notice is dealt with: who acts, and the addresses around the page."""

    actor: Actor
    page: str  # of this notice
    file: str  # of its letter
    trail: tuple[tuple[str, str], ...]
    own: bool = False  # the holder's own page: nobody else's address, no way to the team's files


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
        right = permissions.EDIT if act == DRAFT else permissions.RECORD_NOTICE
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
    return redirect(desk.page)


def letter_file(book: Ledger, row: LedgerRow, desk: Desk) -> HttpResponse:
    """Give the letter as an unsent message; an unfinished one leads back to what is missing."""
    letter, notice = _letter(book, row), row.notice
    if letter is None or not letter.complete or not notice.recipient_email:
        return redirect(desk.page)
    content = eml(
        letter,
        email=notice.recipient_email,
        name=notice.recipient_name,
        sender=notice.holder.researcher,
    )
    response = HttpResponse(content, content_type="message/rfc822")
    name = f"notice-{book.application.team.ref}-{notice.body.slug}.eml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
        "strength": strength_label(notice.strength),
        "asked": asked(notice.strength, row.agencies, notice.body.acronym),
        "when": trigger_label(notice.trigger) if row.owed else "",
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


def _about(book: Ledger, row: LedgerRow) -> dict[str, Any]:
    return {
        "application": book.application,
        "holder": row.notice.holder.researcher,
        "lead": book.lead,
        "grants": row.grants,
        "call": book.application.call,
    }


def _letter(book: Ledger, row: LedgerRow) -> Letter | None:
    return draft(row.notice, **_about(book, row)) if row.open else None


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
    if row.open and permissions.may_tell(actor, permissions.EDIT, notice):
        found[DRAFT] = _draft_form(book, row, **bound(DRAFT))
    if notice.state in NOTICE_TRANSITIONS[NoticeAct.RECORD][0]:
        told = notice.recipient_name or notice.recipient_email if row.owed else ""
        found[RECORD] = RecordForm(
            **bound(RECORD),
            initial={"done_to": told},
            by_holder=notice.holder.is_of(actor),
            today=now.astimezone(JAPAN_TIME).date(),
        )
    if row.owed and notice.state in NOTICE_TRANSITIONS[NoticeAct.CHOOSE_NOT_TO_SEND][0]:
        found[NOT_SENT] = NotSentForm(**bound(NOT_SENT))
    return found


def _draft_form(book: Ledger, row: LedgerRow, **bound: Any) -> DraftForm:
    letter = draft(row.notice, **_about(book, row))
    shown = {**written(row.notice), "subject": letter.subject, "text": letter.text}
    form = DraftForm(**bound, initial=shown, prepared=_prepared(book, row))
    form.watch(written(row.notice))
    return form


def _prepared(book: Ledger, row: LedgerRow) -> dict[str, str]:
    letter = prepared_draft(row.notice, **_about(book, row))
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
    letter, notice = _letter(book, row), row.notice
    complete = bool(letter and letter.complete and notice.recipient_email)
    context = {
        **in_words(row),
        "desk": desk,
        "letter": letter,
        "missing": _missing(letter) if letter else (),
        "complete": complete,
        "mailto": mailto(letter, notice.recipient_email) if letter and complete else "",
        "is_holder": notice.holder.is_of(desk.actor),
        "may_remind": not desk.own
        and permissions.may(desk.actor, permissions.INVITE, book.application),
        "draft_form": forms.get(DRAFT),
        "record_form": forms.get(RECORD),
        "not_sent_form": forms.get(NOT_SENT),
        "forms": list(forms.values()),
    }
    return render(request, "applications/notice.html", frame(book) | context)


def _missing(letter: Letter) -> list[str]:
    """The open parts as written, on Japanese pages with their meaning."""
    if not is_japanese(get_language()):
        return list(letter.missing)
    return [part + part_in_japanese(part) for part in letter.missing]


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
