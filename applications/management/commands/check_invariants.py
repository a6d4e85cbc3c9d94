"""Check the promises that the data must keep, and name each row that breaks one."""

from django.core.management.base import BaseCommand, CommandError

from applications.queries.promises import PROMISES


class Command(BaseCommand):
    help = (
        "Check what must be true of the data: one statement or two for each promise. Names broken "
        "rows by table and number. Exit 1 when one is broken. Changes nothing."
    )

    def handle(self, *args, **options) -> None:
        broken = 0
        for promise in PROMISES:
            for row in promise.broken():
                broken += 1
                self.stdout.write(f"{promise.sentence} Broken by: {row}")
        self.stdout.write(f"{len(PROMISES)} promises checked, {broken} rows break one.")
        if broken:
            raise CommandError("The data breaks its promises.", returncode=1)
