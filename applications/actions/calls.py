"""What a call obliges its teams to, changed by an approver with a reason: its period and its reference date."""

from datetime import date, datetime, timedelta

from django.db import transaction

from applications import permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import (
    CallOver,
    ClosesBeforeItOpens,
    ClosesTooSoon,
    Conflict,
    NothingChanges,
    NotPermitted,
    OpenedAlready,
)
from applications.queries.calls import first_closed, obligations
from applications.queries.clock import database_now
from applications.queries.fingerprints import fingerprint
from directory.models import Call, CallChange, User
from directory.models.calls import reference_day

# A submission under way was begun under the deadline that stood then. It is over within a minute,
# so that none is accepted after a deadline that was brought forward meanwhile.
SOONEST = timedelta(minutes=1)


def may_stand(
    call: Call, opens_at: datetime, closes_at: datetime, reference_on: date | None, now: datetime
) -> None:
    """Say whether the call could have this period; a preview asks it, too, at its own moment.

    :raises NothingChanges: it has it already
    :raises ClosesBeforeItOpens: the period would end before it begins
    :raises OpenedAlready: the call is open; to open it later would shut out who is inside
    :raises ClosesTooSoon: the new deadline has passed, or is less than a minute ahead
    :raises CallOver: it has closed once: what was submitted was judged by its reference date, which
        stands, and would go with the call if that opened again on another day
    """
    if (opens_at, closes_at, reference_on) == (call.opens_at, call.closes_at, call.reference_on):
        raise NothingChanges
    if closes_at <= opens_at:
        raise ClosesBeforeItOpens
    if call.opens_at <= now and opens_at != call.opens_at:
        raise OpenedAlready(call.opens_at)
    if closes_at != call.closes_at and closes_at < now + SOONEST:
        raise ClosesTooSoon(now)
    closed_at = first_closed(call, now)
    other_day = reference_day(reference_on, closes_at) != call.reference_day
    if closed_at and (other_day or closes_at == call.closes_at <= now):
        raise CallOver(closed_at, call.reference_day)


@transaction.atomic
def move_deadline(
    *,
    call_id: int,
    opens_at: datetime,
    closes_at: datetime,
    reference_on: date | None,
    seen: str,
    reason_en: str,
    reason_ja: str,
    by: User,
    at: datetime,
) -> CallChange:
    """Move the call's opening, deadline or reference date; every page obeys from the next look on.

    ``seen`` is the fingerprint of the ``obligations`` that the page showed. No application is
    touched: drafts and submitted ones follow the call, what is further on keeps its own dates
    (product.md 7), and whoever has submitted stays in (hazard 13).

    :raises NotPermitted: ``by`` is no approver of the call's agency
    :raises ReasonNeeded: a reason is missing, in one of the two languages
    :raises Conflict: a colleague changed the call meanwhile
    :raises NothingChanges, ClosesBeforeItOpens, OpenedAlready, ClosesTooSoon, CallOver: see ``may_stand``
    """
    # A lock that lets foreign keys pass: whoever starts a team in this call need not wait.
    call = Call.objects.select_for_update(no_key=True).get(pk=call_id)
    if not permissions.may_change_call(by, call):
        raise NotPermitted("move_deadline")
    if not (reason_en.strip() and reason_ja.strip()):
        raise ReasonNeeded
    wanted = {"opens_at": opens_at, "closes_at": closes_at, "reference_on": reference_on}
    stored = obligations(call)
    # A second press, or a colleague who did the very same: there is no conflict to show.
    if seen != fingerprint(stored) and any(stored[name] != one for name, one in wanted.items()):
        raise Conflict(stored, wanted)
    now = database_now()
    may_stand(call, opens_at, closes_at, reference_on, now)
    change = CallChange(
        call=call,
        # Never before the deadline that had passed, however slow the web's clock: see first_closed.
        at=max(at, call.closes_at) if call.closes_at <= now else at,
        by=by,
        reason_en=reason_en,
        reason_ja=reason_ja,
        opens_before=call.opens_at,
        opens_after=opens_at,
        closes_before=call.closes_at,
        closes_after=closes_at,
        reference_before=call.reference_on,
        reference_after=reference_on,
        edition_before_id=call.edition_id,
        edition_after_id=call.edition_id,
    )
    call.opens_at, call.closes_at, call.reference_on = opens_at, closes_at, reference_on
    call._history_user = by
    call.save(update_fields=[*wanted])
    change.save(force_insert=True)
    return change
