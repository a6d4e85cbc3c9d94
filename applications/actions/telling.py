"""The record of notices: told outside the portal, or not told by choice."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from applications import permissions
from applications.actions.claiming import lock, record
from applications.actions.consents import ReasonNeeded
from applications.actions.drafting import unchanged_since
from applications.actions.proofs import Upload, keep_proof, keeps_proof
from applications.actions.refusals import NotPermitted
from applications.models import Actor, Happening, Notice, account_of, member_of
from applications.workflow import SETTLED, NotAllowed, NoticeAct, next_notice_state
from directory.models import JAPAN_TIME

WRITTEN = ("recipient_name", "recipient_email", "subject", "text")


class NotYet(Exception):
    """The day given lies in the future."""


def _claim_notice(notice_id: int, by: Actor, act: str = permissions.RECORD_NOTICE) -> Notice:
    """Lock the application, then read its notice and ask.

    :raises NotPermitted: ``by`` is not of the team's writers, the notice is not their own grant's,
        and they are not staff who record (staff never edit)
    """
    owner = Notice.objects.only("application_id").get(pk=notice_id).application_id
    application = lock(owner)
    notice = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("holder__researcher", "body")
        .get(pk=notice_id)
    )
    notice.application = application
    if not permissions.may_tell(by, act, notice):
        raise NotPermitted(act)
    return notice


def written(notice: Notice) -> dict[str, Any]:
    """Return what a form about the draft shows and a conflict compares."""
    return {name: getattr(notice, name) for name in WRITTEN}


@transaction.atomic
def edit_notice(
    *, notice_id: int, values: Mapping[str, str], seen: str, by: Actor, at: datetime
) -> Notice:
    """Save recipient, subject and text of a draft (empty: the prepared one).

    :raises Conflict: somebody else saved the draft meanwhile
    :raises NotAllowed: the notice is settled: what was done about it stays as it was
    :raises NotPermitted: see ``_claim_notice``
    """
    notice = _claim_notice(notice_id, by, permissions.EDIT)
    if notice.state in SETTLED:
        raise NotAllowed(Happening.NOTICE_EDITED, notice.state)
    unchanged_since(seen, written(notice), values)
    for name in WRITTEN:
        if name in values:
            setattr(notice, name, values[name])
    notice.save(update_fields=WRITTEN)
    record(notice.application, Happening.NOTICE_EDITED, by, at, notice=notice.pk)
    return notice


@keeps_proof
def record_notice(
    *,
    notice_id: int,
    done_on: date,
    channel: str,
    done_to: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    upload: Upload | None = None,
) -> Notice:
    """Record that the holder told the body outside the portal.

    Somebody other than the holder records on behalf and says why (product.md 6).

    :raises NotYet: ``done_on`` lies in the future, in Japan
    :raises ReasonNeeded: ``by`` is not the holder and gave no reason
    :raises NotAllowed: the notice is settled already
    :raises NotPermitted: see ``_claim_notice``
    """
    notice = _claim_notice(notice_id, by)
    if done_on > at.astimezone(JAPAN_TIME).date():
        raise NotYet
    notice.on_behalf = not notice.holder.is_of(by)
    if notice.on_behalf and not reason.strip():
        raise ReasonNeeded
    notice.state = next_notice_state(NoticeAct.RECORD, notice.state)
    notice.done_on, notice.channel, notice.done_to = done_on, channel, done_to
    notice.done_by, notice.done_by_member = account_of(by), member_of(by)
    notice.reason = reason
    if upload:
        notice.proof = keep_proof(notice.application, upload, by, at)
    notice.save()
    record(notice.application, Happening.NOTICE_RECORDED, by, at, reason=reason, notice=notice.pk)
    return notice


@transaction.atomic
def choose_not_to_send(*, notice_id: int, reason: str, by: Actor, at: datetime) -> Notice:
    """Record that the notice is not sent, and why; staff see it.

    :raises ReasonNeeded: the reason is empty
    :raises NotAllowed: the notice is settled already
    :raises NotPermitted: see ``_claim_notice``
    """
    notice = _claim_notice(notice_id, by)
    if not reason.strip():
        raise ReasonNeeded
    notice.on_behalf = not notice.holder.is_of(by)
    notice.state = next_notice_state(NoticeAct.CHOOSE_NOT_TO_SEND, notice.state)
    notice.reason = reason
    notice.done_by, notice.done_by_member = account_of(by), member_of(by)
    notice.save()
    record(notice.application, Happening.NOTICE_NOT_SENT, by, at, reason=reason, notice=notice.pk)
    return notice
