"""What a team's pages say of its invitations: where each stands, since when, and what can be done now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import permissions
from applications.invitation_mail import answers_until
from applications.models import (
    Application,
    ConfirmedHow,
    Invitation,
    InvitationState,
    Membership,
    Role,
)
from applications.queries.application import Workspace
from applications.queries.invitations import NEEDS_THE_TEAM, WAITS_FOR_THE_PERSON, Asked
from applications.wording.mails import mail_error_in_words
from applications.workflow import EDITABLE

TONES: Mapping[str, str] = {
    InvitationState.FAILED: "problem",
    InvitationState.BOUNCED: "problem",
    InvitationState.CLAIMED: "problem",
    InvitationState.EXPIRED: "attention",
    InvitationState.DECLINED: "attention",
    InvitationState.CANCELLED: "neutral",
    InvitationState.CONFIRMED: "good",
}
# What the moment beside a state says; "since" would promise more than is known.
SAID: Mapping[str, Any] = {
    InvitationState.WAITING: gettext_lazy("written at"),
    InvitationState.HANDED_OVER: gettext_lazy("handed over at"),
    InvitationState.FAILED: gettext_lazy("written at"),
    InvitationState.BOUNCED: gettext_lazy("handed over at"),
    InvitationState.OPENED: gettext_lazy("opened at"),
    InvitationState.CLAIMED: gettext_lazy("answered at"),
    InvitationState.EXPIRED: gettext_lazy("expired at"),
    InvitationState.DECLINED: gettext_lazy("declined at"),
    InvitationState.CANCELLED: gettext_lazy("cancelled at"),
}


@dataclass(frozen=True, slots=True)
class Possible:
    """The acts that are possible now with one person's invitation."""

    invite: bool = False
    remind: bool = False
    again_at: datetime | None = None  # when a mail may go there again, while it is too soon
    correct: bool = False
    cancel: bool = False
    decide: bool = False
    give_address: bool = False


def takes_answers(application: Application, now: datetime) -> bool:
    """Whether an invited person could answer now; the action asks the database's clock again."""
    return application.status in EDITABLE and (
        application.call.opens_at <= now < answers_until(application)
    )


def may_ask(role: Role | None, member: Membership) -> bool:
    """Whether a person of this role asks that member: a deputy is asked by who may submit."""
    needs = permissions.DECIDE_CLAIM if member.role == Role.DEPUTY else permissions.INVITE
    return permissions.role_may(role, needs)


def possible(
    application: Application, member: Membership, asked: Asked, role: Role | None, now: datetime
) -> Possible:
    """Say what somebody of this role can do about a member's invitation now."""
    joined = member.role == Role.PARTNER or member.researcher.user_id is not None
    settled = member.confirmed_how == ConfirmedHow.SELF and joined
    email, waits = member.researcher.email, asked.open_of(member)
    # Who has an account here already writes; there is nothing to ask.
    has_place = member.role != Role.PARTNER and member.researcher.user_id is not None
    if member.role == Role.LEAD or settled or (has_place and waits is None):
        return Possible()
    if not may_ask(role, member) or not takes_answers(application, now):
        return Possible()
    again_at = asked.again_at(email, now) if email else None
    if waits is None:
        return Possible(invite=bool(email), again_at=again_at, give_address=not email)
    claimed = waits.state_at(now) == InvitationState.CLAIMED
    return Possible(
        remind=not again_at and not claimed,
        again_at=None if claimed else again_at,
        correct=not claimed,
        cancel=True,
        decide=claimed and permissions.role_may(role, permissions.DECIDE_CLAIM),
    )


def shown_invitation(invitation: Invitation | None, now: datetime) -> dict[str, Any] | None:
    """Return one invitation as pages show it; nothing where it was answered with yes."""
    if invitation is None:
        return None
    state = invitation.state_at(now)
    if state in (InvitationState.CONFIRMED, InvitationState.FORGOTTEN):
        return None
    return {
        "invitation": invitation,
        "state": state.value,
        "label": state.label,
        "tone": TONES.get(state, "waiting"),
        "said": SAID.get(state, ""),
        "at": _moment(invitation, state),
        "sentence": _sentence(invitation, state),
        "reason": invitation.reason if state == InvitationState.DECLINED else "",
        "until": invitation.expires_at if state in WAITS_FOR_THE_PERSON else None,
    }


def _moment(invitation: Invitation, state: InvitationState) -> datetime | None:
    message = invitation.message
    if state in (InvitationState.HANDED_OVER, InvitationState.BOUNCED):
        return message.handed_over_at if message else None
    return {
        InvitationState.OPENED: invitation.opened_at,
        InvitationState.CLAIMED: invitation.claimed_at,
        InvitationState.EXPIRED: invitation.expires_at,
        InvitationState.WAITING: invitation.created_at,
        InvitationState.FAILED: invitation.created_at,
    }.get(state, invitation.ended_at)


def _sentence(invitation: Invitation, state: InvitationState) -> str:
    if state == InvitationState.FAILED:
        error = invitation.message.error if invitation.message else ""
        return f"{mail_error_in_words(error)} {_('Correct the address, or send it again.')}"
    if state == InvitationState.BOUNCED:
        return _(
            "The mail came back: there is nobody at this address, or the mailbox takes no mail. "
            "Correct the address."
        )
    if state == InvitationState.EXPIRED:
        return _("The person did not answer in time. A reminder brings a new link.")
    if state == InvitationState.CLAIMED and invitation.claimed_by:
        return _(
            "Somebody who is signed in as %(account)s answered the invitation. "
            "Nothing is confirmed yet: the lead or a deputy says whether this is the same person."
        ) % {"account": invitation.claimed_by.email}
    if state == InvitationState.DECLINED:
        return _("The person does not take part. Remove the person, or ask once more.")
    return ""


def claims(space: Workspace, asked: Asked, now: datetime) -> list[dict[str, Any]]:
    """Return who answered whose invitation from another account, where it waits for a decision."""
    return [
        {"person": one.researcher, "invitation": asked.last[one.pk]}
        for one in space.members
        if asked.state_of(one, now) == InvitationState.CLAIMED
    ]


def tally(members: tuple[Membership, ...], asked: Asked, now: datetime) -> dict[str, int]:
    """Count people by how their invitation stands; who confirmed for themselves is not counted."""
    states = [asked.state_of(one, now) for one in members if one.confirmed_how != ConfirmedHow.SELF]
    return {
        "waiting": sum(one in WAITS_FOR_THE_PERSON for one in states),
        "problem": sum(one in NEEDS_THE_TEAM for one in states),
        "expired": states.count(InvitationState.EXPIRED),
        "declined": states.count(InvitationState.DECLINED),
    }
