"""What an application shares with other teams, in words for the staff of its agency."""

from typing import Any

from django.utils.translation import gettext as _

from applications.models import Application
from applications.queries.overlaps import Kind, overlaps_of
from applications.rules.cautions import Caution, Code
from applications.wording import caution_sentence
from directory.models import User


def overlaps(application: Application, user: User) -> list[dict[str, Any]]:
    """Return a row for each other team's application: which it is, and what both have."""
    return [
        {
            "application": one.application,
            "reasons": [
                {"words": _words(reason.kind), "subject": reason.subject} for reason in one.reasons
            ],
        }
        for one in overlaps_of(application, user)
    ]


def _words(kind: Kind) -> str:
    return {
        Kind.GRANT: caution_sentence(Caution(Code.IN_ANOTHER_TEAM)),
        Kind.EMAIL: _("A person with the same e-mail address is in another team."),
        Kind.ORCID: _("A person with the same ORCID iD is in another team."),
        Kind.NAME: _("A person of the same name at the same institution is in another team."),
    }[kind]
