"""The last line of the start: where to look, and with which practice accounts."""

import time
import urllib.error
import urllib.request

from django.core.management.base import BaseCommand, CommandError

from applications.management.practice import PASSWORD, STAFF, TEAMS


class Command(BaseCommand):
    help = "Say where the portal is served and how to sign in to practise."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", default="8000")

    def handle(self, *args, port: str, **options) -> None:
        self.wait_for(f"http://127.0.0.1:{port}/healthz")
        staff = ", ".join(email for email, *_told in STAFF)
        self.stdout.write(
            f"Open http://localhost:{port}/ . Sign in as {TEAMS[0].email} (researcher) or {staff} (staff); "
            f"password {PASSWORD}. Mail is kept in var/mail and shown here. Ctrl-C stops."
        )

    def wait_for(self, address: str) -> None:
        """Return once the server answers.

        :raises CommandError: it does not within half a minute
        """
        for _second in range(30):
            try:
                urllib.request.urlopen(address, timeout=5)  # noqa: S310 -- our own address
            except (urllib.error.URLError, OSError):
                time.sleep(1)
            else:
                return
        raise CommandError("The server does not answer. Is the port taken? Try: make run PORT=8001")
