"""The hold switch of all mail: held by a person or by a restore, opened by a person, each with a reason."""

import logging
from datetime import datetime

from django.db import transaction

from applications import outbox, permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import NotPermitted, SwitchUnchanged
from applications.models import MailGate
from directory.models import User

logger = logging.getLogger("applications.mail")


@transaction.atomic
def hold_all_mail(*, reason: str, by: User, at: datetime) -> MailGate:
    """Keep every mail from leaving, of both agencies, until somebody opens again.

    A worker finishes the mails that it has taken already (at most ``outbox.BATCH``).

    :raises ReasonNeeded: no reason is given
    :raises NotPermitted: ``by`` is neither an approver nor a superuser
    :raises SwitchUnchanged: mail is held already
    """
    gate = _claim(reason, by)
    if outbox.is_held(gate):
        raise SwitchUnchanged
    gate.held_at = at
    return _switched(gate, reason, by, at)


@transaction.atomic
def open_mail(*, reason: str, by: User | None, at: datetime) -> MailGate:
    """Let mail leave this database, which from now on is the one that the switch knows.

    Without ``by`` it is an operator at the command line.

    :raises ReasonNeeded: no reason is given
    :raises NotPermitted: ``by`` is neither an approver nor a superuser
    :raises SwitchUnchanged: mail flows already
    """
    gate = _claim(reason, by)
    if not outbox.is_held(gate):
        raise SwitchUnchanged
    gate.held_at, gate.identity = None, outbox.database_identity()
    return _switched(gate, reason, by, at)


def _claim(reason: str, by: User | None) -> MailGate:
    if by is not None and not permissions.may_switch_mail(by):
        raise NotPermitted
    if not reason.strip():
        raise ReasonNeeded
    return MailGate.objects.select_for_update(of=("self",)).get(pk=outbox.mail_gate().pk)


def _switched(gate: MailGate, reason: str, by: User | None, at: datetime) -> MailGate:
    gate.reason, gate.changed_by, gate.changed_at = reason, by, at
    gate.save()
    who = by.pk if by else "an operator"
    logger.warning("Mail %s by %s: %s", "held" if gate.held_at else "opened", who, reason)
    return gate
