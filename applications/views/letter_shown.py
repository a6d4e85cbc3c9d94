"""The letter of a notice as its page shows it: its words, what it lacks, what became of those released."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import permissions
from applications.actions.composing import (
    ANSWERS,
    ANSWERS_REFUSED,
    RECIPIENT,
    RECIPIENT_REFUSED,
    LetterMail,
    about,
    letter_mail,
    may_be_released,
    published_address,
    recipient_of,
)
from applications.envelopes import eml, mailto
from applications.letters import draft, part_in_japanese
from applications.models import Actor, Notice, ReleasedLetter
from applications.queries.addresses import trusted_addresses
from applications.queries.ledger import Ledger, LedgerRow
from applications.queries.released import held_at
from applications.views.next_steps import trouble
from applications.workflow import NoticeState
from directory.addresses import doubts
from directory.formatting import is_japanese
from directory.identifiers import doubt_in_words


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a notice is dealt with: who acts, and the addresses around the page."""

    actor: Actor
    page: str  # of this notice
    release: str  # the last look before its letter is sent
    file: str  # of its letter
    trail: tuple[tuple[str, str], ...]
    own: bool = False  # the holder's own page: nobody else's address, no way to the team's files


def letter_file(book: Ledger, row: LedgerRow, desk: Desk) -> HttpResponse:
    """Give the holder the letter as an unsent message; an unfinished one leads back to what is missing."""
    notice = row.notice
    if not permissions.may_tell(desk.actor, permissions.RELEASE, notice):
        raise PermissionDenied
    email = recipient_of(row)
    if not may_be_released(row):
        return redirect(desk.page)
    letter = draft(notice, **about(book, row))
    if not letter.complete or not email:
        return redirect(desk.page)
    content = eml(
        letter,
        email=email,
        name=notice.recipient_name,
        sender=notice.holder.researcher,
    )
    response = HttpResponse(content, content_type="message/rfc822")
    name = f"notice-{book.application.team.ref}-{notice.body.slug}.eml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def address_doubts(row: LedgerRow, email: str) -> list[str]:
    """Return what looks like a slip in the recipient's address, in words; a published one is right."""
    if not email or published_address(row):
        return []
    known = trusted_addresses(row.notice.application, besides=row.notice.holder)
    return [doubt_in_words(email, one) for one in doubts(email, known=known)]


def letter_shown(book: Ledger, row: LedgerRow, earlier: int) -> dict[str, Any]:
    """The letter as it stands, what it still lacks, and the ways in which its holder may send it."""
    mail = letter_mail(book, row, earlier=earlier)
    letter, email = mail.letter, mail.recipient
    sendable = letter.complete and bool(email)
    return {
        "letter": letter,
        "mail": mail,
        "lacks": _in_words(mail),
        "complete": sendable,
        "published": published_address(row),
        "mailto": mailto(letter, email) if sendable else "",
    }


def released_shown(notice: Notice, letters: list[ReleasedLetter]) -> dict[str, Any]:
    """What became of the letters that were released, the newest first."""
    newest = letters[0].message if letters else None
    return {
        "letters": letters,
        "newest": newest,
        "stopped": bool(newest and newest.stopped_by_staff(notice.state)),
        "trouble": trouble(notice.state, newest),
        "held_at": held_at(letters[0]) if notice.state == NoticeState.HELD and letters else None,
        "acknowledged": next((one for one in letters if one.acknowledged_at), None),
    }


def _in_words(mail: LetterMail) -> list[str]:
    """What a letter lacks, in words; open parts as written, on Japanese pages with their meaning."""
    words = {
        RECIPIENT: _("The recipient's e-mail address"),
        RECIPIENT_REFUSED: _("A recipient's e-mail address that mail servers take"),
        ANSWERS: _("Your own e-mail address, to which answers go. Ask your team to enter it."),
        ANSWERS_REFUSED: _(
            "An e-mail address of your own that mail servers take. Ask your team to correct it."
        ),
    }
    japanese = is_japanese(get_language())
    return [words.get(one, one + part_in_japanese(one) if japanese else one) for one in mail.lacks]
