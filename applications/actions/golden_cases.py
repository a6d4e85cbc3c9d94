"""Staff state what a draft must answer: "this grant should fit because …", on record with the edition."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from applications import permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import AlreadyPublished, NotPermitted
from applications.models import GoldenCase
from directory.models import Edition, User

ASKED = ("reference", "programme", "starts_on", "ends_on", "country", "on")
EXPECTED = ("expected_verdict", "expected_reasons", "why")


@transaction.atomic
def state_case(
    *, edition_id: int, agency_id: int, values: Mapping[str, Any], by: User, at: datetime
) -> GoldenCase:
    """Keep a grant and the answer expected of a draft; sent twice, it is kept once.

    A later case about the same grant takes the place of an earlier one of the same draft: that is
    how a slip is mended. ``values`` are those of ``ASKED`` and ``EXPECTED``.

    :raises NotPermitted: ``by`` is neither officer nor approver of the list's agency, nor a superuser
    :raises AlreadyPublished: the edition is published
    :raises ReasonNeeded: it does not say why
    """
    # Publishing takes the same lock: no case comes in between its last question and its end.
    edition = Edition.objects.select_for_update(no_key=True).get(pk=edition_id)
    if not permissions.may_draft_edition(by, edition.owner):
        raise NotPermitted("state_case")
    if edition.published_at is not None:
        raise AlreadyPublished(edition)
    if not values["why"].strip():
        raise ReasonNeeded
    grant = {name: values[name] for name in ASKED} | {"agency_id": agency_id}
    expected = {name: values[name] for name in EXPECTED}
    newest = GoldenCase.objects.filter(edition=edition, **grant).order_by("stated_at", "pk").last()
    if newest and all(getattr(newest, name) == value for name, value in expected.items()):
        return newest
    return GoldenCase.objects.create(
        edition=edition, **grant, **expected, stated_by=by, stated_at=at
    )
