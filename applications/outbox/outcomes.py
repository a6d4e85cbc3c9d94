"""What follows from a mail server's answer: a table to read, without a clock or a database."""

from datetime import timedelta
from enum import StrEnum


class Stage(StrEnum):
    """How far the conversation about one mail had come."""

    CONNECT = "CONNECT"  # no mail yet: connection, greeting, encryption, sign-in
    SENDER = "SENDER"
    RECIPIENT = "RECIPIENT"
    DATA = "DATA"  # the server was asked to take the text, and has not been given it
    CONTENT = "CONTENT"  # the whole text was given: without an answer nobody knows


class Outcome(StrEnum):
    """What the worker does next about a mail."""

    HANDED_OVER = "handed over"
    RETRY_QUICKLY = "retried quickly"
    RETRY_SLOWLY = "retried slowly"
    GIVEN_BACK = "given back"  # the server's trouble, not this mail's: no try is counted
    FAILED = "failed"
    HELD = "held"
    DISCARDED = "discarded"


class NotTaken(Exception):
    """The server did not take the mail; ``code`` is None where it said nothing (dropped, silent)."""

    def __init__(self, stage: Stage, code: int | None, words: str) -> None:
        super().__init__(" ".join(filter(None, [str(code or ""), words])))
        self.stage, self.code = stage, code


# Full or busy mailboxes and greylisting: the same again in a minute changes nothing.
SLOW = frozenset({432, 450, 451, 452})
# The server wants this portal to sign in: its settings are wrong, not the mail.
PORTAL_NOT_ADMITTED = frozenset({530, 534, 535, 538})
OUT_OF_STEP = frozenset({503})  # an earlier conversation was cut: a fresh one may do

# After the first, second, third and fourth try; greylisting for four hours is outlasted.
QUICK_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8))
SLOW_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 360))
# After this the server itself is asked again, whoever waits.
SERVER_PAUSE = timedelta(minutes=1)


def outcome_of(stage: Stage, code: int | None, *, to_funder: bool) -> Outcome:
    """Say what follows from the answer ``code`` at ``stage`` (RFC 5321, section 4.2).

    Mail to funders never repeats silently: where the text was given and the answer is missing,
    a person decides. The portal's own mail is tried again, with the same Message-ID.
    """
    if stage == Stage.CONNECT or code in PORTAL_NOT_ADMITTED:
        return Outcome.GIVEN_BACK
    if stage == Stage.CONTENT and code is not None and 200 <= code < 300:
        return Outcome.HANDED_OVER
    if code is None or not 400 <= code < 600:
        # Nothing, or what is neither yes nor no.
        unknown = stage == Stage.CONTENT and to_funder
        return Outcome.HELD if unknown else Outcome.RETRY_QUICKLY
    if code in SLOW:
        return Outcome.RETRY_SLOWLY
    if code >= 500 and code not in OUT_OF_STEP:
        return Outcome.FAILED
    # 421 and other passing troubles.
    return Outcome.RETRY_QUICKLY


def pause_before_retry(outcome: Outcome, attempts: int) -> timedelta:
    """Return how long to wait after try number ``attempts`` (from 1)."""
    pauses = SLOW_PAUSES if outcome == Outcome.RETRY_SLOWLY else QUICK_PAUSES
    return pauses[min(attempts, len(pauses)) - 1]
