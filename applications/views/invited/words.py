"""What an invited person is shown of themselves: recorded facts, and what changed since they looked."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from applications.forms.conflicts import in_words
from applications.forms.grants import GrantForm
from applications.forms.own import Condition
from applications.forms.people import PersonForm
from applications.models import Application, Membership
from applications.queries.application import Workspace
from applications.queries.invitations import own_facts
from applications.views.matching import shown_grant
from directory.models import Agency, Grant, Programme

SALT = "what an invitation's page showed"
LABELS = {"agency": "funder", "programme": "scheme"}  # the forms' names for them


def grants_shown(space: Workspace, member: Membership) -> list[dict[str, Any]]:
    """Return what a page says of each of the member's grants."""
    shown = [shown_grant(one) for one in space.judged_of(member)]
    return [{**one, "funder": one["funder"] or _("Funder not given")} for one in shown]


def conditions_of(space: Workspace, member: Membership) -> list[Condition]:
    """Return the conditions of the member's grants, with what was answered."""
    found = []
    for one in space.judged_of(member):
        answers = {answer.code: answer.answer for answer in one.relied.answered}
        grant: Grant = one.relied.grant
        found += [
            Condition(grant.pk, code, f"{one.row.acronym} {grant.reference}", answers.get(code, ""))
            for code in (one.row.conditions if one.row else ())
        ]
    return found


def fact_words(application: Application, member: Membership) -> dict[str, str]:
    """Return every recorded fact in words, under a key that tells the same fact again."""
    facts = own_facts(application, member)
    words = {f"person.{name}": in_words(None, value) for name, value in facts["person"].items()}
    for number, values in facts["grants"]:
        for name, value in values.items():
            shown = str(value) if isinstance(value, Agency | Programme) else in_words(None, value)
            words[f"grant.{name}.{number}"] = shown
    return words


def seal(words: Mapping[str, str]) -> str:
    """Return what was shown, for the form to carry; signed, so that it comes back as it went."""
    return signing.dumps(dict(words), salt=SALT, compress=True)


def changed_since(sealed: str, words: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a row for each fact that is not as it was shown: its label, then and now."""
    try:
        before = signing.loads(sealed, salt=SALT)
    except signing.BadSignature:
        return []
    keys: Sequence[str] = list(dict.fromkeys([*before, *words]))
    return [
        {"key": _label(key), "then": before.get(key, ""), "now": words.get(key, "")}
        for key in keys
        if before.get(key, "") != words.get(key, "")
    ]


def _label(key: str) -> str:
    kind, name = key.split(".")[:2]
    fields = (PersonForm if kind == "person" else GrantForm).base_fields
    field = fields.get(LABELS.get(name, name))
    return str(field.label if field else name)
