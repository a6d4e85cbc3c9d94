"""Write one of the CSV exports to a file."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone, translation

from applications import actions
from applications.exports import EXPORTS, Counted
from applications.models import Application, DataUse
from directory import columns
from directory.listing import in_reading_order, rows_of
from directory.models import Call, Edition, OwningAgency, User
from directory.spreadsheets import csv_lines

FUNDERS = "funders"


class Command(BaseCommand):
    """The exports of product.md section 9, with all their columns, without a browser.

    Whoever runs it has the database anyway, so no column is kept back. ``--by`` and ``--reason``
    put it on record as the web page does; without them the command says that it is on none.
    """

    help = "Write an export as CSV."

    def add_arguments(self, parser) -> None:
        parser.add_argument("name", choices=[FUNDERS, *EXPORTS], metavar="NAME")
        parser.add_argument("--call", help="code of a call; every export but funders needs it")
        parser.add_argument("--output", required=True, metavar="FILE")
        parser.add_argument("--codes", action="store_true", help="stable headers, codes as values")
        parser.add_argument("--language", default="en", choices=["en", "ja"])
        parser.add_argument(
            "--by", metavar="EMAIL", help="put it on record as this staff member's export"
        )
        parser.add_argument("--reason", default="", help="why; needed with --by")

    def handle(self, *, name, call, output, codes, language, by, reason, **options) -> None:
        with translation.override(language):
            chosen, rows, among = self.found(name, call)
            use = self.record(name, call, among, by, reason) if name != FUNDERS else None
            counted = Counted(rows)
            written = Path(output)
            part = written.with_name(f"{written.name}.part")
            try:
                with part.open("w", encoding="utf-8", newline="") as file:
                    file.writelines(csv_lines(chosen, counted, codes))
            except OSError as error:
                raise CommandError(f"{output} cannot be written: {error.strerror}") from error
            except BaseException:
                part.unlink(missing_ok=True)  # half a file is worse than none
                raise
            part.replace(written)
            if use:
                actions.record_rows_written(
                    use=use, rows=counted.number, by=use.by, at=timezone.now()
                )

    def record(
        self, name: str, code: str, among: QuerySet, by: str | None, reason: str
    ) -> DataUse | None:
        """Put the export on record, or say that it is on none.

        :raises CommandError: the address is nobody's of the call's agency, or there is no reason
        """
        if not by and not reason:
            self.stderr.write("Not on record: add --by EMAIL --reason WHY to record this export.")
            return None
        if not by or not reason.strip():
            raise CommandError("Recording an export needs both --by EMAIL and --reason WHY.")
        owner = Call.objects.get(code=code).owner
        person = User.objects.filter(email=by, is_active=True).first()
        if person is None or not person.works_for(owner):
            raise CommandError(f"{by} is no account of {owner}'s staff.")
        return actions.record_export(
            name=f"{name}.csv",
            filters=urlencode({"call": code}),
            columns=[column.code for column in EXPORTS[name].columns],
            personal=True,
            rows=among.count(),
            reason=reason,
            by=person,
            at=timezone.now(),
        )

    def found(self, name: str, code: str | None) -> tuple[Any, Any, QuerySet | None]:
        """Return the columns and the rows of an export, and what the rows are read from.

        :raises CommandError: a call is needed and not given, or there is none of that code
        """
        if name == FUNDERS:
            rows = in_reading_order(rows_of(Edition.objects.newest(OwningAgency.AMED)))
            return columns.FUNDERS, rows, None
        if not code:
            raise CommandError(f"The export {name} needs a call: add --call CODE.")
        call = Call.objects.filter(code=code).first()
        if call is None:
            raise CommandError(f"There is no call {code}.")
        export = EXPORTS[name]
        among = export.among(Application.objects.filter(call=call))
        return export.columns, export.rows(among), among
