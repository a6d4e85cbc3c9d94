"""Erase again, after a restore, what was erased since the backup was made."""

import csv
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError

from applications import actions
from applications.queries.clock import database_now
from applications.queries.erasing import COLUMNS, FORGOTTEN

REASON = "applied again after a restore"


class Command(BaseCommand):
    help = (
        "Apply a list that list_erasures wrote. Safe to repeat. Exit 1 where a row of the list "
        "belongs to another person now: look at it by hand."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE")

    def handle(self, *, file, **options) -> None:
        done = absent = 0
        others = []
        for subject, pseudonym, first_at in self.rows(file):
            if subject == FORGOTTEN:
                actions.remember_forgotten(digest=pseudonym, at=first_at)
                continue
            try:
                actions.erase_again(
                    subject=subject, pseudonym=pseudonym, reason=REASON, at=database_now()
                )
                done += 1
            except actions.NotHere:
                absent += 1
            except actions.AnotherPerson:
                others.append(subject)
                self.stderr.write(f"{subject} is another person here: left alone")
        self.stdout.write(f"{done} erased, {absent} not in this database, {len(others)} left alone")
        if others:
            raise CommandError("Some rows belong to other people now.", returncode=1)

    def rows(self, file: str) -> list[tuple[str, str, datetime]]:
        """Read the whole list before anything is erased.

        :raises CommandError: the file is none of ours
        """
        try:
            with open(file, encoding="utf-8", newline="") as opened:
                head, *rows = csv.reader(opened)
            found = [(one, mark, datetime.fromisoformat(at)) for one, mark, at in rows]
        except (OSError, ValueError, csv.Error) as error:
            raise CommandError(f"{file} cannot be read as a list of erasures.") from error
        if tuple(head) != COLUMNS:
            raise CommandError(f"{file} is not a list of erasures.")
        return found
