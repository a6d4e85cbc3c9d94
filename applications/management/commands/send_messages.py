"""The outbox worker: hands waiting mail to the mail server until it is told to stop."""

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


def database_clock() -> Callable[[], datetime]:
    """Return a clock that starts from the database's moment: workers' own clocks may differ."""
    start, tick = database_now(), time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - tick)


class Command(BaseCommand):
    help = (
        "Send waiting messages. Several may run side by side, on several machines; "
        "SIGTERM ends after the present mail and gives the rest of its batch back."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="Send what is due and end.")

    def handle(self, *args, once: bool, **options) -> None:
        self.stopping = False
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, self.stop)
        connection = get_connection()
        while not self.stopping:
            now = database_clock()
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

    def pause(self, seconds: float) -> None:
        """Wait, but not past a signal to stop."""
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(min(0.2, seconds))

    def stop(self, *_signal) -> None:
        self.stopping = True
