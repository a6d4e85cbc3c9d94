"""One heavy job for each person: a second is refused while the first is running (hazards.md 35)."""

from collections.abc import Callable, Iterable, Iterator
from secrets import token_hex
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

LONGEST = 10 * 60  # seconds: a job that died in silence keeps nobody waiting for longer
RETRY_AFTER = 10


def begin(request: HttpRequest) -> Callable[[], None] | None:
    """Begin a heavy job of whoever asks; return what ends it, or None while another is running.

    A person is an account, or an address where nobody is signed in, as for the limits of attempts.
    The note is a row of the shared cache that two cannot add, on however many machines; it goes
    by itself after ``LONGEST``.
    """
    user = request.user
    whose = user.pk if user.is_authenticated else get_adapter().get_client_ip(request)
    key, mine = f"heavy-job:{whose}", token_hex()
    if not cache.add(key, mine, LONGEST):
        return None

    def end() -> None:
        if cache.get(key) == mine:  # else it ran out, and another has begun since
            cache.delete(key)

    return end


def refuse(request: HttpRequest, back: str) -> HttpResponse:
    """Say that a file is still on its way, with the way back; nothing was begun."""
    context: dict[str, Any] = {"back": back, "minutes": LONGEST // 60}
    answer = render(request, "staff/one_at_a_time.html", context, status=429)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def still_running() -> str:
    """The words for a form: another check of the same person is not done yet."""
    return _(
        "Another check that was sent from here is still running. Wait until it is done, then send this file again."
    )


class Leaving:
    """The pieces of a file on its way; ``after`` runs when the last has left, or the line broke.

    A server closes what it sends in any case, also before the first piece.
    """

    def __init__(self, pieces: Iterable[bytes], after: Callable[[], None]) -> None:
        self._pieces = pieces
        self._after: Callable[[], None] | None = after

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        after, self._after = self._after, None
        if after:
            after()
