"""What the shipped files hold: their columns, and how each cell is read."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

Value = str | int | bool | date | datetime | tuple[str, ...] | None
LIST_SEPARATOR = " | "
_ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def text(cell: str) -> str:
    """Return the cell itself; raises ValueError for what an editor or a wrong encoding left in it."""
    if cell != cell.strip():
        raise ValueError("remove the space at its beginning or end")
    if any(unicodedata.category(sign) in ("Cc", "Co", "Cn") or sign == "\ufffd" for sign in cell):
        raise ValueError("remove the control or unreadable character; keep it on one line")
    return cell


def day(cell: str) -> date | None:
    if not cell:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", cell, re.ASCII):
        raise ValueError("write the date as 2024-07-01")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("write a day that exists, as 2024-07-01") from None


def moment(cell: str) -> datetime | None:
    if not cell:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", cell, re.ASCII):
        raise ValueError("write the moment with its zone, as 2024-05-28T12:00:00+09:00")
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError("write a moment that exists, as 2024-05-28T12:00:00+09:00") from None


def number(cell: str) -> int:
    if not re.fullmatch(r"\d{1,15}", cell, re.ASCII):
        raise ValueError("write a whole number in plain digits")
    return int(cell)


def yes_no(cell: str) -> bool:
    if cell not in ("0", "1"):
        raise ValueError("write 1 for yes or 0 for no")
    return cell == "1"


def several(cell: str) -> tuple[str, ...]:
    parts = tuple(text(cell).split(LIST_SEPARATOR)) if cell else ()
    if any(part != part.strip() or not part for part in parts):
        raise ValueError(f"part the values with {LIST_SEPARATOR!r} and leave none empty")
    if len(set(parts)) != len(parts):
        raise ValueError("name each value once")
    return parts


def in_any_order(cell: str) -> tuple[str, ...]:
    return tuple(sorted(several(cell)))


def ror(cell: str) -> str:
    """Return a ROR id whose check digits agree: 98 less the number times 100, modulo 97."""
    if not cell:
        return ""
    if not re.fullmatch(rf"0[{_ROR_DIGITS}]{{6}}\d\d", cell, re.ASCII):
        raise ValueError("write the nine signs after ror.org/, such as 004rtk039")
    value = 0
    for sign in cell[:7]:
        value = value * 32 + _ROR_DIGITS.index(sign)
    if 98 - value * 100 % 97 != int(cell[7:]):
        raise ValueError("its check digits do not agree: copy it again from ror.org")
    return cell


def sha256(cell: str) -> str:
    if cell and not re.fullmatch(r"[0-9a-f]{64}", cell):
        raise ValueError("write the 64 hexadecimal digits of published_list.fingerprint")
    return cell


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how its cells are read, whether one may be empty, the table whose key it holds."""

    name: str
    read: Callable[[str], Value] = text
    needed: bool = False
    to: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One file. ``key`` names the columns that tell a row, whatever its primary key."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    unstored: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def stored(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.name not in self.unstored)


def _columns(names: str, **others: Column) -> tuple[Column, ...]:
    """Read "slug! name": a column each, ``!`` for one that must be filled."""
    return tuple(
        others.get(name.rstrip("!")) or Column(name.rstrip("!"), needed=name.endswith("!"))
        for name in names.split()
    )


_EDITION = Column("edition", needed=True, to="editions")
_AGENCY = Column("agency", needed=True, to="agencies")
_POSITION = Column("position", number, needed=True)

# In the order of loading: each table only points to those above it, or to itself.
TABLES: tuple[Table, ...] = (
    Table("countries", ("code",), _columns("code! name_en! name_ja! name_own")),
    Table(
        "agencies",
        ("slug",),
        _columns(
            "slug! acronym! name_en! name_ja! name_own name_published aliases country parent "
            "institute_code site ror award_lookup",
            aliases=Column("aliases", several),
            country=Column("country", needed=True, to="countries"),
            parent=Column("parent", to="agencies"),
            ror=Column("ror", ror),
        ),
    ),
    Table(
        "programmes",
        ("agency", "code"),
        _columns(
            "agency code! name_en! name_ja! name_own to_institutions",
            agency=_AGENCY,
            to_institutions=Column("to_institutions", yes_no, needed=True),
        ),
    ),
    Table(
        "formats",
        ("agency", "position"),
        _columns(
            "agency position pattern! key suggests examples source",
            agency=_AGENCY,
            position=_POSITION,
            suggests=Column("suggests", yes_no, needed=True),
            examples=Column("examples", several),
        ),
        unstored=("source",),
    ),
    Table(
        "editions",
        ("code",),
        _columns(
            "code! owner! as_of updated_on source! published_at",
            as_of=Column("as_of", day, needed=True),
            updated_on=Column("updated_on", day, needed=True),
            published_at=Column("published_at", moment),
        ),
    ),
    Table(
        "participations",
        ("edition", "agency"),
        _columns(
            "edition agency position kind! programmes summary_en! summary_ja! to_confirm_en "
            "to_confirm_ja added_on link note_fingerprint",
            edition=_EDITION,
            agency=_AGENCY,
            position=_POSITION,
            programmes=Column("programmes", in_any_order),
            added_on=Column("added_on", day),
            note_fingerprint=Column("note_fingerprint", sha256),
        ),
    ),
    Table(
        "notice_rules",
        ("edition", "agency"),
        _columns(
            "edition agency strength! trigger recipient body address contact_name language!",
            edition=_EDITION,
            agency=_AGENCY,
            body=Column("body", to="agencies"),
        ),
    ),
    Table(
        "conditions",
        ("edition", "agency", "code"),
        _columns("edition agency code!", edition=_EDITION, agency=_AGENCY),
    ),
    Table(
        "calls",
        ("code",),
        _columns(
            "code! owner! title_en! title_ja! track edition opens_at closes_at reference_on "
            "min_years max_years budget_cap_jpy page note_en note_ja is_practice",
            edition=_EDITION,
            opens_at=Column("opens_at", moment, needed=True),
            closes_at=Column("closes_at", moment, needed=True),
            reference_on=Column("reference_on", day),
            min_years=Column("min_years", number, needed=True),
            max_years=Column("max_years", number, needed=True),
            budget_cap_jpy=Column("budget_cap_jpy", number, needed=True),
            is_practice=Column("is_practice", yes_no, needed=True),
        ),
    ),
    Table(
        "call_areas",
        ("call", "code"),
        _columns(
            "call code! position name_en! name_ja!",
            call=Column("call", needed=True, to="calls"),
            position=_POSITION,
        ),
    ),
)

# Every NIH institute, so that one off the list can be named; becomes rows of ``agencies``.
INSTITUTES = Table(
    "nih_institutes", ("slug",), _columns("institute_code! slug! acronym! name_en! name_ja!")
)
