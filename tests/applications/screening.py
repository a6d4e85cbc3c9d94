"""What officers do to a submitted application, as tests do it."""

from datetime import timedelta
from typing import Any

from applications import actions
from applications.models import Application, TeamLetter
from applications.queries.fingerprints import fingerprint
from applications.queries.screening import last_move, words_of
from applications.workflow import Act
from directory.models import User
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


def letter() -> TeamLetter:
    return TeamLetter.objects.latest("pk")


def release(by: User, one: TeamLetter | None = None, at=LATER) -> TeamLetter:
    one = one or letter()
    return actions.release_team_letter(
        letter_id=one.pk, seen=fingerprint(words_of(one)), by=by, at=at
    )
