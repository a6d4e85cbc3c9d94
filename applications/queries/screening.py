"""What the pages of screening read: the last move, colleagues, notes, letters to the team."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet

from applications.models import (
    Application,
    Event,
    InternalNote,
    Membership,
    Message,
    Role,
    TeamLetter,
)
from applications.workflow import TRANSITIONS, Act, Status
from directory.models import StaffRole, User

LONGEST_CORRECTION = timedelta(days=366)


def moves(application: Application) -> QuerySet[Event]:
    """The events that brought the application to where it stands, the newest first."""
    found = Event.objects.filter(application=application, act__in=Act.values)
    return found.select_related("user", "membership__researcher").order_by("-pk")


def last_move(application: Application) -> int:
    """Return the newest of these by its key; 0 where there is none."""
    return moves(application).values_list("pk", flat=True).first() or 0


def last_moves(applications: Iterable[int]) -> dict[int, int]:
    """Return ``last_move`` of many; one statement."""
    found = Event.objects.filter(application__in=list(applications), act__in=Act.values)
    return dict(found.values_list("application").annotate(newest=Max("pk")))


def colleagues_of(application: Application) -> QuerySet[User]:
    """Officers and approvers of the call's agency who can sign in: they may be given the application."""
    staff = User.objects.filter(is_active=True, staff_agency=application.call.owner)
    return staff.exclude(staff_role=StaffRole.VIEWER).order_by("name", "pk")


def lead_of(application: Application) -> Membership | None:
    current = Membership.objects.current().filter(team=application.team_id, role=Role.LEAD)
    return current.select_related("researcher__user").first()


def recipients_of_team(application: Application) -> list[User]:
    """The accounts of lead and deputies that can sign in, each once: to them letters to the team go."""
    found = User.objects.filter(
        pk__in=Membership.objects.current()
        .filter(team=application.team_id, role__in=[Role.LEAD, Role.DEPUTY])
        .values("researcher__user"),
        is_active=True,
    )
    return list(found.order_by("pk"))


def notes_of(application: Application) -> QuerySet[InternalNote]:
    """The internal notes, the newest first."""
    return application.internal_notes.select_related("by").order_by("-pk")


def letters_of(application: Application) -> QuerySet[TeamLetter]:
    """The letters to the team that were not dropped, the newest first."""
    kept = application.team_letters.filter(dropped_at=None)
    return kept.select_related("released_by").order_by("-pk")


def drafts_of_use(at: datetime) -> QuerySet[TeamLetter]:
    """The letters that may still be released at ``at``: acts drop what they overtake, time drops nothing."""
    drafts = TeamLetter.objects.filter(released_at=None, dropped_at=None)
    return drafts.exclude(act=Act.RETURN, application__returned_until__lte=at)


def letters_waiting(
    applications: Iterable[int] | QuerySet[Application], at: datetime
) -> QuerySet[TeamLetter]:
    """The letters to these teams that somebody has still to read and release, the oldest first."""
    live = drafts_of_use(at).exclude(application__status=Status.WITHDRAWN)
    if not isinstance(applications, QuerySet):
        applications = list(applications)
    return live.filter(application__in=applications).order_by("pk")


def mails_of(application: Application, most: int) -> list[Message]:
    """The newest mails about the application."""
    return list(Message.objects.filter(application=application).order_by("-pk")[:most])


def last_two_versions(application: Application) -> tuple[dict, dict] | None:
    """Return the last version and the one before it, the older first, as ``snapshots.shown`` shows answers."""
    newest = application.versions.prefetch_related("people").order_by("-number")[:2]
    states = [
        {
            "inputs": one.content["inputs"],
            "beside": {person.pseudonym: person.values for person in one.people.all()},
        }
        for one in newest
    ]
    return (states[1], states[0]) if len(states) == 2 else None


def correction_period(application: Application, at: datetime) -> tuple[datetime, datetime]:
    """Between which moments a return's date may lie: after the first, not after the second.

    It takes nothing from the call's own time, except in practice, and is no slip of the year.
    """
    closes = application.call.closes_at
    later = max(at, closes)
    return at if application.call.is_practice else later, later + LONGEST_CORRECTION


def as_read(letter: TeamLetter, recipients: Iterable[User]) -> dict[str, Any]:
    """Return what somebody has read who releases the letter: its words, and to whom they go."""
    return words_of(letter) | {"to": [[one.pk, one.email] for one in recipients]}


def words_of(letter: TeamLetter) -> dict[str, str]:
    """Return what a form about the letter shows and a conflict compares."""
    return {"subject": letter.subject, "text": letter.text}


def is_of_use(letter: TeamLetter, application: Application, at: datetime) -> bool:
    """Whether what the letter tells is still so: the status, and for a return the time to correct."""
    if TRANSITIONS[Act(letter.act)].target != application.status:
        return False
    until = application.returned_until
    return application.status != Status.RETURNED or (until is not None and at < until)
