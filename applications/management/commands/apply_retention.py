"""Take away what has been kept as long as the settings say; with --dry-run only list it."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from applications import actions
from applications.queries.clock import database_now
from applications.queries.retention import over


class Command(BaseCommand):
    help = (
        "Empty what has outlived its period (RETENTION_…_DAYS in the environment). A kind without "
        "a period is kept. Names rows by table and number. Exit 1 when an application could not be "
        "emptied; all the rest was. Run it nightly; --dry-run changes nothing."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list what would go")

    def handle(self, *, dry_run, **options) -> None:
        at, failed = database_now(), []
        if dry_run:
            found = {one.kind: one.named() for one in over(settings.RETENTION, at)}
        else:
            done = actions.apply_retention(periods=settings.RETENTION, at=at)
            found, failed = done.rows, done.failed
        for kind, days in settings.RETENTION.items():
            if days is None:
                self.stdout.write(f"{kind}: kept, no period is set")
                continue
            for row in found[kind]:
                self.stdout.write(f"{kind}: {row}")
            self.stdout.write(
                f"{kind}: {len(found[kind])} {'would go' if dry_run else 'emptied'}, {days} days"
            )
        if not dry_run:
            self.stdout.write(f"files without a row: {len(actions.sweep_files())} deleted")
        for row in failed:
            self.stdout.write(f"could not be emptied: {row}; the log says why")
        if failed:
            raise CommandError("Not everything could be emptied.", returncode=1)
