"""The picture of the ledger: rows and events made into lanes and marks; without a drawing, its words remain."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import pictures
from applications.models import Happening
from applications.pictures import Lane, Mark, MarkKind, Timeline
from applications.queries.ledger import Ledger, LedgerRow
from applications.queries.notice_history import notice_happenings
from applications.workflow import NoticeState
from directory.formatting import person_name, script_language
from directory.models import JAPAN_TIME

logger = logging.getLogger(__name__)
H = Happening
KINDS: Mapping[Happening, MarkKind] = {
    H.FOLLOW_UP_PREPARED: MarkKind.PREPARED,
    H.NOTICE_EDITED: MarkKind.EDITED,
    H.NOTICE_REMINDED: MarkKind.REMINDED,
    H.NOTICE_RELEASED: MarkKind.RELEASED,
    H.NOTICE_HANDED_OVER: MarkKind.HANDED_OVER,
    H.NOTICE_ACKNOWLEDGED: MarkKind.ACKNOWLEDGED,
    H.NOTICE_RECORDED: MarkKind.RECORDED,
    H.NOTICE_NOT_SENT: MarkKind.NOT_SENT,
    H.NOTICE_HELD: MarkKind.HELD,
    H.NOTICE_FAILED: MarkKind.FAILED,
    H.NOTICE_BOUNCED: MarkKind.BOUNCED,
}
# The same three days after which the holder is reminded.
OVERDUE_AFTER = timedelta(days=3)
Happened = Sequence[tuple[Happening, datetime]]


def timeline(book: Ledger, rows: Iterable[LedgerRow], now: datetime) -> Timeline:
    """Read what happened, in one statement, and put it into lanes in the order of ``rows``."""
    rows, happened = list(rows), notice_happenings(book.application)
    alike = Counter((row.notice.body_id, row.notice.holder_id) for row in rows)
    application = book.application
    return Timeline(
        lanes=tuple(
            _lane(
                row,
                happened.get(row.notice.pk, ()),
                now,
                by_grant=alike[row.notice.body_id, row.notice.holder_id] > 1,
            )
            for row in rows
        ),
        closes_at=application.team_has_until,
        now=now,
    )


def picture(seen: Timeline, slug: str = "timeline") -> dict[str, Any]:
    """Return sentences, drawing, key and table of a timeline.

    The drawing is the least of them: where it fails, the page goes without it.
    """
    try:
        drawing, key = pictures.draw(seen, slug), pictures.key(seen)
    except Exception:
        logger.exception("The timeline of notices could not be drawn")
        drawing, key = "", []
    return {
        "slug": slug,
        "finding": pictures.finding(seen),
        "drawing": drawing,
        "key": key,
        **pictures.table(seen),
    }


def _label(row: LedgerRow, *, by_grant: bool) -> str:
    """Name the body, and what tells the notice from another of the same holder to the same body."""
    notice, label = row.notice, row.notice.body.acronym
    if by_grant and notice.grant and notice.grant.reference:
        label = f"{label} {notice.grant.reference}"
    if notice.follows_id:
        return _("%(body)s, follow-up") % {"body": label}
    return label


def _lane(row: LedgerRow, happened: Happened, now: datetime, *, by_grant: bool) -> Lane:
    notice, who = row.notice, row.notice.holder.researcher
    name, _beside = person_name(who.name, who.name_latin, get_language())
    marks = [Mark(KINDS[act], at) for act, at in happened] + _due(row, now)
    return Lane(
        body=_label(row, by_grant=by_grant),
        holder=name,
        holder_lang=script_language(name),
        state=NoticeState(notice.state),
        state_words=str(notice.get_state_display()),
        asked=(row.owed or notice.follows_id is not None) and not row.crossed_out,
        marks=tuple(sorted(marks, key=lambda mark: mark.at)),
    )


def _due(row: LedgerRow, now: datetime) -> list[Mark]:
    """When the notice fell due, and when that had been so for three days without anything done."""
    due_on = row.notice.due_on
    if due_on is None:
        return []
    since = row.due_since
    if since is None or since.astimezone(JAPAN_TIME).date() != due_on:
        since = datetime.combine(due_on, time(), JAPAN_TIME)
    marks = [Mark(MarkKind.DUE, since)]
    if row.notice.state == NoticeState.DUE and since + OVERDUE_AFTER <= now:
        marks.append(Mark(MarkKind.OVERDUE, since + OVERDUE_AFTER))
    return marks
