"""The outbox worker: hands waiting mail to the mail server until it is told to stop."""

import logging
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from applications import actions, outbox
from applications.outbox.outcomes import Outcome
from applications.queries.clock import database_now

PAUSE_SECONDS = 1.0
# A server that is down is asked again after a while, not once a second.
PAUSE_OF_THE_SERVER_SECONDS = 15.0
# How often it is asked whom to remind of notices.
REMINDING_SECONDS = 600.0
log = logging.getLogger(__name__)


def database_clock() -> Callable[[], datetime]:
    """Return a clock that starts from the database's moment: workers' own clocks may differ."""
    start, tick = database_now(), time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - tick)


class Command(BaseCommand):
    help = (
        "Send waiting messages, and remind of notices that are due. Several may run side by side, on several machines; "
        "SIGTERM ends after the present mail and gives the rest of its batch back."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="Send what is due and end.")

    def handle(self, *args, once: bool, **options) -> None:
        self.stopping = False
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, self.stop)
        self.reminding_at = time.monotonic()
        connection = get_connection()
        while not self.stopping:
            now = database_clock()
            self.remind(now)
            tally = outbox.deliver_due(
                now=now,
                settle=actions.settle_message,
                connection=connection,
                stopping=lambda: self.stopping,
            )
            if tally:
                words = ", ".join(f"{name}: {count}" for name, count in sorted(tally.items()))
                self.stdout.write(words)
            if tally and not tally[Outcome.GIVEN_BACK.value]:
                continue
            connection.close()
            if once:
                break
            close_old_connections()
            self.pause(PAUSE_OF_THE_SERVER_SECONDS if tally else PAUSE_SECONDS)
        connection.close()

    def remind(self, now: Callable[[], datetime]) -> None:
        """Owe the reminders that are due, every ten minutes, and at once again while there are more."""
        if time.monotonic() < self.reminding_at:
            return
        self.reminding_at = time.monotonic() + REMINDING_SECONDS
        try:
            if actions.owe_due_reminders(at=now()) >= actions.REMINDERS_AT_ONCE:
                self.reminding_at = time.monotonic()
        except Exception:
            # Nobody's mail waits because a reminder cannot be worded.
            log.exception("Reminders of notices could not be owed")

    def pause(self, seconds: float) -> None:
        """Wait, but not past a signal to stop."""
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(min(0.2, seconds))

    def stop(self, *_signal) -> None:
        self.stopping = True
