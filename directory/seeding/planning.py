"""Plan what would bring the stored rows to the shipped rows, and refuse what must not change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from directory.seeding.reading import Problem, Row, Seed
from directory.seeding.tables import TABLES, Value

Stored = Mapping[str, Mapping[str, Mapping[str, Value]]]
_OF_AN_EDITION = ("editions", "participations", "notice_rules", "conditions")
# What a call obliges its teams to; approvers change it, with a reason on record.
_OBLIGING = ("opens_at", "closes_at", "reference_on", "edition")
# What stays of an agency that a published edition names; its slug is its key here.
_FIXED = {"country": "country", "parent": "parent", "institute_code": "institute code"}


@dataclass(frozen=True, slots=True)
class Change:
    """One row to write: new where ``was`` is None, else the columns that differ."""

    table: str
    row: Row
    was: Mapping[str, Value] | None = None

    def lines(self) -> Iterator[str]:
        name = f"{self.table} {self.row.key}"
        if self.was is None:
            yield f"+ {name}"
            return
        for column, before in self.was.items():
            yield f"~ {name}.{column}: {_shown(before)} -> {_shown(self.row.values[column])}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes in the order of writing, and the rows that only the database has."""

    changes: tuple[Change, ...] = ()
    unlisted: tuple[tuple[str, str], ...] = ()

    @property
    def new(self) -> int:
        return sum(change.was is None for change in self.changes)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.new

    def lines(self) -> Iterator[str]:
        for change in self.changes:
            yield from change.lines()
        for table, key in self.unlisted:
            yield f"? {table} {key} is in the database and not in the files; left alone"


def _shown(value: Value) -> str:
    return repr(value) if isinstance(value, str | tuple) else str(value)


def as_approved(seed: Seed, stored: Stored, calls: Iterable[str]) -> Seed:
    """Return the seed with the period, reference date and edition of these calls as they are stored.

    An approver has changed them here since they were shipped; loading the files again undoes nothing.
    """
    rows = dict(seed["calls"])
    for code in set(calls) & rows.keys():
        kept = {name: stored["calls"][code][name] for name in _OBLIGING}
        rows[code] = replace(rows[code], values={**rows[code].values, **kept})
    return {**seed, "calls": rows}


def plan(seed: Seed, stored: Stored) -> Plan:
    """Return what would bring ``stored`` to ``seed``. Nothing is ever deleted."""
    changes: list[Change] = []
    unlisted: list[tuple[str, str]] = []
    for table in TABLES:
        before = stored.get(table.name, {})
        rows = seed[table.name].values()
        # Parents first: an agency points to one in its own table.
        for row in sorted(rows, key=lambda row: bool(row.values.get("parent"))):
            if row.key not in before:
                changes.append(Change(table.name, row))
                continue
            was = before[row.key]
            differing = {
                column.name: was[column.name]
                for column in table.stored
                if was[column.name] != row.values[column.name]
            }
            if differing:
                changes.append(Change(table.name, row, differing))
        owners = next(column.to for column in table.columns if column.name == table.key[0])
        unlisted += [
            (table.name, key)
            for key in sorted(before.keys() - seed[table.name].keys())
            # The rows of an edition or call made here: naming their owner is enough.
            if not owners or key.split("/")[0] in seed[owners]
        ]
    return Plan(tuple(changes), tuple(unlisted))


def refusals(
    planned: Plan, seed: Seed, published: Iterable[str], named: Iterable[str]
) -> tuple[Problem, ...]:
    """Return what speaks against a plan: a published edition never changes.

    ``published`` are the codes of the editions already published in the database, ``named`` the
    agencies that their rows name: those keep country, parent and institute code.
    """
    editions, agencies = frozenset(published), frozenset(named)
    mend = "undo the change, or ship it as a new edition: {} is published and never changes"
    problems: list[Problem] = []
    for change in planned.changes:
        if change.table == "agencies" and change.row.key in agencies:
            words = f"undo the change: a published edition names {change.row.key} with its {{}}"
            problems += [
                change.row.problem(column, words.format(name))
                for column, name in _FIXED.items()
                if column in (change.was or ())
            ]
        if change.table not in _OF_AN_EDITION:
            continue
        code = str(change.row.values["code" if change.table == "editions" else "edition"])
        if code in editions:
            column = next(iter(change.was or ()), "agency")
            problems.append(change.row.problem(column, mend.format(code)))
    for table, key in planned.unlisted:
        code = key.split("/")[0]
        # An edition that the files do not have at all is a newer one, made here.
        if table in _OF_AN_EDITION and code in editions and code in seed["editions"]:
            problems.append(
                Problem(f"{table}.csv", 0, "", f"put the row {key} back; {code} is published")
            )
    return tuple(problems)
