"""Run the golden cases against an edition: each row of the list must answer as agreed."""

from django.core.management.base import BaseCommand, CommandError

from applications import golden
from directory.models import Edition


class Command(BaseCommand):
    help = "Judge the golden cases; ends with an error if one answers otherwise than agreed."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--edition", default="amed-2024-07-01", help="Code of the edition.")

    def handle(self, *args, edition: str, **options) -> None:
        row = Edition.objects.filter(code=edition).first()
        if row is None:
            raise CommandError(f"There is no edition {edition}: run load_directory first.")
        count, differences = golden.differences_of(row)
        for one in differences:
            self.stdout.write(f"{one.row_id}: expected {one.expected}, found {one.found}")
        self.stdout.write(f"{count} cases, {len(differences)} differ.")
        if differences:
            raise CommandError("The list does not answer as agreed.")
