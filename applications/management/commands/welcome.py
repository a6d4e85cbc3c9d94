"""The last line before the server starts: where to look, and with which practice accounts."""

from django.core.management.base import BaseCommand

from applications.management.practice import PASSWORD, STAFF, TEAMS


class Command(BaseCommand):
    help = "Say where the portal is served and how to sign in to practise."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", default="8000")

    def handle(self, *args, port: str, **options) -> None:
        staff = ", ".join(email for email, _agency, _role in STAFF)
        self.stdout.write(
            f"Open http://localhost:{port}/ . Sign in as {TEAMS[0].email} (researcher) or {staff} (staff); "
            f"password {PASSWORD}. Mail is kept in var/mail and shown here. Ctrl-C stops."
        )
