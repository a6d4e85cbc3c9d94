"""Read the shipped files into rows, or say which file, line and column is broken and how to mend it."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from directory.seeding.tables import INSTITUTES, TABLES, Table, Value


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file, and how to mend it. Line 0 stands for the whole file."""

    file: str
    line: int
    column: str
    mend: str

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{line}{column}: {self.mend}"


class BrokenSeed(Exception):
    """The shipped files cannot be loaded; ``problems`` says where and how to mend each."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: its values by column, and where it stands."""

    file: str
    line: int
    key: str
    values: Mapping[str, Value]

    def problem(self, column: str, mend: str) -> Problem:
        return Problem(self.file, self.line, column, mend)


Seed = Mapping[str, Mapping[str, Row]]


def read_folder(folder: Path) -> Seed:
    """Return the rows of every table by key, NIH's institutes among the agencies.

    Raises BrokenSeed with every problem found.
    """
    problems: list[Problem] = []
    seed: dict[str, dict[str, Row]] = {}
    for table in (*TABLES, INSTITUTES):
        try:
            seed[table.name] = _read_table(folder / table.file, table)
        except BrokenSeed as broken:
            problems.extend(broken.problems)
    if problems:
        raise BrokenSeed(*problems)
    institutes = seed.pop(INSTITUTES.name)
    seed["agencies"] |= _agencies_off_the_list(institutes, seed["agencies"])
    return seed


def _read_table(path: Path, table: Table) -> dict[str, Row]:
    content = _decoded(path, table)
    records = csv.reader(io.StringIO(content, newline=""), strict=True)
    header = _header(records, table)
    found: dict[str, Row] = {}
    problems: list[Problem] = []
    while True:
        line = records.line_num + 1
        try:
            cells = next(records)
        except StopIteration:
            break
        except csv.Error as error:
            raise BrokenSeed(
                *problems, Problem(table.file, line, header[0], f"mend the quotes ({error})")
            ) from None
        if len(cells) != len(header):
            column = header[min(len(cells), len(header) - 1)]
            mend = f"give {len(header)} cells; it has {len(cells)}"
            problems.append(Problem(table.file, line, column, mend))
            continue
        try:
            row = _row(dict(zip(header, cells, strict=True)), line, table)
        except BrokenSeed as broken:
            problems.extend(broken.problems)
            continue
        if earlier := found.get(row.key):
            mend = f"{row.key} stands on line {earlier.line} already: keep one of the two"
            problems.append(row.problem(table.key[-1], mend))
        found.setdefault(row.key, row)
    if not found and not problems:
        problems.append(Problem(table.file, 2, header[0], "put the rows back; the file has none"))
    if problems:
        raise BrokenSeed(*problems)
    return found


def _decoded(path: Path, table: Table) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        mend = f"put the file back ({error.strerror})"
        raise BrokenSeed(Problem(table.file, 0, "", mend)) from None
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", errors="replace").split("\n")
        cells = next(csv.reader([before[-1]]), [""])
        column = table.columns[min(len(cells), len(table.columns)) - 1].name
        mend = "save the file as UTF-8; it holds bytes of another encoding"
        raise BrokenSeed(Problem(table.file, len(before), column, mend)) from None
    if content and not content.endswith("\n"):
        # A copy that broke off may still read as a shorter last cell.
        lines = content.split("\n")
        column = table.columns[min(lines[-1].count(","), len(table.columns) - 1)].name
        mend = "end the last line with a line break; the file looks cut off"
        raise BrokenSeed(Problem(table.file, len(lines), column, mend))
    return content


def _header(records: Iterator[list[str]], table: Table) -> list[str]:
    try:
        header = next(records, [])
    except csv.Error as error:
        first = table.columns[0].name
        raise BrokenSeed(Problem(table.file, 1, first, f"mend the quotes ({error})")) from None
    wanted = [column.name for column in table.columns]
    problems = [
        Problem(table.file, 1, name, "add the column; it is missing")
        for name in wanted
        if name not in header
    ]
    for place, name in enumerate(header):
        if name not in wanted:
            problems.append(Problem(table.file, 1, name or f"{place + 1}", "remove the column"))
        elif name in header[:place]:
            problems.append(Problem(table.file, 1, name, "name the column once"))
    if problems:
        raise BrokenSeed(*problems)
    return header


def _row(cells: Mapping[str, str], line: int, table: Table) -> Row:
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for column in table.columns:
        cell = cells[column.name]
        if column.needed and not cell:
            problems.append(Problem(table.file, line, column.name, "fill the cell; it is empty"))
            continue
        try:
            values[column.name] = column.read(cell)
        except ValueError as error:
            mend = f"{error} (it holds {cell[:80]!r})"
            problems.append(Problem(table.file, line, column.name, mend))
    if problems:
        raise BrokenSeed(*problems)
    key = "/".join(str(values[name]) for name in table.key)
    return Row(table.file, line, key, values)


def _agencies_off_the_list(
    institutes: Mapping[str, Row], agencies: Mapping[str, Row]
) -> dict[str, Row]:
    """Return agencies for the institutes without a row of their own; check those with one.

    Raises BrokenSeed where the two files name an institute differently.
    """
    template: dict[str, Value] = dict.fromkeys(column.name for column in TABLES[1].columns)
    template |= dict.fromkeys(("name_own", "name_published", "site", "ror", "award_lookup"), "")
    others: dict[str, Row] = {}
    for slug, row in institutes.items():
        if own := agencies.get(slug):
            for name in ("institute_code", "name_en", "name_ja"):
                if own.values[name] != row.values[name]:
                    mend = (
                        f"agencies.csv, line {own.line} has {own.values[name]!r}: make them agree"
                    )
                    raise BrokenSeed(row.problem(name, mend))
            continue
        acronym = str(row.values["acronym"])
        values = template | {
            **row.values,
            "acronym": f"NIH-{acronym}",
            "aliases": (acronym,),
            "country": "US",
            "parent": "nih",
        }
        others[slug] = replace(row, values=values)
    return others
