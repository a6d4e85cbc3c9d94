"""The bulk check from the command line: a CSV of grants in, the same with verdicts out."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications import bulk
from applications.queries.catalogue import edition_facts, load_catalogue
from directory.models import Call, Edition, OwningAgency
from directory.spreadsheets import BOM


def write_beside(rows: Iterator[list[str]], output: Path) -> int:
    """Write a file of its own and put it in place when it is whole: the answer may replace the question.

    :raises bulk.Unreadable: the rows break off; what stood at ``output`` still stands
    """
    # What is no file (a pipe, the terminal's own name) is written to as it is.
    beside = output.is_file() or not output.exists()
    part = output.with_name(f"{output.name}.part") if beside else output
    try:
        with part.open("w", encoding="utf-8", newline="", buffering=1 << 20) as target:
            target.write(BOM)
            count = bulk.write_rows(rows, target)
        if beside:
            part.replace(output)
    except BaseException:
        if beside:
            part.unlink(missing_ok=True)
        raise
    return count


class Command(BaseCommand):
    help = "Judge each grant of a CSV file against an edition of the list."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--call", help="Take edition and reference date of this call.")
        parser.add_argument("--edition", help="Code of the edition (default: AMED's newest).")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            help="Day whose list is asked, as 2024-07-10, instead of --edition.",
        )
        parser.add_argument("--on", type=date.fromisoformat, help="Reference date, as 2024-05-28.")
        parser.add_argument("--output", type=Path, help="Where to write (default: the terminal).")

    def handle(self, *args, file: Path, output: Path | None, **options) -> None:
        edition, on = self.terms(options)
        try:
            with file.open("rb") as source:
                rows = bulk.checked_rows(source, load_catalogue(), edition_facts(edition), on)
                if output is None:
                    bulk.write_rows(rows, self.stdout)
                    return
                count = write_beside(rows, output)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except bulk.Unreadable as error:
            raise CommandError(f"{file}: {error}") from error
        self.stderr.write(f"{count} rows checked against {edition.code} on {on.isoformat()}.")

    def terms(self, options: dict) -> tuple[Edition, date]:
        """Return the edition and the day that were asked for.

        :raises CommandError: there is no such call or edition, no list of that day, or both are named
        """
        if options["edition"] and options["as_of"]:
            raise CommandError(
                "Both --edition and --as-of name a list. Leave out --edition for the list of a day, "
                "or --as-of for the edition of that code."
            )
        call = edition = None
        if options["call"]:
            call = Call.objects.select_related("edition").filter(code=options["call"]).first()
            if call is None:
                raise CommandError(f"There is no call {options['call']}.")
        if options["edition"]:
            edition = Edition.objects.filter(code=options["edition"]).first()
            if edition is None:
                raise CommandError(f"There is no edition {options['edition']}.")
        if options["as_of"]:
            edition = self.said_on(options["as_of"], call.owner if call else OwningAgency.AMED)
        edition = edition or (call.edition if call else Edition.objects.newest(OwningAgency.AMED))
        if edition is None:
            raise CommandError("There is no published edition: run load_directory first.")
        return edition, options["on"] or (call.reference_day if call else timezone.localdate())

    @staticmethod
    def said_on(day: date, owner: str) -> Edition:
        """Return the list that the agency's page showed on that day.

        :raises CommandError: none is kept that is so old
        """
        found = Edition.objects.said_on(day, owner)
        if found is None:
            raise CommandError(
                f"No list of {owner} is kept that was published on or before {day.isoformat()}. "
                "Give a later day, or the edition's code with --edition."
            )
        return found
