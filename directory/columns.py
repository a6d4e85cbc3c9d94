"""The columns of the public export of funders, and the words that its cells need."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.models import Participation, ParticipationKind, RecipientKind, Strength, Trigger
from directory.spreadsheets import Column

# Where the list speaks of "POs"; elsewhere it speaks of a contact person (domain.md section 2).
AMERICAN = "US"


def notice_to(row: Participation) -> str:
    """Return whom a notice or a question goes to, as a code: address, acronym, officer, or nothing."""
    rule = row.notice_rule
    if rule.address or rule.body is None:
        return rule.address
    if rule.recipient != RecipientKind.GRANT_CONTACT:
        return rule.body.acronym
    role = "programme officer" if row.agency.country_id == AMERICAN else "contact"
    return f"{role} at {rule.body.acronym}"


def notice_to_words(row: Participation) -> str:
    """Return the same in the reader's language."""
    rule = row.notice_rule
    if rule.recipient != RecipientKind.GRANT_CONTACT or rule.body is None:
        return notice_to(row)
    if row.agency.country_id == AMERICAN:
        words = gettext("the programme officer of the grant at %(agency)s")
    else:
        words = gettext("the contact person of the grant at %(agency)s")
    return words % {"agency": rule.body.acronym}


def _joined(values: Sequence[Any]) -> str:
    return "; ".join(str(value) for value in values)


def _labels(choices: Any) -> Mapping[str, Any]:
    return dict(choices.choices)


FUNDERS: Sequence[Column] = (
    Column("slug", _("Short name in addresses"), lambda row: row.agency.slug),
    Column(
        "country",
        _("Country or area"),
        lambda row: row.agency.country.name,
        codes=lambda row: row.agency.country_id,
    ),
    Column("agency", _("Funder"), lambda row: row.agency.name),
    Column("acronym", _("Acronym"), lambda row: row.agency.acronym),
    Column(
        "participation",
        _("Participation"),
        lambda row: row.kind,
        labels=lambda: _labels(ParticipationKind),
    ),
    Column(
        "programmes",
        _("Targeted programmes"),
        lambda row: _joined(row.programmes.all()),
        codes=lambda row: ";".join(one.code for one in row.programmes.all()),
    ),
    Column(
        "notice_strength",
        _("What the list asks"),
        lambda row: row.notice_rule.strength,
        labels=lambda: _labels(Strength),
    ),
    Column(
        "notice_trigger",
        _("When"),
        lambda row: row.notice_rule.trigger,
        labels=lambda: _labels(Trigger),
    ),
    Column("notice_to", _("To whom"), notice_to_words, codes=notice_to),
    Column(
        "conditions",
        _("Conditions"),
        lambda row: _joined(row.conditions.all()),
        codes=lambda row: ";".join(one.code for one in row.conditions.all()),
    ),
    Column("summary", _("Summary"), lambda row: row.summary),
    Column("to_confirm", _("To be confirmed with AMED"), lambda row: row.to_confirm),
    Column("source", _("Source"), lambda row: row.edition.source),
    Column("as_of", _("As of"), lambda row: row.edition.as_of, kind="date"),
    Column("edition", _("Edition"), lambda row: row.edition.code),
)
