"""What must hold between the shipped rows, before any is compared with the database."""

from collections.abc import Iterator

from directory.references import Format, fold_name
from directory.seeding.reading import BrokenSeed, Problem, Seed
from directory.seeding.tables import TABLES


def check(seed: Seed) -> None:
    """Pass when the rows agree with one another; raises BrokenSeed with every problem found."""
    problems = tuple(
        problem
        for rule in (
            _references_lead_somewhere,
            _names_tell_one_agency,
            _formats_accept_their_examples,
            _rows_of_the_list_are_whole,
        )
        for problem in rule(seed)
    )
    if problems:
        raise BrokenSeed(*problems)


def _references_lead_somewhere(seed: Seed) -> Iterator[Problem]:
    for table in TABLES:
        for row in seed[table.name].values():
            for column in table.columns:
                aim = row.values[column.name]
                if column.to and aim and aim not in seed[column.to]:
                    yield row.problem(column.name, f"name a row of {column.to}.csv, not {aim!r}")
                elif (
                    column.name == "parent" and aim and seed["agencies"][str(aim)].values["parent"]
                ):
                    yield row.problem("parent", f"name an agency without a parent, not {aim!r}")


def _names_tell_one_agency(seed: Seed) -> Iterator[Problem]:
    """An acronym or alias that two agencies share would tell neither."""
    owner: dict[str, str] = {}
    for row in seed["agencies"].values():
        aliases = row.values["aliases"]
        assert isinstance(aliases, tuple)  # noqa: S101 -- the column is read by ``several``
        columns = ("acronym", "name_en", "name_own")
        named = [(name, str(row.values[name])) for name in columns if row.values[name]]
        for column, name in [*named, *(("aliases", alias) for alias in aliases)]:
            earlier = owner.setdefault(fold_name(name), row.key)
            if earlier != row.key:
                yield row.problem(column, f"{name!r} names {earlier} already: choose another")


def _formats_accept_their_examples(seed: Seed) -> Iterator[Problem]:
    for row in seed["formats"].values():
        examples = row.values["examples"]
        assert isinstance(examples, tuple)  # noqa: S101 -- the column is read by ``several``
        shape = Format(
            agency=str(row.values["agency"]),
            pattern=str(row.values["pattern"]),
            key=str(row.values["key"]),
            suggests=bool(row.values["suggests"]),
            examples=examples,
        )
        try:
            failed = shape.failed_examples()
        except ValueError as error:
            yield row.problem("pattern", f"mend the pattern ({error})")
            continue
        for example in failed:
            yield row.problem("examples", f"the pattern refuses {example!r}: mend one of the two")


def _rows_of_the_list_are_whole(seed: Seed) -> Iterator[Problem]:
    """Each row of an edition has its one notice rule, and targets programmes of its own agency."""
    rows, rules = seed["participations"], seed["notice_rules"]
    for key, row in rows.items():
        if key not in rules:
            yield row.problem("agency", f"add the row {key} to notice_rules.csv")
        programmes = row.values["programmes"]
        assert isinstance(programmes, tuple)  # noqa: S101 -- the column is read by ``several``
        for code in programmes:
            if f"{row.values['agency']}/{code}" not in seed["programmes"]:
                yield row.problem("programmes", f"name a programme of its agency, not {code!r}")
    for table in ("notice_rules", "conditions"):
        for row in seed[table].values():
            if f"{row.values['edition']}/{row.values['agency']}" not in rows:
                yield row.problem("agency", f"add its row to participations.csv ({row.key})")
