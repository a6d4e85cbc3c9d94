"""Letters as they were released: the history of a notice, and the letter behind a funder's link."""

from datetime import datetime

from applications.models import Event, Happening, Notice, ReleasedLetter
from applications.models.invitation import token_digest


def letters_of(notice: Notice) -> list[ReleasedLetter]:
    """Return the letters released for a notice, the newest first."""
    return list(
        ReleasedLetter.objects.filter(notice=notice)
        .select_related("message", "released_by", "released_by_member")
        .order_by("-pk")
    )


def held_at(letter: ReleasedLetter) -> datetime | None:
    """Return when a letter was last held, None where it never was."""
    return (
        Event.objects.filter(
            application=letter.message.application_id,
            act=Happening.NOTICE_HELD,
            details__message=letter.message_id,
        )
        .order_by("-at", "-pk")
        .values_list("at", flat=True)
        .first()
    )


def letter_of(token: str) -> ReleasedLetter | None:
    """Return the letter behind a funder's link, with what its page says; None for an unknown one."""
    return (
        ReleasedLetter.objects.filter(token_digest=token_digest(token))
        .select_related("message", "notice__holder__researcher", "notice__body")
        .select_related("notice__application__call")
        .first()
    )
