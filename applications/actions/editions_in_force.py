"""Which edition of the list is in force for a call: put there by an approver, with a reason."""

from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import NothingChanges, NotPermitted, NotPublished
from directory.models import Call, CallChange, Edition, User


@transaction.atomic
def put_in_force(
    *, call_id: int, edition_id: int, reason_en: str, reason_ja: str, by: User, at: datetime
) -> CallChange:
    """Let another published edition of the agency's list be in force for the call.

    Drafts are judged by it from the next look on; what was submitted keeps its own (product.md 3).

    :raises NotPermitted: ``by`` is no approver of the call's agency
    :raises ReasonNeeded: a reason is missing, in one of the two languages
    :raises NotPublished: it is a draft, or of the other agency's list
    :raises NothingChanges: it is in force already
    """
    edition = Edition.objects.select_for_update(no_key=True).get(pk=edition_id)
    call = Call.objects.select_for_update(no_key=True).get(pk=call_id)
    if not permissions.may_change_call(by, call):
        raise NotPermitted("put_in_force")
    if not (reason_en.strip() and reason_ja.strip()):
        raise ReasonNeeded
    if edition.published_at is None or edition.owner != call.owner:
        raise NotPublished
    if call.edition_id == edition.pk:
        raise NothingChanges
    change = CallChange(
        call=call,
        at=at,
        by=by,
        reason_en=reason_en,
        reason_ja=reason_ja,
        opens_before=call.opens_at,
        opens_after=call.opens_at,
        closes_before=call.closes_at,
        closes_after=call.closes_at,
        reference_before=call.reference_on,
        reference_after=call.reference_on,
        edition_before_id=call.edition_id,
        edition_after=edition,
    )
    call.edition = edition
    call._history_user = by
    call.save(update_fields=["edition"])
    change.save(force_insert=True)
    return change
