"""Bring the directory up to date with the shipped files: all or nothing, and safe to repeat."""

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from directory.models import (
    Agency,
    Call,
    CallArea,
    CallChange,
    Condition,
    Country,
    Edition,
    GrantFormat,
    NoticeRule,
    Participation,
    Programme,
)
from directory.seeding import (
    TABLES,
    BrokenSeed,
    Change,
    Plan,
    Table,
    as_approved,
    check,
    plan,
    read_folder,
    refusals,
)
from directory.seeding.tables import Value

SEED = Path(__file__).resolve().parents[2] / "seed"
MODELS: dict[str, type[models.Model]] = {
    "countries": Country,
    "agencies": Agency,
    "programmes": Programme,
    "formats": GrantFormat,
    "editions": Edition,
    "participations": Participation,
    "notice_rules": NoticeRule,
    "conditions": Condition,
    "calls": Call,
    "call_areas": CallArea,
}
# Where a model keeps what a column names by key.
_PATHS = {"agency": "agency__slug", "parent": "parent__slug", "body": "body__slug"} | {
    "edition": "edition__code",
    "call": "call__code",
    "country": "country_id",
}
_OF_A_ROW = {"edition": "participation__edition__code", "agency": "participation__agency__slug"}
REASON = "load_directory"  # what the history gives as the reason of the change


def load(folder: Path = SEED, *, dry_run: bool = False) -> Plan:
    """Bring the stored rows to the rows of ``folder`` and return what changed, or would change.

    Deletes nothing. Raises BrokenSeed, and changes nothing, where a file is broken, or differs
    from an edition that is published already.
    """
    seed = read_folder(folder)
    check(seed)
    with transaction.atomic():
        stored, keys = _stored()
        changed = CallChange.objects.values_list("call__code", flat=True)
        planned = plan(as_approved(seed, stored, changed), stored)
        published = Edition.objects.published().values_list("code", flat=True)
        if refused := refusals(planned, seed, published, _named_in_published()):
            raise BrokenSeed(*refused)
        # The dry run writes too, so that it meets every refusal of the real one.
        _write(planned, keys)
        transaction.set_rollback(dry_run)
    return planned


def _named_in_published() -> set[str]:
    rows = Participation.objects.filter(edition__published_at__isnull=False)
    pairs = rows.values_list("agency__slug", "notice_rule__body__slug")
    return {slug for pair in pairs for slug in pair if slug}


Keys = dict[tuple[str, str], Any]


def _stored() -> tuple[dict[str, dict[str, dict[str, Value]]], Keys]:
    """Return every stored row by table and key as a file would have it, and the primary keys."""
    stored: dict[str, dict[str, dict[str, Value]]] = {}
    keys: Keys = {}
    for table in TABLES:
        rows = stored[table.name] = {}
        names = [column.name for column in table.stored if column.name != "programmes"]
        paths = [_path(table, name) for name in names]
        targeted = _targeted() if table.name == "participations" else {}
        for pk, *cells in MODELS[table.name]._default_manager.values_list("pk", *paths):
            values = {name: _as_in_file(cell) for name, cell in zip(names, cells, strict=True)}
            for column in table.stored:
                if column.to and values[column.name] is None:
                    values[column.name] = ""
            if table.name == "participations":
                values["programmes"] = tuple(sorted(targeted.get(pk, ())))
            key = "/".join(str(values[name]) for name in table.key)
            rows[key] = values
            keys[table.name, key] = pk
    return stored, keys


def _path(table: Table, name: str) -> str:
    if table.name in ("notice_rules", "conditions") and name in _OF_A_ROW:
        return _OF_A_ROW[name]
    return _PATHS.get(name, name)


def _as_in_file(cell: Any) -> Value:
    return tuple(cell) if isinstance(cell, list) else cell


def _targeted() -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    links = Participation.programmes.through.objects.values_list(
        "participation_id", "programme__code"
    )
    for row, code in links:
        codes.setdefault(row, []).append(code)
    return codes


def _write(planned: Plan, keys: Keys) -> None:
    """Save the changes one by one, so that each leaves its row in the history."""
    publish: list[tuple[Any, datetime]] = []
    for change in planned.changes:
        model = MODELS[change.table]
        pk = keys.get((change.table, change.row.key))
        target: Any = model() if change.was is None else model._default_manager.get(pk=pk)
        moment = _fill(target, change, keys)
        if moment:
            publish.append((target, moment))
        _save(target, change)
        keys[change.table, change.row.key] = target.pk
        if change.table == "participations" and (change.was is None or "programmes" in change.was):
            target.programmes.set(_programmes(change, keys))
    # Last of all: what is published is whole.
    for edition, moment in publish:
        edition.published_at = moment
        edition._change_reason = REASON
        edition.save()


def _fill(target: Any, change: Change, keys: Keys) -> datetime | None:
    """Set the target's fields; return the moment at which an edition is to be published."""
    moment = None
    values: Mapping[str, Value] = change.row.values
    for column in next(table for table in TABLES if table.name == change.table).stored:
        value = values[column.name]
        if column.name == "published_at":
            assert value is None or isinstance(value, datetime)  # noqa: S101 -- read by ``moment``
            moment = value
        elif change.table in ("notice_rules", "conditions") and column.name in _OF_A_ROW:
            target.participation_id = keys[
                "participations", f"{values['edition']}/{values['agency']}"
            ]
        elif column.to:
            setattr(target, f"{column.name}_id", keys[column.to, str(value)] if value else None)
        elif column.name != "programmes":
            setattr(target, column.name, list(value) if isinstance(value, tuple) else value)
    return moment


def _save(target: Any, change: Change) -> None:
    try:
        # Examples are held by ``check``; a funder that publishes no format (STINT) has none.
        target.full_clean(exclude=["examples"])
    except ValidationError as error:
        table = next(table for table in TABLES if table.name == change.table)
        raise BrokenSeed(
            *(
                change.row.problem(
                    table.key[-1] if column == NON_FIELD_ERRORS else column, " ".join(messages)
                )
                for column, messages in error.message_dict.items()
            )
        ) from None
    target._change_reason = REASON
    target.save()


def _programmes(change: Change, keys: Keys) -> list[Any]:
    codes = change.row.values["programmes"]
    assert isinstance(codes, tuple)  # noqa: S101 -- the column is read by ``several``
    return [keys["programmes", f"{change.row.values['agency']}/{code}"] for code in codes]


class Command(BaseCommand):
    help = (
        "Bring countries, agencies, programmes, formats, editions and calls up to date with the "
        "shipped files. Prints the difference; all or nothing; safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Show the changes and make none."
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        try:
            planned = load(dry_run=dry_run)
        except BrokenSeed as broken:
            raise CommandError(f"Nothing was changed.\n{broken}") from broken
        for line in planned.lines():
            self.stdout.write(line)
        outcome = "Dry run" if dry_run else "Done"
        self.stdout.write(f"{outcome}: {planned.new} new, {planned.changed} changed.")
