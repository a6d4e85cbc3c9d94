"""Uploaded copies of an application, each with what it shows and whose word it is."""

from dataclasses import dataclass
from typing import Any

from applications.models import (
    Application,
    Event,
    Happening,
    Membership,
    Notice,
    Proof,
    ReliedGrant,
)


@dataclass(frozen=True, slots=True)
class Copy:
    """An uploaded copy; ``shows`` and ``person`` are empty where nothing names it any more."""

    proof: Proof
    shows: str  # the words of what was recorded with it
    person: str


def copies_of(application: Application) -> list[Copy]:
    """Return the copies in the order of their upload, in one statement where there are none, else five."""
    proofs = list(application.proofs.order_by("pk"))
    if not proofs:
        return []
    said = _recorded(application) | _told(application)
    return [Copy(one, *said.get(one.pk, ("", ""))) for one in proofs]


def _recorded(application: Application) -> dict[int, tuple[str, str]]:
    """Confirmations and attestations on behalf: their event keeps the copy and whom it is about."""
    members = Membership.objects.filter(team=application.team_id)
    people = dict(members.values_list("pk", "researcher__name"))
    relied = ReliedGrant.objects.filter(application=application)
    holders = dict(relied.values_list("grant", "grant__holder__name"))
    events = Event.objects.filter(application=application, details__has_key="proof")

    def whose(details: dict[str, Any]) -> str:
        return people.get(details.get("membership")) or holders.get(details.get("grant")) or ""

    return {
        details["proof"]: (str(Happening(act).label), whose(details))
        for act, details in events.values_list("act", "details")
    }


def _told(application: Application) -> dict[int, tuple[str, str]]:
    """Notices recorded as done, each with its copy."""
    notices = Notice.objects.filter(application=application, proof__isnull=False)
    label = str(Happening.NOTICE_RECORDED.label)
    return {
        proof: (f"{label} ({body})", holder)
        for proof, body, holder in notices.values_list(
            "proof", "body__acronym", "holder__researcher__name"
        )
    }
