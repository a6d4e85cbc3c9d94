"""Lock first, then ask: how every action gets hold of its application."""

from datetime import datetime
from typing import Any

from applications import permissions
from applications.actions.refusals import CallClosed, NotPermitted
from applications.models import Actor, Application, Event, account_of, member_of
from applications.queries.clock import database_now
from applications.workflow import EDITABLE, NotAllowed, Status
from directory.models import User


def claim(application_id: int, act: str, by: User) -> Application:
    """Lock the application's row, then ask whether ``by`` may do ``act`` to it.

    :raises NotPermitted: ``by`` may not
    :raises Application.DoesNotExist: there is none
    """
    application = lock(application_id)
    if not permissions.may(by, act, application):
        raise NotPermitted(act)
    return application


def lock(application_id: int) -> Application:
    """Lock the application's row and read it; whoever calls this asks who may."""
    # The lock alone first: a statement that waited for it would still see the joined rows
    # (call, area) of before its wait.
    Application.objects.select_for_update().only("pk").get(pk=application_id)
    return Application.objects.select_related("call__edition", "edition", "team", "area").get(
        pk=application_id
    )


def claim_to_edit(application_id: int, by: User) -> Application:
    """Lock an application whose answers ``by`` may change now.

    :raises NotPermitted: ``by`` may not edit
    :raises NotAllowed: the state admits no changes
    :raises CallClosed: it was submitted, and its time for changes is over
    """
    application = claim(application_id, permissions.EDIT, by)
    if application.status not in EDITABLE:
        raise NotAllowed(permissions.EDIT, application.status)
    if application.status != Status.DRAFT:
        must_be_open(application)
    return application


def must_be_open(application: Application) -> datetime:
    """Return the database's moment if the application may be submitted at it.

    A returned application has a date of its own (``team_has_until``); any other obeys the call's,
    to the second and without grace (product.md 4). Asked after the lock, so that whoever waited
    is judged by when their turn came.

    :raises CallClosed: the moment is outside the period
    """
    now = database_now()
    closes = application.team_has_until
    if not application.call.opens_at <= now < closes:
        raise CallClosed(now, closes)
    return now


def mark_changed(application: Application, at: datetime) -> None:
    """Note when the application was last changed; lists show the newest change first."""
    application.changed_at = at
    application.save(update_fields=["changed_at"])


def record(
    application: Application,
    act: str,
    by: Actor | None,
    at: datetime,
    *,
    reason: str = "",
    was: str | None = None,
    **details: Any,
) -> Event:
    """Write the event of an act; takes what ``event_of`` takes."""
    event = event_of(application, act, by, at, reason=reason, was=was, **details)
    event.save(force_insert=True)
    return event


def event_of(
    application: Application,
    act: str,
    by: Actor | None,
    at: datetime,
    *,
    reason: str = "",
    was: str | None = None,
    **details: Any,
) -> Event:
    """Return the event of an act, not yet written; without ``was`` the state did not change.

    The actor is an account, a member who came by a mailed link, or (``None``) the portal itself.
    """
    return Event(
        application=application,
        act=act,
        from_state=application.status if was is None else was,
        to_state=application.status,
        user=account_of(by),
        membership=member_of(by),
        by_system=by is None,
        at=at,
        reason=reason,
        details=details,
    )
