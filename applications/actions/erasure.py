"""Asking that one's data be erased, and taking that back. The erasing itself is done by staff."""

from datetime import datetime

from django.db import transaction

from applications.queries.erasures import WITHDRAWN
from directory.models import ErasureRequest, User


@transaction.atomic
def request_erasure(*, by: User, note: str, at: datetime) -> ErasureRequest:
    """Record that ``by`` asks for erasure; asking twice gives the request that is already open."""
    found = _open_request(by)
    if found is not None:
        return found
    return ErasureRequest.objects.create(user=by, note=note, requested_at=at)


@transaction.atomic
def withdraw_erasure_request(*, by: User, at: datetime) -> ErasureRequest | None:
    """Take back the open request of ``by``; without one nothing happens.

    The row stays, answered by the person: staff who have already begun must see why it went, and
    a later dispute whether erasure was asked for can be settled from the record.
    """
    found = _open_request(by)
    if found is not None:
        found.handled_at, found.handled_by, found.answer = at, by, WITHDRAWN
        found.save(update_fields=["handled_at", "handled_by", "answer"])
    return found


def _open_request(by: User) -> ErasureRequest | None:
    """Lock the account, so that two presses of a button queue, and look for its open request."""
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    return ErasureRequest.objects.filter(user=by, handled_at__isnull=True).first()
