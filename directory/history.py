"""What changed between two editions, field by field: codes for the file, words for the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.changes import Difference, RowSaid
from directory.formatting import short_date
from directory.models import (
    Agency,
    Condition,
    ConditionCode,
    NoticeRule,
    Participation,
    ParticipationKind,
    RecipientKind,
    Strength,
    Trigger,
)
from directory.spreadsheets import Column

KINDS = {
    "ADDED": _("Added to the list"),
    "GONE": _("No longer on the list"),
    "CHANGED": _("Changed"),
}
# The funder itself, and the place in the list, which says nothing of what is asked.
NOT_TOLD = frozenset({"slug", "acronym", "position"})
CHOICES: Mapping[str, Any] = {
    "kind": ParticipationKind,
    "conditions": ConditionCode,
    "strength": Strength,
    "trigger": Trigger,
    "recipient": RecipientKind,
}
_OF_A_ROW = {
    field.name for field in (*Participation._meta.fields, *Participation._meta.many_to_many)
}
HASH_SHOWN = 12


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """One value of one funder's row: what it was and what it becomes; None where there is no row."""

    slug: str
    kind: str
    field: str
    before: Any
    after: Any


def label_of(field: str) -> Any:
    """Return the words for a field of a row, as the forms have them."""
    if field == "conditions":
        return Condition._meta.verbose_name_plural
    model = Participation if field in _OF_A_ROW else NoticeRule
    return model._meta.get_field(field).verbose_name


def told(differences: Iterable[Difference]) -> list[Difference]:
    """Return the differences that tell a reader something: not those of the place alone."""
    return [one for one in differences if not NOT_TOLD.issuperset(one.fields)]


def fields_of(difference: Difference) -> list[FieldChanged]:
    """Return what changed in one row; of a row as a whole, values that are empty are left out."""
    return [
        FieldChanged(difference.slug, difference.kind, field, *sides)
        for field in difference.fields
        if field not in NOT_TOLD
        and any(sides := (_value(difference.before, field), _value(difference.after, field)))
    ]


def cells_of(changed: Iterable[FieldChanged], names: Mapping[str, str]) -> list[list[Any]]:
    """Return the cells of a table: what, before, after."""
    return [
        [
            label_of(one.field),
            in_words(one.field, one.before, names),
            in_words(one.field, one.after, names),
        ]
        for one in changed
    ]


def _value(row: RowSaid | None, field: str) -> Any:
    return getattr(row, field) if row else None


def in_code(value: Any) -> Any:
    """Return a value for a program: codes, days as ISO 8601."""
    if isinstance(value, tuple):
        return ";".join(value)
    return value.isoformat() if isinstance(value, date) else value or ""


def in_words(field: str, value: Any, names: Mapping[str, str]) -> str:
    """Return a value in the reader's language; ``names``: the funders' acronyms by slug."""
    if not value:
        return "–"
    if isinstance(value, date):
        return short_date(value, get_language())
    choices = dict(CHOICES[field].choices) if field in CHOICES else {}
    if isinstance(value, tuple):
        return "; ".join(str(choices.get(one, one)) for one in value)
    if field == "note_fingerprint":
        return f"{value[:HASH_SHOWN]}…"
    if field == "body":
        return names.get(value, value)
    return str(choices.get(value, value))


def _cell(
    side: str, names: Mapping[str, str]
) -> tuple[Callable[[FieldChanged], Any], Callable[[FieldChanged], Any]]:
    """How a column reads one side of a change: in words, and as codes."""
    return (
        lambda one: in_words(one.field, getattr(one, side), names) if getattr(one, side) else "",
        lambda one: in_code(getattr(one, side)),
    )


def columns(agencies: Mapping[str, Agency]) -> Sequence[Column]:
    """The columns of ``history.csv``; ``agencies`` are the funders and bodies by their slugs."""
    names = {slug: one.acronym for slug, one in agencies.items()}
    (before, before_code), (after, after_code) = _cell("before", names), _cell("after", names)
    return (
        Column("slug", _("Short name in addresses"), lambda one: one.slug),
        Column("agency", _("Funder"), lambda one: agencies[one.slug].name, codes=lambda one: agencies[one.slug].acronym),
        Column("change", _("Change"), lambda one: one.kind, labels=KINDS),
        Column("field", _("What"), lambda one: str(label_of(one.field)), codes=lambda one: one.field),
        Column("before", _("Before"), before, codes=before_code),
        Column("after", _("After"), after, codes=after_code),
    )  # fmt: skip
