"""A call takes another edition of the list: on record with its reason."""

from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import NotPermitted
from directory.models import Call, CallChange, User


@transaction.atomic
def put_in_force(
    *, call_id: int, edition_id: int, reason_en: str, reason_ja: str, by: User, at: datetime
) -> CallChange:
    """Let a call stand under another edition.

    :raises NotPermitted: ``by`` is no approver of the call's agency, nor a superuser
    :raises ReasonNeeded: a reason is empty
    """
    call = Call.objects.select_for_update(no_key=True).get(pk=call_id)
    if not permissions.may_change_call(by, call):
        raise NotPermitted("put_in_force")
    if not (reason_en.strip() and reason_ja.strip()):
        raise ReasonNeeded
    change = CallChange.objects.create(
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
        edition_after_id=edition_id,
    )
    call.edition_id = edition_id
    call._history_user = by
    call.save(update_fields=["edition"])
    return change
