"""The outbox worker: hands waiting mail to the mail server until it is told to stop."""

import signal
import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from applications import outbox

PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Send waiting messages. Several may run side by side; SIGTERM ends after the present batch."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="Send what is due and end.")

    def handle(self, *args, once: bool, **options) -> None:
        self.stopping = False
        if not once:
            for stop in (signal.SIGTERM, signal.SIGINT):
                signal.signal(stop, self.stop)
        while not self.stopping:
            tally = outbox.deliver_due(at=timezone.now())
            if tally:
                self.stdout.write(
                    ", ".join(f"{name}: {count}" for name, count in sorted(tally.items()))
                )
            elif once:
                return
            else:
                close_old_connections()
                time.sleep(PAUSE_SECONDS)

    def stop(self, *_signal) -> None:
        self.stopping = True
