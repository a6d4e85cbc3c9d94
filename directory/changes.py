"""What one edition says of a funder and another does not: rows compared, value by value."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Literal

# What may change without changing what anybody is told: the place, and the wording of the source.
_SAYS_NOTHING = frozenset({"position", "note_fingerprint"})
# By what a grant is judged, beside whether its funder has a row at all.
JUDGED_BY = frozenset({"programmes", "conditions", "added_on"})


@dataclass(frozen=True, slots=True)
class RowSaid:
    """All that a row says, in plain values; agencies by their slugs, programmes by their codes.

    A programme that is not the agency's own stands with the slug of whose it is: "nih/R01". What a
    row without a notice rule would say by it is empty.
    """

    slug: str
    acronym: str
    position: int
    kind: str
    programmes: tuple[str, ...]
    conditions: tuple[str, ...]
    strength: str
    trigger: str
    recipient: str
    body: str
    address: str
    contact_name: str
    language: str
    summary_en: str
    summary_ja: str
    to_confirm_en: str
    to_confirm_ja: str
    link: str
    added_on: date | None
    note_fingerprint: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one agency's row; ``fields`` names what differs, in the row's order."""

    slug: str
    before: RowSaid | None
    after: RowSaid | None
    fields: tuple[str, ...]

    @property
    def kind(self) -> Literal["ADDED", "GONE", "CHANGED"]:
        if self.before is None:
            return "ADDED"
        return "GONE" if self.after is None else "CHANGED"

    @property
    def needs_a_case(self) -> bool:
        """Whether the row says something that no golden case of an earlier edition has tried."""
        return self.after is not None and not _SAYS_NOTHING.issuperset(self.fields)

    @property
    def judges_otherwise(self) -> bool:
        """Whether grants may be judged otherwise: the row came or went, or asks something else of them.

        What it says of notices, and how, is as much as that worth a case of its own, but makes no
        answer that was agreed an open question.
        """
        return self.kind != "CHANGED" or not JUDGED_BY.isdisjoint(self.fields)


_NAMES = tuple(one.name for one in fields(RowSaid))


def differences(
    before: Mapping[str, RowSaid], after: Mapping[str, RowSaid]
) -> tuple[Difference, ...]:
    """Return what differs between two editions, by the place in the later one."""
    found = []
    for slug in {**before, **after}:
        was, becomes = before.get(slug), after.get(slug)
        if was != becomes:
            found.append(Difference(slug, was, becomes, _differing(was, becomes)))
    return tuple(sorted(found, key=_place))


def _differing(was: RowSaid | None, becomes: RowSaid | None) -> tuple[str, ...]:
    if was is None or becomes is None:
        return _NAMES
    return tuple(name for name in _NAMES if getattr(was, name) != getattr(becomes, name))


def _place(one: Difference) -> tuple[int, str]:
    row = one.after or one.before
    return (row.position if row else 0, one.slug)


def fingerprint_of(head: Mapping[str, str], rows: Mapping[str, RowSaid]) -> str:
    """Return the SHA-256 of an edition: of what it says of itself and of each funder."""
    said = {"head": dict(head), "rows": [asdict(rows[slug]) for slug in sorted(rows)]}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=date.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()
