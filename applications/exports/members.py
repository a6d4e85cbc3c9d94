"""The export of people: one row per application and person."""

from django.utils.translation import gettext_lazy as _

from applications.exports.reading import Countries, Export, Row, streamed
from applications.models import (
    ConfirmedHow,
    Role,
)
from applications.queries import staff
from directory.models.places import in_language
from directory.spreadsheets import Column

MEMBER_FIELDS = (
    *("receipt", "role", "researcher__name", "researcher__family_latin"),
    *("researcher__given_latin", "researcher__institution__name"),
    *("researcher__institution__name_latin", "researcher__institution__country"),
    *("researcher__email", "researcher__orcid", "confirmed_at", "confirmed_how"),
    *("team__ref", "application"),
)


def _latin(row: Row) -> str:
    return " ".join(part for part in (row[3].upper(), row[4]) if part)


MEMBERS = Export(
    "members",
    _("People"),
    _("One row per application and person: part in the team, institution, confirmation."),
    (
        Column("receipt", _("Receipt number"), 0),
        Column("role", _("Role"), 1, labels=dict(Role.choices)),
        Column("name", _("Name"), 2, personal=True),
        Column("name_latin", _("Name in Latin letters"), _latin, personal=True),
        Column(
            "institution",
            _("Institution"),
            lambda row: in_language(row[6] or row[5] or "", row[5] or ""),
            codes=lambda row: row[5],
        ),
        Column("country", _("Country of the institution"), 7, labels=Countries()),
        Column("email", _("E-mail address"), 8, "address", personal=True),
        Column("orcid", _("ORCID iD"), 9, personal=True),
        Column("confirmed_at", _("Confirmed at (Japan time)"), 10, "moment"),
        Column("confirmed_how", _("Confirmed how"), 11, labels=dict(ConfirmedHow.choices)),
    ),
    staff.members_in,
    lambda queryset: streamed(queryset, MEMBER_FIELDS),
)
