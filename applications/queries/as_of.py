"""One application judged by two editions of the list: what differs, and whether its call's list was replaced."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from applications.models import Application
from applications.models.application import ApplicationQuerySet
from applications.queries.application import JudgedGrant, Workspace, workspace
from applications.queries.catalogue import edition_facts
from applications.rules.eligibility import judge
from applications.rules.facts import ListedRow
from applications.workflow import Status
from directory.models import CallChange, Edition


@dataclass(frozen=True, slots=True)
class Pair:
    """One grant relied on, judged by two editions on the same facts and the same day."""

    before: JudgedGrant
    after: JudgedGrant

    @property
    def differs(self) -> bool:
        """Whether the holder is told something else: another result, reason, warning or notice."""
        return _told(self.before) != _told(self.after)


@dataclass(frozen=True, slots=True)
class MovedList:
    """The edition by which a draft was judged when it was begun, and when its call left it."""

    edition: Edition
    replaced_at: datetime
    pairs: tuple[Pair, ...]

    @property
    def differing(self) -> int:
        return sum(pair.differs for pair in self.pairs)


def judged_under(application: Application, before: Edition, after: Edition) -> tuple[Pair, ...]:
    """Judge every grant by both editions; people and grants are read once."""
    return held_against(workspace(application, before), after)


def held_against(space: Workspace, edition: Edition) -> tuple[Pair, ...]:
    """Judge every grant of ``space`` by another edition, too, in one statement more."""
    facts, day = edition_facts(edition), space.application.reference_day
    return tuple(
        Pair(
            one,
            replace(
                one,
                row=facts.rows.get(one.facts.agency),
                assessment=judge(one.facts, facts, day),
            ),
        )
        for one in space.judged
    )


def with_moved_list(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    """Read with each application whether its call took another edition since it was begun.

    Nothing for one that keeps the edition of its submission. ``moved_list`` wants what this reads.
    """
    # Only what was published can be asked for at an address.
    replaced = (
        CallChange.objects.filter(call=OuterRef("call"), at__gte=OuterRef("created_at"))
        .filter(edition_before__published_at__isnull=False)
        .exclude(edition_before=F("edition_after"))
    )
    return applications.annotate(
        list_before=Subquery(replaced.order_by("at", "pk").values("edition_before")[:1]),
        list_replaced_at=Subquery(replaced.order_by("-at", "-pk").values("at")[:1]),
    )


def moved_list(space: Workspace) -> MovedList | None:
    """Return the list that a draft was begun under, where it is no longer the one that judges.

    No statement where nothing was replaced, two where something was.
    """
    application = space.application
    if application.status != Status.DRAFT or application.edition_id:
        return None
    if application.list_before in (None, application.call.edition_id):
        return None
    earlier = Edition.objects.get(pk=application.list_before)
    return MovedList(earlier, application.list_replaced_at, held_against(space, earlier))


def _told(one: JudgedGrant) -> tuple:
    found = one.assessment
    return found.verdict, found.findings, found.cautions, _asked(one.row)


def _asked(row: ListedRow | None) -> tuple:
    return (row.strength, row.trigger, row.recipient, row.body, row.address) if row else ()
