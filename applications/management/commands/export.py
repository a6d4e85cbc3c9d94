"""Write one of the CSV exports to a file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from applications.exports import EXPORTS
from applications.models import Application
from directory import columns
from directory.listing import in_reading_order, rows_of
from directory.models import Call, Edition
from directory.spreadsheets import csv_lines

FUNDERS = "funders"


class Command(BaseCommand):
    """The exports of product.md section 9, without a browser."""

    help = "Write an export as CSV."

    def add_arguments(self, parser) -> None:
        parser.add_argument("name", choices=[FUNDERS, *EXPORTS], metavar="NAME")
        parser.add_argument("--call", help="code of a call; every export but funders needs it")
        parser.add_argument("--output", required=True, metavar="FILE")
        parser.add_argument("--codes", action="store_true", help="stable headers, codes as values")
        parser.add_argument("--language", default="en", choices=["en", "ja"])

    def handle(self, *, name, call, output, codes, language, **options) -> None:
        with translation.override(language):
            chosen, rows = self.found(name, call)
            written = Path(output)
            part = written.with_name(f"{written.name}.part")
            try:
                with part.open("w", encoding="utf-8", newline="") as file:
                    file.writelines(csv_lines(chosen, rows, codes))
            except OSError as error:
                raise CommandError(f"{output} cannot be written: {error.strerror}") from error
            except BaseException:
                part.unlink(missing_ok=True)  # half a file is worse than none
                raise
            part.replace(written)

    def found(self, name: str, code: str | None):
        """Return the columns and the rows of an export.

        :raises CommandError: a call is needed and not given, or there is none of that code
        """
        if name == FUNDERS:
            rows = in_reading_order(rows_of(Edition.objects.newest()))
            return columns.FUNDERS, rows
        if not code:
            raise CommandError(f"The export {name} needs a call: add --call CODE.")
        call = Call.objects.filter(code=code).first()
        if call is None:
            raise CommandError(f"There is no call {code}.")
        export = EXPORTS[name]
        among = export.among(Application.objects.filter(call=call))
        return export.columns, export.rows(among)
