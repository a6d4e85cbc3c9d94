"""Whom to remind of which notices: what is due, since when, and who heard of us lately."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Q

from applications.models import (
    Application,
    Event,
    Happening,
    Membership,
    Message,
    MessageKind,
    MessageState,
    Notice,
    Role,
)
from applications.models.message import UNSENT
from applications.queries.addresses import published_addresses
from applications.queries.mailboxes import Mailbox, mailbox_of
from applications.rules.notices import OWED
from applications.workflow import NEEDS_A_PERSON, NoticeState, Status
from directory.addresses import canonical
from directory.models import JAPAN_TIME

# Days after a notice fell due, in Japan (product.md 6).
STAGES = (3, 10)
# What is older is known to the person, or nobody has looked after the portal: both are no reason.
STALE_AFTER = 30
# Nobody gets two of these mails within it, whatever their teams.
QUIET = timedelta(hours=24)
LIVE = frozenset(
    {Status.SUBMITTED, Status.SCREENING, Status.RETURNED, Status.ACCEPTED, Status.ADOPTED}
)
# Of these a colleague may remind: nothing is on its way, and nothing is settled.
REMINDABLE = frozenset({NoticeState.NOT_YET_DUE, NoticeState.DUE}) | NEEDS_A_PERSON
# A mail that never left pestered nobody.
NEVER_LEFT = (MessageState.FAILED, MessageState.DISCARDED)


@dataclass(frozen=True, slots=True)
class Owed:
    """One reminder that one member is owed: all their due notices, and the row that decided."""

    application: Application
    member: Membership
    mailbox: Mailbox
    notices: tuple[Notice, ...]
    due_on: date
    stage: int

    @property
    def key(self) -> str:
        return f"due:{self.member.pk}:{self.stage}:{self.due_on.isoformat()}"


def takes_part(member: Membership) -> bool:
    """Whether the person has confirmed, and not taken it back; a lead made the team."""
    return member.role == Role.LEAD or member.confirmed_at is not None


def stage_reached(due_on: date, on: date) -> int:
    """Return the newest stage that a notice has reached, 0 for none.

    Earlier stages that nobody was reminded at are passed over: after a worker that stood still,
    one mail makes up for all of them.
    """
    days = (on - due_on).days
    return max((one for one in STAGES if one <= days <= STALE_AFTER), default=0)


def owed_reminders(at: datetime, applications: Collection[int] | None = None) -> list[Owed]:
    """Return who is owed a reminder now, oldest first, in four statements however many rows.

    ``applications`` are those to look at; None: all.
    """
    today = at.astimezone(JAPAN_TIME).date()
    oldest, newest = today - timedelta(STALE_AFTER), today - timedelta(STAGES[0])
    due = Notice.objects.filter(
        state=NoticeState.DUE, removed_at=None, follows=None, strength__in=OWED
    )
    if applications is not None:
        due = due.filter(application__in=applications)
    rows = (
        due.filter(
            Q(holder__confirmed_at__isnull=False) | Q(holder__role=Role.LEAD),
            application__status__in=LIVE,
            holder__removed_at=None,
            holder__reminders_off_at=None,
            holder__in=due.filter(due_on__range=(oldest, newest)).values("holder"),
        )
        .select_related(
            *("application__call", "application__team", "holder__researcher__user"),
            *("body", "agency", "grant"),
        )
        .order_by("application", "holder", "pk")
    )
    groups = [list(one) for _key, one in groupby(rows, lambda row: (row.application, row.holder))]
    reminded = _last_reminded({group[0].application_id for group in groups}, at)
    found = [owed for group in groups if (owed := _owed(group, reminded.get(_of(group[0])), today))]
    found.sort(key=lambda one: (one.due_on, one.member.pk))
    return list(_one_to_an_address(found, at)) if found else []


def _of(row: Notice) -> tuple[int, int]:
    return row.application_id, row.holder_id


def _last_reminded(applications: Collection[int], at: datetime) -> dict[tuple[int, int], date]:
    """The day of each holder's last reminder, whoever asked for it."""
    events = Event.objects.filter(
        application__in=applications,
        act=Happening.NOTICE_REMINDED,
        at__gt=at - timedelta(STALE_AFTER + 1),
    )
    last: dict[tuple[int, int], date] = {}
    for application, member, when in events.order_by("at").values_list(
        "application", "details__membership", "at"
    ):
        last[application, member] = when.astimezone(JAPAN_TIME).date()
    return last


def _owed(rows: list[Notice], reminded_on: date | None, today: date) -> Owed | None:
    """One mail for all due rows of a holder, if one of them reached a stage since the last mail."""
    waiting = [
        (row.due_on, stage)
        for row in rows
        if row.due_on and (stage := stage_reached(row.due_on, today))
        if reminded_on is None or reminded_on < row.due_on + timedelta(stage)
    ]
    member, mailbox = rows[0].holder, mailbox_of(rows[0].holder)
    if not waiting or mailbox is None:
        return None
    due_on, stage = min(waiting)
    return Owed(rows[0].application, member, mailbox, tuple(rows), due_on, stage)


def _one_to_an_address(found: list[Owed], at: datetime) -> Iterable[Owed]:
    """Leave out who heard of us lately, and addresses of funders."""
    taken = _heard_of_us(at) | {canonical(one) for one in published_addresses()}
    for owed in found:
        address = canonical(owed.mailbox.email)
        theirs = {canonical(row.recipient_email) for row in owed.notices if row.recipient_email}
        if address not in taken | theirs:
            taken.add(address)
            yield owed


def _heard_of_us(at: datetime) -> set[str]:
    """Addresses that were reminded within ``QUIET``, or whose reminder may still leave."""
    since = at - QUIET
    lately = Message.objects.filter(
        Q(created_at__gt=since)
        | Q(handed_over_at__gt=since)
        | Q(state__in=UNSENT, expires_at__gt=at),
        kind=MessageKind.DUE,
    ).exclude(state__in=NEVER_LEFT)
    return {canonical(one) for one in lately.values_list("recipient", flat=True)}
