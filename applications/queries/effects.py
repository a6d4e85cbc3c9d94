"""What a draft of the list would change: every application of some calls judged by its own list and by the draft.

Statements are as many for ten thousand applications as for one; only applications that rely on a
grant of a funder whose row differs are judged.
"""

import time
from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from applications.models import Attestation
from applications.models.application import pinned_day
from applications.queries.application import VERDICTS
from applications.queries.catalogue import facts_of_editions, load_catalogue
from applications.queries.effect_found import KEEPS, MOVES, Found
from applications.queries.effect_rows import Row, relied_rows
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
from directory.models import Call, Edition

CHUNK = 2_000


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
        judging.add([Row(*row) for row in group], found)
        found.cursor = application
        found.seen += 1
        if deadline is not None and time.monotonic() > deadline:
            return found
    found.done = True
    return found


class _Result(NamedTuple):
    """What becomes of a grant's result: the places of its verdicts in ``VERDICTS``, and how it differs."""

    before: int
    after: int
    moved: ResultMoved | None


Judged = list[tuple[Row, str, _Result]]  # each grant with its funder's slug


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
        self.results: dict[tuple, _Result] = {}

    def add(self, rows: list[Row], found: Found) -> None:
        """Judge one application, whose rows these are."""
        one = rows[0]
        in_force, reference_day = self.calls[one.call]
        list_of_it = one.pinned or in_force
        agencies = [
            self.catalogue.agency_of(row.agency or "", row.agency_other, row.reference)
            for row in rows
        ]
        if self.changed[list_of_it].isdisjoint(agencies):
            return
        on = pinned_day(one.status, one.reference_on, one.returned_until) or reference_day
        judged = [
            (row, agency, self._result(row, agency, list_of_it, on))
            for row, agency in zip(rows, agencies, strict=True)
        ]
        if one.pinned:
            self._keeps(judged, found)
        else:
            self._moves(judged, self.editions[list_of_it], found)

    def _result(self, row: Row, agency: str, list_of_it: int, on: date) -> _Result:
        """Judge one grant by both lists; grants alike in all that decides are judged once.

        Of the number nothing decides but what the catalogue reads in it.
        """
        answers = self.answers.get(row.relied, {})
        key = (
            *(list_of_it, on, agency, row.agency, row.agency_other, bool(row.reference)),
            *self.catalogue.read("" if row.agency is None else agency, row.reference),
            *row[12:],
            *sorted(answers.items()),
        )
        if key not in self.results:
            self.results[key] = self._judge(self._facts(row, answers), list_of_it, on)
        return self.results[key]

    def _judge(self, facts: GrantFacts, list_of_it: int, on: date) -> _Result:
        was = judge(facts, self.editions[list_of_it], on)
        becomes = judge(facts, self.after, on)
        differs = facts.agency in self.changed[list_of_it]
        return _Result(
            VERDICTS.index(was.verdict),
            VERDICTS.index(becomes.verdict),
            result_moved(was, becomes) if differs else None,
        )

    def _facts(self, row: Row, answers: dict[str, Answer]) -> GrantFacts:
        return self.catalogue.kept_grant(
            agency=row.agency or "",
            agency_other=row.agency_other,
            reference=row.reference,
            programme=row.programme_other,
            programme_code=row.programme or "",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            country=row.country or "",
            attestations=answers,
        )

    def _keeps(self, judged: Judged, found: Found) -> None:
        """Count a submitted one: its list stays, and so do its notices and warnings."""
        if any(result.moved and result.moved.reasons for _row, _agency, result in judged):
            told = [one for one in judged if one[2].moved and one[2].moved.reasons]
            found.count(KEEPS, *_best(judged), lambda: _line(told))

    def _moves(self, judged: Judged, before: EditionFacts, found: Found) -> None:
        """Count a draft, with the notices and warnings that come and go."""
        notices = notices_moved(_duties(judged, before), _duties(judged, self.after))
        moved = [result.moved for _row, _agency, result in judged if result.moved]
        if not moved and not notices:
            return
        for one in moved:
            found.cautions["NEW"].update(one.cautions_new)
            found.cautions["GONE"].update(one.cautions_gone)
        found.notices.update(notice.kind.value for notice in notices)
        found.count(MOVES, *_best(judged), lambda: _line(judged, notices))


def _duties(judged: Judged, edition: EditionFacts) -> tuple[Duty, ...]:
    return duties(
        Relied(row.membership, row.grant, edition.rows.get(agency))
        for row, agency, _result in judged
    )


def _best(judged: Judged) -> tuple[str, str]:
    """The best verdict of an application by its own list and by the draft."""
    before = min([result.before for _row, _agency, result in judged])
    after = min([result.after for _row, _agency, result in judged])
    return VERDICTS[before].value, VERDICTS[after].value


def _line(judged: Judged, notices: Iterable[NoticeMoved] = ()) -> dict[str, Any]:
    """What is told of one application: keys, slugs and codes."""
    return {
        "pk": judged[0][0].application,
        "grants": [
            {
                "relied": row.relied,
                "agency": agency,
                "verdicts": [result.moved.before.value, result.moved.after.value],
                "new": list(result.moved.cautions_new),
                "gone": list(result.moved.cautions_gone),
            }
            for row, agency, result in judged
            if result.moved
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
