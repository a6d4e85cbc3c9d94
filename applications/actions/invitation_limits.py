"""The limits that keep invitations from being used to pester people (hazards.md 25)."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from applications.actions.refusals import TooManyInvitations, TooSoon
from applications.models import Application, Invitation, Membership, MessageState
from applications.models.invitation import MOST_OPEN, REMINDER_AFTER
from directory.addresses import canonical
from directory.models import User

# Invitations of one account within a day, whatever its teams: a team is quickly made.
MOST_A_DAY = 60
DAY = timedelta(days=1)
# Mails to one address within 72 hours, whoever sends them: many teams are quickly made, too.
MOST_TO_ONE = 3


def forgotten_digest(email: str) -> str:
    """Return the keyed digest under which an address is remembered as forgotten."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, canonical(email).encode(), hashlib.sha256).hexdigest()


def within_limits(
    application: Application,
    member: Membership,
    by: User,
    at: datetime,
    *,
    is_reminder: bool,
) -> None:
    """Refuse a mail that would be one too many.

    The limits count what was sent, whether or not it was cancelled since; a mail that never left
    pestered nobody. Two teams may each invite the same person; but a person is reminded once in
    72 hours, whoever reminds, and hears of us three times in them at most.

    :raises TooSoon: the address was written to less than 72 hours ago
    :raises TooManyInvitations: 20 are open in the team, or the account sent 60 within a day
    """
    recent = Invitation.objects.filter(
        Q(message=None) | ~Q(message__state__in=[MessageState.FAILED, MessageState.DISCARDED]),
        email__iexact=member.researcher.email,
        created_at__gt=at - REMINDER_AFTER,
    ).order_by("-created_at")
    ours = recent if is_reminder else recent.filter(membership__team=application.team_id)
    last = ours.first()
    if last is None:
        last = next(iter(recent[MOST_TO_ONE - 1 : MOST_TO_ONE]), None)
    if last is not None:
        raise TooSoon(last.created_at + REMINDER_AFTER)
    mine = Invitation.objects.filter(created_by=by, created_at__gt=at - DAY)
    if mine.count() >= MOST_A_DAY:
        raise TooManyInvitations(MOST_A_DAY, until=mine.earliest("created_at").created_at + DAY)
    others = Invitation.objects.open_at(at).filter(
        membership__team=application.team_id, membership__removed_at=None
    )
    if others.exclude(membership=member).count() >= MOST_OPEN:
        raise TooManyInvitations(MOST_OPEN)
