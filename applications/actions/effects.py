"""Working out what a draft of the list would change: a piece at a time, kept as it goes."""

import time
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.refusals import AlreadyPublished, AnothersList, NotPermitted
from applications.models import EffectPreview
from applications.queries.effect_found import Found
from applications.queries.effect_rows import applications_to_judge
from applications.queries.effects import effect_of
from directory.listing import fingerprint_of_edition
from directory.models import Call, Edition, User

SECONDS = 1.5


@transaction.atomic
def work_out_effect(
    *, edition_id: int, calls: Collection[int], by: User, at: datetime, seconds: float = SECONDS
) -> EffectPreview:
    """Go on judging the applications of ``calls`` for ``seconds``, and keep how far it came.

    Begins anew where the draft has changed, other calls are asked for, or it was done. There is one
    preview of an edition (hazard 35): who asks while somebody's piece is worked out waits for it,
    and goes on where it ended.

    :raises NotPermitted: ``by`` is no officer or approver of the list's agency, nor a superuser
    :raises AlreadyPublished: the edition is no draft
    :raises AnothersList: a call is of the other agency, or is not there
    """
    edition = Edition.objects.get(pk=edition_id)
    if not permissions.may_draft_edition(by, edition.owner):
        raise NotPermitted("work_out_effect")
    if edition.published_at is not None:
        raise AlreadyPublished(edition)
    asked = sorted(set(calls))
    if Call.objects.filter(pk__in=asked, owner=edition.owner).count() != len(asked):
        raise AnothersList
    EffectPreview.objects.get_or_create(edition=edition, defaults={"by": by, "started_at": at})
    preview = EffectPreview.objects.select_for_update().get(edition=edition)
    fingerprint = fingerprint_of_edition(edition)
    if preview.finished_at or (preview.fingerprint, preview.calls) != (fingerprint, asked):
        _begin(preview, fingerprint, asked, by, at)
    found = effect_of(
        edition,
        asked,
        cursor=preview.cursor,
        found=Found.read(preview.found),
        deadline=time.monotonic() + seconds,
    )
    if fingerprint_of_edition(edition) != fingerprint:
        # Somebody wrote in the draft meanwhile: what was judged is of neither state.
        _begin(preview, "", asked, by, at)
    else:
        preview.cursor, preview.seen, preview.found = found.cursor, found.seen, found.stored()
        # Applications come and go between two pieces.
        preview.total = found.seen if found.done else max(preview.total, found.seen)
        preview.finished_at = at if found.done else None
    preview.save()
    return preview


def _begin(
    preview: EffectPreview, fingerprint: str, calls: list[int], by: User, at: datetime
) -> None:
    preview.fingerprint, preview.calls = fingerprint, calls
    preview.by, preview.started_at, preview.finished_at = by, at, None
    preview.cursor, preview.seen, preview.found = 0, 0, {}
    preview.total = applications_to_judge(calls)
