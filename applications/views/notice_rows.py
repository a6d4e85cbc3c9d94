"""The list of notices in words: what needs a person first, follow-ups under what they follow, and what to do next."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from applications import permissions
from applications.models import Actor, Message
from applications.queries.ledger import Ledger, LedgerRow
from applications.queries.notice_history import newest_letters
from applications.views.next_steps import Reader, next_step, trouble
from applications.views.telling import in_words
from applications.workflow import NEEDS_A_PERSON


def in_order(rows: Iterable[LedgerRow]) -> list[LedgerRow]:
    """Put rows that need a person first, and each follow-up under the notice that it follows."""
    rows = list(rows)
    known = {row.notice.pk for row in rows}
    under: dict[int, list[LedgerRow]] = defaultdict(list)
    heads = []
    for row in rows:
        followed = row.notice.follows_id
        if followed in known:
            under[followed].append(row)
        else:
            heads.append(row)
    groups = [[head, *under[head.notice.pk]] for head in heads]
    groups.sort(key=lambda group: not any(needs_a_person(row) for row in group))
    return [row for group in groups for row in group]


def needs_a_person(row: LedgerRow) -> bool:
    return row.notice.state in NEEDS_A_PERSON and not row.crossed_out


def listed(
    book: Ledger,
    rows: Iterable[LedgerRow],
    actor: Actor,
    address: Callable[[int], str],
    *,
    own: bool = False,
) -> list[dict[str, Any]]:
    """Return the rows as the list shows them; ``address`` leads to the page of one notice.

    Two statements, however many rows: what the reader may do, and the letters that were released.
    ``own``: the page of one holder, who reads it as such whatever account is signed in.
    """
    rows = in_order(rows)
    if not rows:
        return []
    records = not own and permissions.may(actor, permissions.RECORD_NOTICE, book.application)
    letters = newest_letters(book.application)
    return [
        {
            **in_words(row),
            "href": address(row.notice.pk),
            "follows": row.notice.follows_id is not None,
            "next": _next(row, letters, actor, own=own, records=records),
            "trouble": _trouble(row, letters) if needs_a_person(row) else "",
        }
        for row in rows
    ]


def _next(
    row: LedgerRow, letters: Mapping[int, Message], actor: Actor, *, own: bool, records: bool
) -> str:
    if row.crossed_out:
        return ""
    notice = row.notice
    if own or notice.holder.is_of(actor):
        reader = Reader.HOLDER
    else:
        reader = Reader.RECORDS if records else Reader.READS
    told = notice.recipient_name or notice.recipient_email or notice.body.acronym
    letter = letters.get(notice.pk)
    return next_step(
        notice.state,
        reader,
        holder=notice.holder.researcher.name,
        recipient=told,
        stopped=bool(needs_a_person(row) and letter and letter.stopped_by_staff(notice.state)),
    )


def _trouble(row: LedgerRow, letters: Mapping[int, Message]) -> str:
    return trouble(row.notice.state, letters.get(row.notice.pk))
