"""What staff keep among themselves about an application: who looks after it, and notes."""

from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.claiming import claim, record
from applications.actions.refusals import Conflict
from applications.models import Application, Happening, InternalNote
from applications.queries.screening import colleagues_of
from directory.models import User


class NotAColleague(Exception):
    """The account is not an officer or approver of the call's agency who can sign in."""


class NothingWritten(Exception):
    """The note is empty."""


@transaction.atomic
def assign(
    *, application_id: int, to: int | None, seen: int | None, by: User, at: datetime
) -> Application:
    """Give the application to a colleague, or (``None``) to nobody. ``seen`` is whose it was on the page.

    :raises Conflict: a colleague gave it to somebody meanwhile
    :raises NotAColleague: ``to`` is not an active officer or approver of the call's agency
    :raises NotPermitted: ``by`` is not an officer or approver of the call's agency
    """
    application = claim(application_id, permissions.SCREEN, by)
    if application.assigned_to_id == to:
        return application  # pressed twice, or a colleague did the same
    if application.assigned_to_id != seen:
        raise Conflict({"assigned_to": application.assigned_to_id}, {"assigned_to": to})
    if to is not None and not colleagues_of(application).filter(pk=to).exists():
        raise NotAColleague
    application.assigned_to_id = to
    application.save(update_fields=["assigned_to"])
    record(application, Happening.ASSIGNED, by, at, to=to)
    return application


@transaction.atomic
def write_note(*, application_id: int, text: str, by: User, at: datetime) -> InternalNote:
    """Write a note that staff of the same agency read and the team never does.

    The same words twice in a row by the same person are one note: a button pressed twice.

    :raises NothingWritten: the note is empty
    :raises NotPermitted: ``by`` is not an officer or approver of the call's agency
    """
    application = claim(application_id, permissions.SCREEN, by)
    if not text.strip():
        raise NothingWritten
    newest = InternalNote.objects.filter(application=application).order_by("-pk").first()
    if newest and (newest.by_id, newest.text) == (by.pk, text):
        return newest
    note = InternalNote.objects.create(application=application, by=by, at=at, text=text)
    record(application, Happening.INTERNAL_NOTE, by, at, note=note.pk)
    return note
