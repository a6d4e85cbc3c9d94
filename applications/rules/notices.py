"""Notice duties: whom each holder of a grant is asked to tell, and how strongly."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from applications.rules.facts import ListedRow, Recipient, Strength, Trigger

# Strengths that owe something; the others only inform (product.md 2 and 6).
OWED = frozenset({Strength.REQUESTED, Strength.ENCOURAGED})
_STRONGEST_FIRST = tuple(Strength)
_EARLIEST_FIRST = (
    Trigger.UPON_APPLICATION,
    Trigger.ON_COLLABORATION,
    Trigger.ANY_TIME,
    Trigger.NONE,
)
_MOST_PRECISE_FIRST = tuple(Recipient)


class Relied(NamedTuple):
    """One grant that an application relies on."""

    holder: int  # id of the researcher who holds it
    grant: int  # id of the grant
    row: ListedRow | None  # its agency's row; None: the agency is not on the list


@dataclass(frozen=True, slots=True)
class Duty:
    """What one holder owes one body, or the plain statement that nothing is owed."""

    holder: int
    body: str  # slug of the body to be told
    grant: int | None  # only where the recipient is the grant's own officer
    agencies: tuple[str, ...]  # slugs of the rows it stems from
    grants: tuple[int, ...]  # all grants it stems from
    strength: Strength
    trigger: Trigger
    recipient: Recipient
    address: str  # published; for questions only where nothing is owed
    nothing_owed: bool

    @property
    def key(self) -> tuple[int, str, int | None]:
        """What makes it one row of the ledger within an application."""
        return (self.holder, self.body, self.grant)


def duties(relied: Iterable[Relied]) -> tuple[Duty, ...]:
    """Derive the ledger of one application: one duty per holder and body told.

    Where the list names the officer of the very grant (RCN, NIH, NSF) it is one per
    grant. SSF's row names STINT, so it falls together with the holder's STINT grant.
    """
    groups: dict[tuple[int, str, int | None], list[tuple[int, ListedRow]]] = {}
    for holder, grant, row in relied:
        if row is None:
            continue
        own = grant if row.recipient == Recipient.GRANT_CONTACT else None
        key = (holder, row.body or row.agency, own)
        groups.setdefault(key, []).append((grant, row))
    return tuple(_merged(key, members) for key, members in groups.items())


def _merged(key: tuple[int, str, int | None], members: list[tuple[int, ListedRow]]) -> Duty:
    holder, body, own = key
    rows = [row for _, row in members]
    owing = [row for row in rows if row.strength in OWED]
    # An enquiry address is never used for a notice: only rows that ask may give it.
    deciding = owing or rows
    return Duty(
        holder=holder,
        body=body,
        grant=own,
        agencies=tuple(dict.fromkeys(row.agency for row in rows)),
        grants=tuple(dict.fromkeys(grant for grant, _ in members)),
        strength=min((r.strength for r in deciding), key=_STRONGEST_FIRST.index),
        trigger=min((r.trigger for r in deciding), key=_EARLIEST_FIRST.index),
        recipient=min((r.recipient for r in deciding), key=_MOST_PRECISE_FIRST.index),
        address=next((r.address for r in deciding if r.address), ""),
        nothing_owed=not owing,
    )


def notice_to(row: ListedRow) -> str:
    """Name who is to be told, or asked, in the one cell that exports have for it.

    The published address, else the officer of the grant, else the acronym of the
    body; "" where the list names nobody (product.md 9). A code: not translated.
    """
    if row.address:
        return row.address
    if row.recipient == Recipient.GRANT_CONTACT:
        american = row.agency == "nsf" or row.agency.startswith("nih-")
        role = "programme officer" if american else "contact"
        # Slugs are the acronyms of the list; an institute's own acronym lacks "NIH-".
        return f"{role} at {row.agency.upper()}"
    if row.recipient == Recipient.BODY_WITHOUT_ADDRESS:
        return row.body_acronym or row.acronym
    return ""
