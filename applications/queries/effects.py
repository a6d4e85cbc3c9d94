"""What a draft of the list would change: every application of some calls judged by its own list and by the draft.

Statements are as many for ten thousand applications as for one; only applications that rely on a
grant of a funder whose row differs are judged.
"""

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F, QuerySet

from applications.models import Attestation, ReliedGrant
from applications.models.application import pinned_day
from applications.queries.application import VERDICTS
from applications.queries.catalogue import facts_of_editions, load_catalogue
from applications.queries.effect_found import KEEPS, MOVES, Found
from applications.rules.effects import (
    NoticeMoved,
    ResultMoved,
    notices_moved,
    result_moved,
    rows_changed,
)
from applications.rules.eligibility import judge
from applications.rules.facts import Attestation as Answer
from applications.rules.facts import EditionFacts, GrantFacts
from applications.rules.notices import Duty, Relied, duties
from applications.workflow import Status
from directory.models import Call, Edition

CHUNK = 2_000
OF_APPLICATION = (
    *("application_id", "application__edition_id", "application__call_id"),
    *("application__status", "application__reference_on", "application__returned_until"),
)
OF_GRANT = (
    *("pk", "grant_id", "grant__holder__membership", "grant__agency__slug", "grant__agency_other"),
    *("grant__reference", "grant__programme__code", "grant__programme_other", "grant__starts_on"),
    *("grant__ends_on", "grant__holder__institution__country"),
)
COLUMNS = (*OF_APPLICATION, *OF_GRANT)


def relied_rows(calls: Collection[int], after: int = 0) -> QuerySet:
    """Return the grants that applications of these calls rely on, in the order of applications."""
    return (
        ReliedGrant.objects.filter(
            application_id__gt=after,
            application__call__in=calls,
            removed_at__isnull=True,
            grant__holder__membership__team=F("application__team"),
            grant__holder__membership__removed_at__isnull=True,
        )
        .exclude(application__status=Status.WITHDRAWN)
        .order_by("application_id", "pk")
        .values_list(*COLUMNS)
    )


def calls_that_may_take(edition: Edition, at: datetime) -> QuerySet[Call]:
    """The calls of the edition's agency that are open or ahead, under another list."""
    calls = Call.objects.filter(owner=edition.owner, closes_at__gt=at).exclude(edition=edition)
    return calls.order_by("closes_at", "pk")


def applications_to_judge(calls: Collection[int]) -> int:
    """Count the applications that ``effect_of`` passes."""
    return relied_rows(calls).order_by().values("application_id").distinct().count()


def effect_of(
    edition: Edition,
    calls: Collection[int],
    *,
    cursor: int = 0,
    found: Found | None = None,
    deadline: float | None = None,
) -> Found:
    """Judge the applications of these calls after ``cursor``, and add what differs to ``found``.

    Six statements. Stops after the application at which ``time.monotonic()`` passes ``deadline``;
    ``found.done`` says whether that was the last.
    """
    found = found or Found()
    found.cursor = cursor
    judging = _Judging(edition, calls, cursor)
    rows = relied_rows(calls, cursor).iterator(chunk_size=CHUNK)
    for application, group in groupby(rows, key=itemgetter(0)):
        judging.add(list(group), found)
        found.cursor = application
        found.seen += 1
        if deadline is not None and time.monotonic() > deadline:
            return found
    found.done = True
    return found


@dataclass(frozen=True, slots=True)
class _Grant:
    """One grant relied on, as far as it was worth reading: what it is and what becomes of its result."""

    relied: int
    grant: int
    membership: int
    agency: str
    best: tuple[int, int]  # places in VERDICTS, before and after
    moved: ResultMoved | None


class _Judging:
    """Two lists in hand, and all that judging one application by both asks of the database."""

    def __init__(self, edition: Edition, calls: Collection[int], cursor: int) -> None:
        self.catalogue = load_catalogue()
        self.calls = {
            one.pk: (one.edition_id, one.reference_day) for one in Call.objects.filter(pk__in=calls)
        }
        self.editions = facts_of_editions(Edition.objects.all())
        self.after = self.editions[edition.pk]
        self.changed = {
            pk: rows_changed(before, self.after) for pk, before in self.editions.items()
        }
        self.answers: dict[int, dict[str, Answer]] = {}
        for relied, code, answer in Attestation.objects.filter(
            relied__application_id__gt=cursor, relied__application__call__in=calls
        ).values_list("relied_id", "code", "answer"):
            self.answers.setdefault(relied, {})[code] = Answer(answer)
        self.none: dict[str, Answer] = {}

    def add(self, rows: list[tuple], found: Found) -> None:
        """Judge one application, whose rows these are."""
        application, pinned, call, status, reference_on, returned_until = rows[0][:6]
        in_force, reference_day = self.calls[call]
        changed = self.changed[pinned or in_force]
        agencies = [self.catalogue.agency_of(row[9] or "", row[10], row[11]) for row in rows]
        if changed.isdisjoint(agencies):
            return
        before = self.editions[pinned or in_force]
        on = pinned_day(status, reference_on, returned_until) or reference_day
        grants = [
            self._grant(row, agency in changed, before, on)
            for row, agency in zip(rows, agencies, strict=True)
        ]
        if pinned:
            self._keeps(application, grants, found)
        else:
            self._moves(application, grants, before, found)

    def _grant(self, row: tuple, differs: bool, before: EditionFacts, on: date) -> _Grant:
        facts = self._facts(row)
        was = judge(facts, before, on)
        becomes = judge(facts, self.after, on) if differs else was
        best = VERDICTS.index(was.verdict), VERDICTS.index(becomes.verdict)
        moved = result_moved(was, becomes) if differs else None
        return _Grant(row[6], row[7], row[8], facts.agency, best, moved)

    def _facts(self, row: tuple) -> GrantFacts:
        (
            relied,
            _grant,
            _holder,
            agency,
            other,
            reference,
            code,
            programme,
            starts,
            ends,
            country,
        ) = row[6:]
        return self.catalogue.kept_grant(
            agency=agency or "",
            agency_other=other,
            reference=reference,
            programme=code or programme,
            starts_on=starts,
            ends_on=ends,
            country=country or "",
            attestations=self.answers.get(relied, self.none),
        )

    def _keeps(self, application: int, grants: list[_Grant], found: Found) -> None:
        """Count a submitted one: its list stays, and so do its notices and warnings."""
        told = [one for one in grants if one.moved and one.moved.reasons]
        if told:
            found.count(KEEPS, *_best(grants), _line(application, told))

    def _moves(
        self, application: int, grants: list[_Grant], before: EditionFacts, found: Found
    ) -> None:
        """Count a draft, with the notices and warnings that come and go."""
        notices = notices_moved(_duties(grants, before), _duties(grants, self.after))
        told = [one for one in grants if one.moved]
        if not told and not notices:
            return
        for _grant, moved in _results(told):
            found.cautions["NEW"].update(moved.cautions_new)
            found.cautions["GONE"].update(moved.cautions_gone)
        found.notices.update(notice.kind.value for notice in notices)
        found.count(MOVES, *_best(grants), _line(application, told, notices))


def _duties(grants: list[_Grant], edition: EditionFacts) -> tuple[Duty, ...]:
    return duties(Relied(one.membership, one.grant, edition.rows.get(one.agency)) for one in grants)


def _best(grants: list[_Grant]) -> tuple[str, str]:
    """The best verdict of an application by its own list and by the draft."""
    was, becomes = (min(one.best[side] for one in grants) for side in (0, 1))
    return VERDICTS[was].value, VERDICTS[becomes].value


def _results(told: list[_Grant]) -> Iterator[tuple[_Grant, ResultMoved]]:
    return ((one, one.moved) for one in told if one.moved)


def _line(
    application: int, told: list[_Grant], notices: Iterable[NoticeMoved] = ()
) -> dict[str, Any]:
    """What is told of one application: keys, slugs and codes."""
    return {
        "pk": application,
        "grants": [
            {
                "relied": one.relied,
                "agency": one.agency,
                "verdicts": [moved.before.value, moved.after.value],
                "new": list(moved.cautions_new),
                "gone": list(moved.cautions_gone),
            }
            for one, moved in _results(told)
        ],
        "notices": [
            {
                "kind": one.kind.value,
                "holder": one.holder,
                "body": one.body,
                "grant": one.grant,
                "what": list(one.what),
            }
            for one in notices
        ],
    }
