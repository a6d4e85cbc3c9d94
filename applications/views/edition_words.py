"""What a draft says otherwise than the list it was made from: funder by funder, value by value, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import wording
from applications.wording import editions as words
from directory import formatting
from directory.changes import Difference, RowSaid
from directory.contradictions import Contradiction
from directory.models import Agency, ConditionCode, NoticeRule, Participation

OF_A_ROW = (
    *("position", "kind", "programmes", "summary_en", "summary_ja"),
    *("to_confirm_en", "to_confirm_ja", "added_on", "link", "note_fingerprint"),
)
OF_A_RULE = (*("strength", "trigger", "recipient", "body", "address", "contact_name", "language"),)
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


def changes_in_words(changes: Iterable[Difference]) -> list[Changed]:
    """Return every difference with its values in the reader's language."""
    labels = {"ADDED": _("New row"), "GONE": _("Row gone"), "CHANGED": _("Row changed")}
    found = []
    for one in changes:
        row = one.after or one.before
        if row is None:
            continue
        names = [name for name in one.fields if name not in ("slug", "acronym")]
        if one.kind != "CHANGED":
            names = [name for name in names if name.startswith(TOLD)]
        values = [
            (_label(name), _value(one.before, name), _value(one.after, name)) for name in names
        ]
        kept = [each for each in values if each[1] or each[2]]
        found.append(Changed(one.slug, row.acronym, one.kind, labels[one.kind], kept))
    return found


def _label(name: str) -> str:
    if name == "conditions":
        return _("Conditions")
    model = NoticeRule if name in OF_A_RULE else Participation
    label = str(model._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _value(row: RowSaid | None, name: str) -> str:
    if row is None:
        return ""
    value: Any = getattr(row, name)
    if isinstance(value, date):
        return formatting.long_date(value, get_language())
    if name == "conditions":
        return " / ".join(str(ConditionCode(one).label) for one in value)
    if isinstance(value, tuple):
        return ", ".join(value)
    model = NoticeRule if name in OF_A_RULE else Participation
    choices = dict(model._meta.get_field(name).flatchoices)
    return str(choices.get(value, value))


def acronyms() -> dict[str, str]:
    """How each funder is called, by its slug."""
    return dict(Agency.objects.values_list("slug", "acronym"))


def contradictions_in_words(pairs: Iterable[Contradiction], names: Mapping[str, str]) -> list[str]:
    """Return a sentence for each pair of rows that cannot both hold."""
    return [
        words.contradiction(
            one.code,
            names[one.first],
            names[one.second],
            {name: _param(name, value, names) for name, value in one.params.items()},
        )
        for one in pairs
    ]


def _param(name: str, value: str, names: Mapping[str, str]) -> str:
    return str(ConditionCode(value).label) if name == "condition" else names.get(value, value)


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
