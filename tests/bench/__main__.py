"""Measure the portal against floors of plain Django in the same run; exit 1 if a target is missed."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection
from django.test.utils import override_settings

from tests.bench import (
    admin,
    child,
    dashboard,
    editions,
    exports,
    filling,
    grants,
    judging,
    ledger,
    outbox,
    secrets,
    submitting,
    workbook,
)
from tests.bench.lists import Reader
from tests.bench.report import Line, machine, table
from tests.bench.scene import database
from tests.bench.twin import Twin
from tests.bench.workspace import MANY, Team

FEW, SMALL, LARGE = 1_000, 10_000, 100_000
STARTED = perf_counter()


def say(text: str) -> None:
    """Tell on the side where the run is; the table alone goes to standard output."""
    sys.stderr.write(f"{perf_counter() - STARTED:6.1f} s  {text}\n")


def measure() -> Iterator[list[Line]]:
    """Fill to 10,000, measure, fill to 100,000, measure again."""
    viewer = filling.prepare()
    filler = filling.Filler()
    team = Team()
    twin = Twin()
    filler.up_to(FEW)
    preview = editions.Preview()
    few_statements = preview.statements()
    say(f"filling to {MANY:,} applications")
    filler.up_to(MANY)
    say(f"pages of the workspace with {MANY:,} teams, by turns with one")
    yield team.against(twin)
    twin.drop()
    say("what the time of an answer tells")
    yield secrets.measure(team.scene, say)
    say("the ledger page with few notices and with twenty")
    yield ledger.measure(team)
    say("one team judged, with one grant and with twenty")
    yield judging.measure(team)
    say("the outbox against Django's own sending of mail")
    yield outbox.measure()
    say(f"filling to {SMALL:,} applications")
    filler.up_to(SMALL)
    say("staff list against its floor")
    reader = Reader(viewer)
    yield reader.against_floor()
    say("what a list would change, against reading the same rows")
    yield preview.measure(few_statements)
    say("a workbook beside django-import-export's")
    yield workbook.measure(reader.client)
    say("dashboard against the bare list")
    yield dashboard.measure(reader)
    before = reader.times()
    small = child.run("export")
    say("submitting against its floor")
    yield submitting.measure()
    say("check_grants")
    with tempfile.TemporaryDirectory() as folder:
        yield grants.measure(Path(folder))
    say("lists of the admin")
    admin.fill()
    lists = admin.Lists(viewer)
    seconds = lists.times()
    say(f"filling to {LARGE:,} applications")
    filler.up_to(LARGE)
    say("staff list at a tenfold")
    yield reader.tenfold(before)
    say("lists of the admin at a tenfold")
    admin.fill()
    yield lists.tenfold(seconds)
    say("lists of the admin against Django's own")
    yield lists.against_stock()
    say("exports")
    yield exports.measure(reader.client, small)


def main() -> int:
    """Print the table and the machine; return 1 if a measure does not hold."""
    if connection.vendor != "postgresql":
        sys.stderr.write("The benchmark measures PostgreSQL: run make bench.\n")
        return 2
    lines: list[Line] = []
    with database(), override_settings(ROOT_URLCONF="tests.bench.floors"):
        try:
            for some in measure():
                lines += some
        finally:  # what was measured is told, though a later part may have failed
            sys.stdout.write(f"{table(lines)}\n\n{machine()}\n")
    missed = [line.name for line in lines if not line.holds]
    if missed:
        sys.stdout.write(f"Missed: {', '.join(missed)}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
