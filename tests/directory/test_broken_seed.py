"""Hazard 31: a broken shipped file names file, line and column, and leaves every table as it was."""

import contextlib
import csv
import io
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from directory.management.commands import load_directory
from directory.management.commands.load_directory import SEED, load
from directory.models import Country
from directory.seeding import TABLES, BrokenSeed
from tests.directory.seeds import checksums, edit

WHERE = re.compile(r"^(\w+\.csv), line \d+, column \S+: .+", re.MULTILINE)
FILES = [table.file for table in TABLES] + ["nih_institutes.csv"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be broken."""
    return Path(shutil.copytree(SEED, tmp_path / "seed"))


@pytest.fixture
def loaded(db: None) -> None:
    load()


def mutations(rng: random.Random) -> Iterator[tuple[str, str, bytes]]:
    """Yield (what was done, file, its broken bytes), over 500 of them."""
    for name in FILES:
        raw = (SEED / name).read_bytes()
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
        header, body = rows[0], rows[1:]
        for place, column in enumerate(header):
            dropped = [row[:place] + row[place + 1 :] for row in rows]
            yield f"drop {column}", name, _bytes(dropped)
            yield f"rename {column}", name, _bytes([_with(header, place, column + "s"), *body])
            yield f"twice {column}", name, _bytes([[*row, row[place]] for row in rows])
            at = rng.randrange(len(body))
            for bad in ("\x07", "a\nb", " x", "\ufffd"):
                broken = [*body[:at], _with(body[at], place, bad), *body[at + 1 :]]
                yield f"{bad!r} in {column}", name, _bytes([header, *broken])
        at = rng.randrange(len(body))
        yield "duplicate row", name, _bytes([*rows, body[at]])
        yield "cell too few", name, _bytes([*rows, body[at][:-1]])
        yield "cell too many", name, _bytes([header, [*body[0], "x"], *body[1:]])
        yield "blank line", name, _bytes([header, []]) + _bytes(body)
        yield "extra column", name, _bytes([[*row, "x"] for row in rows])
        yield "no rows", name, _bytes([header])
        yield "empty file", name, b""
        yield "utf-16", name, raw.decode("utf-8").encode("utf-16")
        yield "open quote", name, raw + b'"open\n'
        for _ in range(4):
            # In the middle of a row: a cut between two is a shorter file, told by what points there.
            ends = [m.start() for m in re.finditer(rb"[^\n](?=[^\n])", raw)]
            yield "truncated", name, raw[: rng.choice(ends) + 1]
    for name in ("agencies.csv", "participations.csv", "calls.csv", "countries.csv"):
        yield "cp932", name, (SEED / name).read_text("utf-8").encode("cp932", errors="replace")
    for name, old, new in WRONG_VALUES:
        content = (SEED / name).read_text(encoding="utf-8")
        assert old in content, (name, old)
        yield f"{old} -> {new}", name, content.replace(old, new, 1).encode()


def _with(row: list[str], place: int, cell: str) -> list[str]:
    return [*row[:place], cell, *row[place + 1 :]]


def _bytes(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


WRONG_VALUES = [
    ("agencies.csv", ",AU,", ",XX,"),
    ("agencies.csv", ",AU,", ",,"),
    ("agencies.csv", "05mmh0f86", "05mmh0f87"),
    ("agencies.csv", "https://www.arc.gov.au", "not an address"),
    ("agencies.csv", ",US,nih,", ",US,nihr2,"),
    ("agencies.csv", "IRSC", "NSF"),
    ("agencies.csv", "zonmw,ZonMw", "Zon Mw,ZonMw"),
    ("programmes.csv", "tips,", "nobody,"),
    ("programmes.csv", ",1", ",yes"),
    ("formats.csv", r"(\d{9}|\d{7})", r"(\d{9}|\d{7}"),
    ("formats.csv", "arc,1,", "arc,one,"),
    ("formats.csv", "{1}{2}", "{1}{9}"),
    ("editions.csv", "2024-07-03,", "2024-02-30,"),
    ("editions.csv", "2024-07-03,", "07/03/24,"),
    ("editions.csv", "AMED", "NEDO"),
    ("participations.csv", ",EXISTING,", ",SOME,"),
    ("participations.csv", "CFREF | CERC", "CFREF | XXXX"),
    ("participations.csv", "CFREF | CERC", "CFREF |  CERC"),
    ("participations.csv", "2024-07-03", "2024-13-03"),
    ("notice_rules.csv", "help@nhmrc.gov.au", "help at nhmrc"),
    ("notice_rules.csv", "help@nhmrc.gov.au", ""),
    ("notice_rules.csv", "ENQUIRY", "MUST"),
    ("notice_rules.csv", "amed-2024-07-01,nsf,", "amed-2024-07-01,nih,"),
    ("conditions.csv", "ERC_SCOPE", "ANY_SCOPE"),
    ("calls.csv", "+09:00,2024", ",2024"),
    ("calls.csv", "2024-05-28T12", "2023-05-28T12"),
    ("calls.csv", ",3,5,", ",5,3,"),
    ("calls.csv", "115000000", "115 million"),
    ("calls.csv", "amed-2024-3", "AMED 2024/3"),
    ("call_areas.csv", "amed-2024-3", "amed-2024-9"),
    ("nih_institutes.csv", "HL,", "AI,"),
    ("nih_institutes.csv", "CA,", "CB,"),
]
BROKEN = list(mutations(random.Random(20240701)))


def test_500_broken_files_are_refused_and_change_nothing(loaded, folder):
    before = checksums()
    accepted, unclear = [], []

    for done, name, content in BROKEN:
        (folder / name).write_bytes(content)
        try:
            load(folder)
            accepted.append((name, done))
        except BrokenSeed as broken:
            if not WHERE.search(str(broken)):
                unclear.append((name, done, str(broken)))
        shutil.copyfile(SEED / name, folder / name)

    assert len(BROKEN) >= 500
    assert accepted == []
    assert unclear == []
    assert checksums() == before


LATE = [
    ("calls.csv", "2024-05-28T12", "2023-05-28T12"),
    ("notice_rules.csv", "help@nhmrc.gov.au", "help at nhmrc"),
    ("conditions.csv", "ERC_SCOPE", "ANY_SCOPE"),
    ("call_areas.csv", "life-stages", "life stages"),
]


@pytest.mark.parametrize("name,old,new", LATE)
def test_a_late_refusal_undoes_what_came_before(db, folder, name, old, new):
    edit(folder / name, old, new)
    before = checksums()

    with pytest.raises(BrokenSeed, match=WHERE):
        load(folder)

    assert checksums() == before


@pytest.mark.parametrize("name,old,new", LATE)
def test_without_the_transaction_half_a_load_would_stay(db, monkeypatch, folder, name, old, new):
    """The negative control: it is the transaction that protects."""
    edit(folder / name, old, new)
    before = checksums()
    monkeypatch.setattr(
        load_directory, "transaction", SimpleNamespace(atomic=contextlib.nullcontext)
    )

    with pytest.raises(BrokenSeed):
        load(folder)

    assert checksums() != before
    assert Country.objects.count() == 11
