"""A call takes another edition of its list: on record with its reason, and its drafts follow."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from applications import permissions
from applications.actions.claiming import lock
from applications.actions.consents import ReasonNeeded
from applications.actions.ledger import sync_notices
from applications.actions.refusals import (
    AlreadyInForce,
    AnothersList,
    NotPermitted,
    NotPublished,
)
from applications.models import Application, ReliedGrant
from applications.queries.application import workspace
from applications.queries.catalogue import NIH, facts_of_editions
from applications.rules.effects import rows_changed
from applications.workflow import Status
from directory.models import Call, CallChange, Edition, User


@transaction.atomic
def put_in_force(
    *, call_id: int, edition_id: int, reason_en: str, reason_ja: str, by: User, at: datetime
) -> CallChange:
    """Let a call stand under another edition from now on.

    Notices of drafts follow it. What was submitted keeps its edition, its results and its notices,
    a returned application too (product.md 7). No mail is sent (hazard 17): teams see the banner.

    :raises NotPermitted: ``by`` is no approver of the call's agency, nor a superuser
    :raises NotPublished: the edition is a draft
    :raises AnothersList: the edition is of the other agency's list
    :raises AlreadyInForce: the call stands under it already
    :raises ReasonNeeded: a reason is empty; the teams read it in both languages
    """
    # Edition, call, applications, in this order and those by their keys. FOR NO KEY UPDATE: whoever
    # submits holds an application and then refers to an edition, and would wait for us in a circle.
    edition = Edition.objects.select_for_update(no_key=True).get(pk=edition_id)
    call = Call.objects.select_for_update(no_key=True).get(pk=call_id)
    if not permissions.may_change_call(by, call):
        raise NotPermitted("put_in_force")
    if edition.published_at is None:
        raise NotPublished
    if edition.owner != call.owner:
        raise AnothersList
    if call.edition_id == edition.pk:
        raise AlreadyInForce
    if not (reason_en.strip() and reason_ja.strip()):
        raise ReasonNeeded
    change = CallChange.objects.create(
        call=call,
        at=at,
        by=by,
        reason_en=reason_en.strip(),
        reason_ja=reason_ja.strip(),
        opens_before=call.opens_at,
        opens_after=call.opens_at,
        closes_before=call.closes_at,
        closes_after=call.closes_at,
        reference_before=call.reference_on,
        reference_after=call.reference_on,
        edition_before_id=call.edition_id,
        edition_after=edition,
    )
    was = call.edition_id
    call.edition = edition
    call._history_user = by
    call.save(update_fields=["edition"])
    _move_drafts(call, was, edition.pk, at)
    return change


def _move_drafts(call: Call, was: int, becomes: int, at: datetime) -> None:
    facts = facts_of_editions([was, becomes])
    before, after = facts[was], facts[becomes]
    for pk in _drafts(call, rows_changed(before, after)):
        draft = lock(pk)
        # Who submitted while we waited has pinned the former edition.
        if draft.status == Status.DRAFT and draft.edition_id is None:
            sync_notices(workspace(draft), at, former=before)


def _drafts(call: Call, changed: frozenset[str]) -> list[int]:
    """Return the drafts whose notices may differ; whose number tells the funder, may."""
    told_by_number = Q(grant__agency__isnull=True, grant__agency_other="") | Q(
        grant__agency__slug=NIH
    )
    relied = ReliedGrant.objects.filter(
        Q(grant__agency__slug__in=changed) | told_by_number, removed_at__isnull=True
    )
    drafts = Application.objects.filter(
        call=call, status=Status.DRAFT, pk__in=relied.values("application")
    )
    return list(drafts.order_by("pk").values_list("pk", flat=True))
