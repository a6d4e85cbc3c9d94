"""The acts of staff on an application: one function, one transaction, one event (product.md 7)."""

from datetime import datetime

from django.db import transaction

from applications import decision_mail
from applications.actions import claiming
from applications.actions.claiming import claim, record
from applications.actions.consents import ReasonNeeded
from applications.actions.follow_ups import prepare_follow_ups, take_back_follow_ups
from applications.actions.ledger import sync_notices
from applications.actions.overtaking import drop_letters
from applications.actions.refusals import Conflict, DateNeeded, StillTheTeams
from applications.models import Application, TeamLetter
from applications.queries.application import workspace
from applications.queries.screening import correction_period, last_move
from applications.workflow import (
    FOLLOW_UPS,
    NEEDS_DATE,
    NEEDS_REASON,
    STAFF_ACTS,
    TELLS_TEAM,
    Act,
    NotAllowed,
    Status,
    next_status,
)
from directory.models import User


def follows(
    application: Application,
    act: str,
    move: int | None,
    *,
    seen_status: str,
    seen_move: int | None,
    until: datetime | None,
    at: datetime,
) -> Status:
    """Say where the act leads an application that was brought where it stands by the event ``move``.

    A preview asks this of many; the act asks it again under its lock, at the database's moment.
    The application comes with its call.

    :raises Conflict: it no longer stands where the page showed it
    :raises NotAllowed: the act does not follow from the status
    :raises StillTheTeams: the team may still change and submit it (product.md 7)
    :raises DateNeeded: the act wants a moment that ``until`` is not
    """
    status = application.status
    if status != seen_status or move != seen_move:
        raise Conflict({"status": status}, {"status": seen_status})
    target = next_status(act, status)
    begins = application.screening_from if act == Act.TAKE_INTO_SCREENING else None
    if begins and at < begins:
        raise StillTheTeams(begins)
    if act in NEEDS_DATE:
        earliest, latest = correction_period(application, at)
        # At the call's own deadline or later: only what has passed already is no date to give.
        if until is None or until <= at or not earliest <= until <= latest:
            raise DateNeeded(earliest, latest)
    return target


@transaction.atomic
def decide(
    *,
    application_id: int,
    act: str,
    by: User,
    at: datetime,
    seen_status: str,
    seen_move: int | None = None,
    reason: str = "",
    until: datetime | None = None,
) -> Application:
    """Do one act of staff: status, event, ledger, follow-up letters, and a draft of the letter to the team.

    ``seen_status`` is where the page showed the application. ``seen_move`` is the event that had
    brought it there: a form that is sent again after the application went round and came back to
    the same status does nothing (hazard 9).

    :raises NotPermitted: ``by`` is not an officer or approver of the call's agency
    :raises Conflict: a colleague was faster; ``stored`` says where it stands now
    :raises NotAllowed: the act is none of staff's, or does not follow from the status
    :raises StillTheTeams, DateNeeded: see ``follows``
    :raises ReasonNeeded: the act wants a reason
    """
    if act not in STAFF_ACTS:
        raise NotAllowed(act, seen_status)
    application = claim(application_id, act, by)
    was = application.status
    move = last_move(application) if seen_move is not None else None
    target = follows(
        application,
        act,
        move,
        seen_status=seen_status,
        seen_move=seen_move,
        until=until,
        at=claiming.database_now(),
    )
    if act in NEEDS_REASON and not reason.strip():
        raise ReasonNeeded
    application.status = target
    if act == Act.RETURN:
        application.return_reason, application.returned_until = reason, until
    elif act == Act.TAKE_INTO_SCREENING:  # a return is over, as when the team submits again
        application.return_reason, application.returned_until = "", None
    # ``changed_at`` stays: it tells when the answers were changed, which staff do not do.
    application.save(update_fields=["status", "return_reason", "returned_until"])
    record(application, act, by, at, was=was, reason=reason)
    space = workspace(application)
    sync_notices(space, at)
    if act == Act.REOPEN_DECISION:
        take_back_follow_ups(application, at)
    if act in FOLLOW_UPS:
        prepare_follow_ups(application, Act(act), by, at)
    drop_letters(application, by, at)
    if act in TELLS_TEAM:
        _draft(application, act, reason, by, at)
    return application


def _draft(application: Application, act: str, reason: str, by: User, at: datetime) -> None:
    language = decision_mail.language_of(application)
    mail = decision_mail.decision_mail(
        application=application, act=act, reason=reason, language=language
    )
    TeamLetter.objects.create(
        application=application,
        act=act,
        language=language,
        subject=mail.subject[:300],
        text=mail.text,
        drafted_at=at,
        drafted_by=by,
    )
