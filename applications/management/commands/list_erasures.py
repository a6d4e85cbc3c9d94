"""Write the list of erasures, to be kept outside the database and applied again after a restore."""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from applications.queries.erasing import (
    COLUMNS,
    FORGOTTEN,
    erasures_to_keep,
    forgotten_to_keep,
)


class Command(BaseCommand):
    help = (
        "Write which rows were erased, by table and number, and the keyed digests of forgotten "
        "addresses: no name, no address. Run it with every backup and keep it elsewhere; after a "
        "restore, apply_erasures reads it."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--output", required=True, metavar="FILE")

    def handle(self, *, output, **options) -> None:
        written = Path(output)
        part = written.with_name(f"{written.name}.part")
        try:
            with part.open("w", encoding="utf-8", newline="") as file:
                lines = csv.writer(file)
                lines.writerow(COLUMNS)
                count = 0
                for one in erasures_to_keep():
                    lines.writerow((one.subject, one.pseudonym, one.at.isoformat()))
                    count += 1
                for one in forgotten_to_keep():
                    lines.writerow((FORGOTTEN, one.digest, one.at.isoformat()))
            part.replace(written)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}") from error
        self.stdout.write(f"{count} erasures")
