"""The acts of staff on an application: one function, one transaction, one event (product.md 7)."""

from datetime import datetime

from django.db import transaction

from applications import decision_mail
from applications.actions.claiming import claim, record
from applications.actions.consents import ReasonNeeded
from applications.actions.follow_ups import prepare_follow_ups, take_back_follow_ups
from applications.actions.ledger import sync_notices
from applications.actions.refusals import Conflict
from applications.models import Application, Happening, TeamLetter
from applications.queries.application import workspace
from applications.queries.screening import last_move
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


class DateNeeded(Exception):
    """The act gives the team a time, which must lie in the future."""


def follows(
    act: str, status: str, move: int | None, *, seen_status: str, seen_move: int | None
) -> Status:
    """Say where the act leads an application that stands at ``status`` by the event ``move``.

    A preview asks this of many; the act asks it again under its lock.

    :raises Conflict: it no longer stands where the page showed it
    :raises NotAllowed: the act does not follow from the status
    """
    if status != seen_status or move != seen_move:
        raise Conflict({"status": status}, {"status": seen_status})
    return next_status(act, status)


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
    :raises ReasonNeeded: the act wants a reason
    :raises DateNeeded: the act wants a moment in the future
    """
    if act not in STAFF_ACTS:
        raise NotAllowed(act, seen_status)
    application = claim(application_id, act, by)
    was = application.status
    move = last_move(application) if seen_move is not None else None
    target = follows(act, was, move, seen_status=seen_status, seen_move=seen_move)
    if act in NEEDS_REASON and not reason.strip():
        raise ReasonNeeded
    if act in NEEDS_DATE and (until is None or until <= at):
        raise DateNeeded
    application.status = target
    if act == Act.RETURN:
        application.return_reason, application.returned_until = reason, until
    # ``changed_at`` stays: it tells when the answers were changed, which staff do not do.
    application.save(update_fields=["status", "return_reason", "returned_until"])
    record(application, act, by, at, was=was, reason=reason)
    space = workspace(application)
    sync_notices(space, at)
    if act == Act.REOPEN_DECISION:
        take_back_follow_ups(application, at)
    if act in FOLLOW_UPS:
        prepare_follow_ups(application, Act(act), by, at)
    _drop_drafts(application, by, at)
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


def _drop_drafts(application: Application, by: User, at: datetime) -> None:
    """Drop letters that were never released: what they say is no longer so."""
    for letter in TeamLetter.objects.filter(
        application=application, released_at=None, dropped_at=None
    ).order_by("pk"):
        letter.dropped_at = at
        letter.save(update_fields=["dropped_at"])
        record(application, Happening.TEAM_LETTER_DROPPED, by, at, letter=letter.pk, overtaken=True)
