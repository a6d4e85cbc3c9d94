"""Let mail leave a database that was restored or copied, or whose mail somebody held."""

from django.core.management.base import BaseCommand, CommandError

from applications import actions
from applications.queries.clock import database_now


class Command(BaseCommand):
    help = (
        "Open the hold switch of all mail. Look at the mail queue first: after a restore it may hold "
        "mail that left already."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--reason", required=True, help="why it is safe; kept with the switch")

    def handle(self, *args, reason: str, **options) -> None:
        try:
            actions.open_mail(reason=reason, by=None, at=database_now())
        except actions.ReasonNeeded as refusal:
            raise CommandError("Say why in --reason.") from refusal
        except actions.SwitchUnchanged:
            self.stdout.write("Mail flows already.")
        else:
            self.stdout.write("Mail may leave this database.")
