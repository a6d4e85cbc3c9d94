"""Publishing an edition: what was read is what everybody relies on from then on, and never changes."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.editions_in_force import put_in_force
from applications.actions.refusals import AlreadyPublished, Conflict, NotPermitted
from applications.models import Publication
from applications.queries.effect_rows import calls_that_may_take
from applications.queries.golden_cases import Answered, Standing
from applications.queries.publishing import (
    AddressChange,
    DraftRead,
    Outdated,
    read_draft,
)
from directory.contradictions import Contradiction
from directory.models import Edition, User


class OwnDraft(Exception):
    """Who would publish wrote in the draft or stated a case of it; ``authors`` are all who did, by key."""

    def __init__(self, authors: Collection[int]) -> None:
        super().__init__("a second person publishes")
        self.authors = frozenset(authors)


class Overtaken(Exception):
    """The draft was made from another list than ``newest``, or is dated before it."""

    def __init__(self, newest: Edition | None) -> None:
        super().__init__(newest.code if newest else "")
        self.newest = newest


class RowsUnfinished(Exception):
    """The rows of ``slugs`` do not say what is asked of holders; without any, the list has no row."""

    def __init__(self, slugs: Sequence[str]) -> None:
        super().__init__(", ".join(slugs))
        self.slugs = tuple(slugs)


class Contradictory(Exception):
    """The draft speaks against itself; ``pairs`` name the rows."""

    def __init__(self, pairs: Sequence[Contradiction]) -> None:
        super().__init__(", ".join(f"{one.code} {one.first} {one.second}" for one in pairs))
        self.pairs = tuple(pairs)


class CasesFail(Exception):
    """The draft answers ``cases`` otherwise than agreed."""

    def __init__(self, cases: Sequence[Answered]) -> None:
        super().__init__(", ".join(one.case.key for one in cases))
        self.cases = tuple(cases)


class CasesMissing(Exception):
    """Nobody has stated a grant that should fit under the new or changed rows of ``slugs``."""

    def __init__(self, slugs: Sequence[str]) -> None:
        super().__init__(", ".join(slugs))
        self.slugs = tuple(slugs)


class EffectNotSeen(Exception):
    """The effect was not worked out for what the draft says now and for these calls, or is ``outdated``."""

    def __init__(self, outdated: Outdated | None = None) -> None:
        super().__init__(outdated or "not worked out")
        self.outdated = outdated


class AddressesUnread(Exception):
    """Nobody has said that ``addresses``, which are new or changed, were read against their source."""

    def __init__(self, addresses: Sequence[AddressChange]) -> None:
        super().__init__(", ".join(one.after for one in addresses))
        self.addresses = tuple(addresses)


def obstacles(
    read: DraftRead, *, by: User, calls: Collection[int], addresses_read: bool
) -> Iterator[Exception]:
    """Yield all that stands against publishing, what is to be mended first first.

    The page shows all of it beforehand; the act asks again, under its lock, and raises the first.
    """
    if not permissions.may_publish(by, read.edition, read.authors):
        yield OwnDraft(read.authors)
    if read.is_overtaken:
        yield Overtaken(read.newest)
    if read.unfinished or not read.rows:
        yield RowsUnfinished(read.unfinished)
    if read.contradictions:
        yield Contradictory(read.contradictions)
    if read.failing:
        yield CasesFail(read.failing)
    if read.without_case:
        yield CasesMissing(read.without_case)
    if read.worked_out is None or set(read.worked_out.calls) != set(calls):
        yield EffectNotSeen()
    elif read.outdated:
        yield EffectNotSeen(read.outdated)
    if read.addresses and not addresses_read:
        yield AddressesUnread(read.addresses)


@transaction.atomic
def publish_edition(
    *,
    edition_id: int,
    seen: str,
    calls: Collection[int],
    addresses_read: bool,
    reason_en: str = "",
    reason_ja: str = "",
    by: User,
    at: datetime,
) -> Publication:
    """Publish a draft, and put it in force for ``calls``; the reasons are for their teams.

    Submitted applications keep the edition that they were submitted under. Nothing is sent.

    :raises NotPermitted: ``by`` is no approver of the list's agency, nor a superuser
    :raises AlreadyPublished: somebody has published it
    :raises Conflict: it no longer says what the page showed (``seen``), or a call has closed since
    :raises ReasonNeeded: calls take it, and a reason is empty
    :raises OwnDraft, Overtaken, RowsUnfinished, Contradictory, CasesFail, CasesMissing,
        EffectNotSeen, AddressesUnread: see ``obstacles``
    """
    edition = _locked(edition_id)
    if not permissions.may_publish(by, edition, frozenset()):
        raise NotPermitted("publish_edition")
    if edition.published_at is not None:
        raise AlreadyPublished(edition)
    read = read_draft(edition, at)
    if read.fingerprint != seen:
        raise Conflict({"fingerprint": read.fingerprint}, {"fingerprint": seen})
    takers = [one for one in calls_that_may_take(edition, at) if one.pk in calls]
    if len(takers) != len(set(calls)):
        raise Conflict({"calls": [one.pk for one in takers]}, {"calls": sorted(set(calls))})
    for obstacle in obstacles(read, by=by, calls=calls, addresses_read=addresses_read):
        raise obstacle
    if takers and not (reason_en.strip() and reason_ja.strip()):
        raise ReasonNeeded
    edition.published_at = at
    edition._history_user = by
    edition.save(update_fields=["published_at"])
    publication = Publication.objects.create(
        edition=edition,
        by=by,
        at=at,
        reason="\n".join(one for one in (reason_ja.strip(), reason_en.strip()) if one),
        fingerprint=read.fingerprint,
        authors=sorted(read.authors),
        cases=_counted(read.cases),
        effect=_effect(read),
        addresses=[
            {"agency": a.slug, "before": a.before, "after": a.after} for a in read.addresses
        ],
        calls=[one.code for one in takers],
    )
    for one in sorted(takers, key=lambda call: call.pk):
        put_in_force(
            call_id=one.pk,
            edition_id=edition.pk,
            reason_en=reason_en,
            reason_ja=reason_ja,
            by=by,
            at=at,
        )
    return publication


def _locked(edition_id: int) -> Edition:
    """Lock all editions of the list, so that none becomes the newest meanwhile, and return the one.

    FOR NO KEY UPDATE: who submits an application at this moment pins an edition, and would wait
    for us while we wait for the application (put_in_force).
    """
    owner = Edition.objects.get(pk=edition_id).owner
    locked = Edition.objects.of(owner).order_by("pk").select_for_update(no_key=True)
    return next(one for one in locked if one.pk == edition_id)


def _effect(read: DraftRead) -> dict[str, object]:
    """The counts of the effect as they were read; which applications they are stays with the preview."""
    found = read.effect.found if read.effect else {}
    return {name: counted for name, counted in found.items() if name != "applications"}


def _counted(cases: Sequence[Answered]) -> dict[str, object]:
    by_status = {
        status: [one.case.key for one in cases if one.status == status] for status in Standing
    }
    return {
        "passing": len(by_status[Standing.PASSES]),
        "superseded": by_status[Standing.SUPERSEDED],
    }
