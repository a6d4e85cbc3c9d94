"""Compare the shipped rows with the stored rows: pure, so that every refusal can be tested."""

from directory.seeding.checks import check
from directory.seeding.planning import Change, Plan, as_approved, plan, refusals
from directory.seeding.reading import BrokenSeed, Problem, Row, Seed, read_folder
from directory.seeding.tables import TABLES, Table

__all__ = [
    "TABLES",
    "BrokenSeed",
    "Change",
    "Plan",
    "Problem",
    "Row",
    "Seed",
    "Table",
    "as_approved",
    "check",
    "plan",
    "read_folder",
    "refusals",
]
