"""What a draft says otherwise than the list it was made from, funder by funder; and how a case is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications import wording
from directory.changes import Difference
from directory.history import KINDS, in_words, label_of

# What a new or a gone row is told by; the summaries say the rest.
TOLD = ("kind", "programmes", "conditions", "strength", "trigger", "body", "address", "summary")


@dataclass(frozen=True, slots=True)
class Changed:
    """One funder's row: what became of it, and each value before and after."""

    slug: str
    acronym: str
    kind: str
    label: str
    values: list[tuple[str, str, str]]


def changes_in_words(changes: Iterable[Difference], names: Mapping[str, str]) -> list[Changed]:
    """Return every difference with its values in the reader's language; ``names``: acronyms by slug."""
    found = []
    for one in changes:
        row = one.after or one.before
        if row is None:
            continue
        fields = [name for name in one.fields if name not in ("slug", "acronym")]
        if one.kind != "CHANGED":
            fields = [name for name in fields if name.startswith(TOLD) and getattr(row, name)]
        values = [
            (
                str(label_of(name)),
                in_words(name, getattr(one.before, name, None), names),
                in_words(name, getattr(one.after, name, None), names),
            )
            for name in fields
        ]
        found.append(Changed(one.slug, row.acronym, one.kind, str(KINDS[one.kind]), values))
    return found


def verdict_with_rules(verdict: str, reasons: str) -> str:
    """Write a verdict with the rules that stand in its way, as a case keeps them."""
    rules = [one.partition("=") for one in reasons.split(";") if one]
    if not rules:
        return wording.verdict_label(verdict)
    told = ", ".join(
        f"{wording.rule_label(rule)}: {wording.outcome_label(outcome)}"
        for rule, _is, outcome in rules
    )
    return _("%(verdict)s (%(rules)s)") % {"verdict": wording.verdict_label(verdict), "rules": told}
