"""Read one message that came back to the portal's mailbox, for the pipe of a mail server."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from applications import actions, outbox
from applications.models import Message
from applications.queries.clock import database_now
from applications.queries.returned import mail_returned
from applications.returned_mail import LARGEST, Kind, read_returned

NO_INPUT = 66  # EX_NOINPUT of sysexits.h
TRY_LATER = 75  # EX_TEMPFAIL: mail servers offer the message again


class Command(BaseCommand):
    help = (
        "Note that a mail came back undeliverable, from a report on FILE or standard input (-). "
        "Nothing is ever answered. Exit codes: 0 read, whether or not there was anything to note "
        "(automatic replies, delays, junk and unknown Message-IDs are left aside); "
        "66 FILE cannot be read; 75 try again later (the database is away, or a worker is still "
        "at that mail)."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE")

    def handle(self, *args, file: str, **options) -> None:
        returned = read_returned(self.content(file))
        if returned.kind != Kind.FAILED:
            self.stdout.write(f"{returned.kind}: nothing to note.")
            return
        try:
            self.note(returned.message_ids, returned.recipients)
        except Error as error:
            raise CommandError(
                "The database is away. Try again later.", returncode=TRY_LATER
            ) from error

    def content(self, file: str) -> bytes:
        """Return what is to be read, but not without end.

        :raises CommandError: the file cannot be read
        """
        try:
            if file == "-":
                return sys.stdin.buffer.read(LARGEST)
            with Path(file).open("rb") as source:
                return source.read(LARGEST)
        except OSError as error:
            raise CommandError(
                f"{file} cannot be read: {error.strerror}", returncode=NO_INPUT
            ) from error

    def note(self, message_ids: tuple[str, ...], recipients: tuple[str, ...]) -> None:
        found = mail_returned(message_ids, recipients, outbox.message_id_domain())
        if found is None:
            self.stdout.write("FAILED: no mail of this portal, nothing to note.")
            return
        try:
            actions.mark_returned(message_id=found.pk, at=database_now())
        except actions.NotHandedOver:
            self.stdout.write(f"FAILED: mail {found.pk} was never handed over, nothing to note.")
        except actions.BeingHandedOver as refusal:
            raise CommandError(
                f"A worker is still at mail {found.pk}. Try again later.", returncode=TRY_LATER
            ) from refusal
        except Message.DoesNotExist:  # erased between the two looks
            self.stdout.write("FAILED: no mail of this portal, nothing to note.")
        else:
            self.stdout.write(f"FAILED: mail {found.pk} is marked as come back.")
