"""The record of notices: the holder's words, told outside the portal, or not told by choice."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from applications import permissions
from applications.actions.claiming import lock, record
from applications.actions.composing import may_be_released, published_address
from applications.actions.consents import ReasonNeeded
from applications.actions.drafting import unchanged_since
from applications.actions.proofs import Upload, keep_proof, keeps_proof
from applications.actions.refusals import NotPermitted
from applications.models import (
    Actor,
    Happening,
    Message,
    MessageState,
    Notice,
    account_of,
    member_of,
)
from applications.queries.ledger import ledger
from applications.workflow import NotAllowed, NoticeAct, next_notice_state
from directory.models import JAPAN_TIME

SETTLED_OTHERWISE = "the notice was settled otherwise"
WRITTEN = ("recipient_name", "recipient_email", "subject", "text")


class NotYet(Exception):
    """The day given lies in the future."""


class AddressIsPublished(Exception):
    """The letter goes to the address that the list publishes, which nobody changes here."""


def claim_notice(notice_id: int, by: Actor, act: str = permissions.RECORD_NOTICE) -> Notice:
    """Lock the application, then read its notice and ask.

    :raises NotPermitted: ``by`` may not do ``act`` about it (``permissions.may_tell``)
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


def put_aside(notice: Notice, reason: str) -> None:
    """Make sure that no earlier letter of a notice leaves any more; the notice is locked.

    A held one is discarded and a failed one loses its link: whoever looks through the queue later
    could send it a second time.
    """
    earlier = Message.objects.filter(notice=notice)
    earlier.filter(state=MessageState.FAILED).update(secret="")
    earlier.filter(state=MessageState.HELD).update(
        state=MessageState.DISCARDED, reason=reason, secret=""
    )


@transaction.atomic
def edit_notice(
    *, notice_id: int, values: Mapping[str, str], seen: str, by: Actor, at: datetime
) -> Notice:
    """Save recipient, subject and text of the holder's draft (empty: the prepared one).

    :raises Conflict: the draft was saved elsewhere meanwhile
    :raises AddressIsPublished: another recipient is given where the list names one (hazard 27)
    :raises NotAllowed: no letter can be released in the notice's state: what was done stays as it was
    :raises NotPermitted: see ``claim_notice``
    """
    notice = claim_notice(notice_id, by, permissions.EDIT)
    row = ledger(notice.application).find(notice.pk)
    if row is None or not may_be_released(row):
        raise NotAllowed(Happening.NOTICE_EDITED, notice.state)
    unchanged_since(seen, written(notice), values)
    if (published := published_address(row)) and values.get("recipient_email", "") not in (
        "",
        published,
    ):
        raise AddressIsPublished
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
    :raises NotPermitted: see ``claim_notice``
    """
    notice = claim_notice(notice_id, by)
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
    put_aside(notice, SETTLED_OTHERWISE)
    record(notice.application, Happening.NOTICE_RECORDED, by, at, reason=reason, notice=notice.pk)
    return notice


@transaction.atomic
def choose_not_to_send(*, notice_id: int, reason: str, by: Actor, at: datetime) -> Notice:
    """Record that the notice is not sent, and why; staff see it.

    :raises ReasonNeeded: the reason is empty
    :raises NotAllowed: the notice is settled already
    :raises NotPermitted: see ``claim_notice``
    """
    notice = claim_notice(notice_id, by, permissions.NOT_SEND)
    if not reason.strip():
        raise ReasonNeeded
    notice.on_behalf = not notice.holder.is_of(by)
    notice.state = next_notice_state(NoticeAct.CHOOSE_NOT_TO_SEND, notice.state)
    notice.reason = reason
    notice.done_by, notice.done_by_member = account_of(by), member_of(by)
    # Of a letter that did not leave, nothing counts as done.
    notice.channel, notice.done_to, notice.done_on = "", "", None
    notice.save()
    put_aside(notice, SETTLED_OTHERWISE)
    record(notice.application, Happening.NOTICE_NOT_SENT, by, at, reason=reason, notice=notice.pk)
    return notice
