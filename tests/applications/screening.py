"""What officers do to a submitted application, as tests do it."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from applications import actions
from applications.models import Application, TeamLetter
from applications.queries.fingerprints import fingerprint
from applications.queries.screening import as_read, last_move, recipients_of_team
from applications.workflow import Act
from directory.models import JAPAN_TIME, User
from tests.applications import scenes

UNTIL = scenes.CLOSES + timedelta(days=30)
LATER = scenes.CLOSES + timedelta(days=2)  # after the deadline


def officer(name: str = "officer", agency: str = "AMED", role: str = "OFFICER") -> User:
    return scenes.user(name, staff_agency=agency, staff_role=role)


def decide(scene: scenes.Scene, act: str, by: User, **more: Any) -> Application:
    """Do the act as a page would that was opened just now."""
    stored = scene.stored()
    if act == Act.RETURN:
        more = {"reason": "The title in English", "until": UNTIL} | more
    return actions.decide(
        application_id=scene.pk,
        act=act,
        by=by,
        at=more.pop("at", LATER),
        seen_status=more.pop("seen_status", stored.status),
        seen_move=more.pop("seen_move", last_move(stored)),
        **more,
    )


def soon(hour: int = 12) -> datetime:
    """A moment in Japan a month from now, for pages that ask the clock themselves."""
    day = timezone.localdate(timezone=JAPAN_TIME) + timedelta(days=30)
    return datetime.combine(day, time(hour), JAPAN_TIME)


def given(until: datetime) -> dict[str, str]:
    """The moment as a form of screening asks for it."""
    parts = (until.year, until.month, until.day)
    return {f"day_{place}": str(part) for place, part in enumerate(parts)} | {"hour": f"{until:%H}"}


def letter() -> TeamLetter:
    return TeamLetter.objects.latest("pk")


def release(by: User, one: TeamLetter | None = None, at=LATER) -> TeamLetter:
    one = one or letter()
    return actions.release_team_letter(
        letter_id=one.pk,
        seen=fingerprint(as_read(one, recipients_of_team(one.application))),
        by=by,
        at=at,
    )
