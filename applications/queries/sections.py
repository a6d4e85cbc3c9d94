"""The editable pieces as plain values, as forms show them and conflicts compare them."""

from typing import Any

from applications.models import Application
from directory.models import Grant, Researcher, User

SECTIONS: dict[str, tuple[str, ...]] = {
    "project": ("field", "title_ja", "title_en", "abstract_en"),
    "answers": ("area", "years", "budget_jpy", "explanation"),
    "erad": ("erad_status", "erad_number"),
}
PERSON = (
    "name",
    "family_latin",
    "given_latin",
    "reading",
    "email",
    "erad_number",
    "department",
    "position",
    "language",
)
GRANT = (
    "agency",
    "agency_other",
    "programme",
    "programme_other",
    "reference",
    "title",
    "role",
    "starts_on",
    "ends_on",
    "amount",
    "currency",
    "contact_name",
    "contact_email",
)
PROFILE = ("name", "language", "time_zone")

# What a partner confirms, and what a holder's answer to a condition is about.
CONFIRMED_FOR = (
    "name",
    "email",
    "institution_name",
    "institution_name_latin",
    "institution_country",
)
ATTESTED_FOR = ("agency", "agency_other", "reference", "starts_on", "ends_on")


def section_values(application: Application, section: str) -> dict[str, Any]:
    return {name: getattr(application, name) for name in SECTIONS[section]}


def person_values(researcher: Researcher) -> dict[str, Any]:
    """Return a person's fields with the institution's three, flat."""
    values = {name: getattr(researcher, name) for name in PERSON}
    institution = researcher.institution
    values["institution_name"] = institution.name if institution else ""
    values["institution_name_latin"] = institution.name_latin if institution else ""
    values["institution_country"] = str(institution.country) if institution else ""
    return values


def grant_values(grant: Grant) -> dict[str, Any]:
    return {name: getattr(grant, name) for name in GRANT}


def profile_values(account: User) -> dict[str, Any]:
    return {name: getattr(account, name) for name in PROFILE}
