"""What an application shares with other teams, in words for the staff of its agency."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from applications.models import Application
from applications.queries.overlaps import Kind, Reason, overlaps_of
from applications.rules.cautions import Caution, Code
from applications.wording import caution_sentence
from directory.models import User


def overlaps(application: Application, user: User) -> list[dict[str, Any]]:
    """Return a row for each other team's application: which it is, and what both have."""
    return [
        {
            "application": one.application,
            "reasons": [
                {"words": _words(reason.kind), "subject": reason.subject}
                for reason in _strongest(one.reasons)
            ],
        }
        for one in overlaps_of(application, user)
    ]


def _strongest(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """Leave out that somebody has the same name where the address or the iD says it already."""
    known = {one.subject for one in reasons if one.kind in (Kind.EMAIL, Kind.ORCID)}
    for one in reasons:
        if one.kind != Kind.NAME or one.subject not in known:
            yield one


def _words(kind: Kind) -> str:
    return {
        Kind.GRANT: caution_sentence(Caution(Code.IN_ANOTHER_TEAM)),
        Kind.EMAIL: _("A person with the same e-mail address is in another team."),
        Kind.ORCID: _("A person with the same ORCID iD is in another team."),
        Kind.NAME: _("A person of the same name at the same institution is in another team."),
    }[kind]
