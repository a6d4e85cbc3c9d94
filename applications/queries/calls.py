"""What a call obliges its teams to, and what another deadline, day or list would mean for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet

from applications.models import Application, ReliedGrant
from applications.queries.application import VERDICTS, in_force
from applications.queries.catalogue import edition_facts, load_catalogue
from applications.rules.eligibility import Verdict, judge
from applications.rules.facts import Attestation, EditionFacts
from applications.workflow import EDITABLE
from directory.models import Call, CallChange


def obligations(call: Call) -> dict[str, Any]:
    """Return what a page about the call's deadline shows, and a conflict compares."""
    return {
        "opens_at": call.opens_at,
        "closes_at": call.closes_at,
        "reference_on": call.reference_on,
        "edition": call.edition_id,
    }


def first_closed(call: Call, now: datetime) -> datetime | None:
    """Return the deadline at which the call closed for the first time; None where it never has.

    Opened again it has closed all the same: the record of that says which deadline had passed.
    """
    reopened = call.changes.filter(closes_before__lte=F("at")).order_by("at", "pk").first()
    if reopened:
        return reopened.closes_before
    return call.closes_at if call.closes_at <= now else None


def moved_since(application: Application) -> CallChange | None:
    """Return the last change of the call's period or reference date since the application was begun."""
    found = application.call.changes.filter(at__gte=application.created_at).order_by("-at", "-pk")
    return next((one for one in found if not one.only_the_list), None)


def teams_in(call: Call) -> dict[str, int]:
    """How many applications of the call stand in each state in which a team may still write."""
    rows = Application.objects.filter(call=call, status__in=EDITABLE).values_list("status")
    return dict.fromkeys(EDITABLE, 0) | dict(rows.annotate(number=Count("pk")))


@dataclass(frozen=True, slots=True)
class Moved:
    """An application whose grants would be judged otherwise: its best verdict before and after."""

    application: Application
    before: str
    after: str
    grants: int  # how many of its grants change verdict


def moved_by(call: Call, after: Call) -> list[Moved]:
    """Judge twice what teams of the call may still change: as the call is, and as it would be.

    ``after`` is a copy of the call that is not saved. The statements are as many for one team as
    for a thousand. What is pinned stays: a submitted application's edition, a returned one's day.
    Whoever asks has found ``call`` in their own scope.
    """
    catalogue = load_catalogue()
    editions: dict[int, EditionFacts] = {}
    found: dict[int, tuple[Application, list[tuple[Verdict, Verdict]]]] = {}
    for relied in _relied(call):
        given = {one.code: Attestation(one.answer) for one in relied.attestations.all()}
        facts = catalogue.stored_grant(relied.grant, relied.grant.holder.country, given)
        application = relied.application
        verdicts = []
        for stands in (after, call):
            application.call = stands
            edition = in_force(application)
            if edition.pk not in editions:
                editions[edition.pk] = edition_facts(edition)
            on = application.reference_day
            verdicts.append(judge(facts, editions[edition.pk], on).verdict)
        later, now = verdicts
        found.setdefault(application.pk, (application, []))[1].append((now, later))
    return [_moved(*one) for one in found.values() if any(now != later for now, later in one[1])]


def _moved(application: Application, verdicts: list[tuple[Verdict, Verdict]]) -> Moved:
    before, after = (min(ones, key=VERDICTS.index) for ones in zip(*verdicts, strict=True))
    return Moved(application, before, after, sum(now != later for now, later in verdicts))


def _relied(call: Call) -> QuerySet[ReliedGrant]:
    """The grants that count: relied on still, of people who are in the team still."""
    rows = ReliedGrant.objects.filter(
        application__call=call,
        application__status__in=EDITABLE,
        removed_at__isnull=True,
        grant__holder__membership__removed_at__isnull=True,
    )
    joined = rows.select_related(
        *("application__edition", "application__team", "grant__agency", "grant__programme"),
        "grant__holder__institution",
    )
    return joined.prefetch_related("attestations").order_by("application", "pk")
