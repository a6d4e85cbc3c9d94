"""Windows on applications, their record, and the people and grants in them: own agency's only."""

from applications.admin import (
    applications,
    editions,
    letters,
    mail,
    people,
    privacy,
    record,
    screening,
)

__all__ = [
    "applications",
    "editions",
    "letters",
    "mail",
    "people",
    "privacy",
    "record",
    "screening",
]
