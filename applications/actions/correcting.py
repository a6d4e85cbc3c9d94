"""What people of a team do about their own part: correct it, take their consent back, give it again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from applications import permissions
from applications.actions.answering import takes_answers, write_confirmation
from applications.actions.claiming import lock, mark_changed, record
from applications.actions.consents import write_attestation
from applications.actions.drafting import (
    after_change,
    current_member,
    unchanged_since,
    write_person,
    write_relied_grant,
)
from applications.actions.ending import end_invitation, open_invitation
from applications.actions.posting import owe_personal_link, tell_team
from applications.actions.refusals import NotPermitted, StillNeeded, TooSoon
from applications.models import (
    Actor,
    Application,
    Attestation,
    Happening,
    InvitationEnd,
    Membership,
    PersonalLink,
    ReliedGrant,
    Role,
)
from applications.permissions import ANSWER
from applications.queries.invitations import has_answered_before, own_facts
from applications.queries.sections import CONFIRMED_FOR, person_values
from applications.workflow import FINAL, NotAllowed
from directory.models import Grant

# What a person corrects about themselves; the address is corrected where it is proved to be theirs.
OWN_PARTICULARS = ("name", "family_latin", "given_latin", *CONFIRMED_FOR[2:])
# A link to the own page is mailed at most this often, whoever asks.
LINK_AGAIN_AFTER = timedelta(hours=1)


def _claim_to_answer(
    application_id: int, membership_id: int, by: Actor
) -> tuple[Application, Membership]:
    """Lock the application for the member's own act.

    :raises NotPermitted: ``by`` is not that member
    :raises Membership.DoesNotExist: the member has left the team
    """
    application = lock(application_id)
    member = current_member(application, membership_id)
    if not permissions.may_answer(by, member):
        raise NotPermitted(ANSWER)
    return application, member


@transaction.atomic
def withdraw_consent(
    *, application_id: int, membership_id: int, reason: str, by: Actor, at: datetime
) -> Membership:
    """Take one's confirmation back, at any time until the application is decided.

    A version submitted before keeps what it held at its moment; the team and staff see the
    withdrawal beside it.

    :raises NotAllowed: the application is decided or withdrawn
    :raises StillNeeded: a lead hands the lead over instead
    :raises NotPermitted: see ``_claim_to_answer``
    """
    application, member = _claim_to_answer(application_id, membership_id, by)
    if application.status in FINAL:
        raise NotAllowed(ANSWER, application.status)
    if member.role == Role.LEAD:
        raise StillNeeded
    if member.confirmed_at is None:
        return member
    member.confirmed_at, member.confirmed_how = None, ""
    member.confirmed_reason, member.confirmed_by = "", None
    member.save()
    record(application, Happening.CONSENT_WITHDRAWN, by, at, reason=reason, membership=member.pk)
    mark_changed(application, at)
    tell_team(application, member, Happening.CONSENT_WITHDRAWN, at, by=by, reason=reason)
    return member


@transaction.atomic
def confirm_again(
    *,
    application_id: int,
    membership_id: int,
    answers: Mapping[tuple[int | None, str], str],
    seen: str,
    by: Actor,
    at: datetime,
) -> Membership:
    """Confirm anew on one's own page, after a withdrawal or where the former confirmation lapsed.

    As the first time: for what the page showed (``seen``), until the deadline, with the conditions
    answered. An invitation that waits meanwhile is answered by it.

    :raises Conflict: what was shown was changed meanwhile
    :raises NotAllowed, CallClosed: the application takes no more answers
    :raises NotPermitted: see ``_claim_to_answer``; or they never answered, and do by invitation
    """
    application, member = _claim_to_answer(application_id, membership_id, by)
    takes_answers(application)
    if member.confirmed_at:
        return member
    if not has_answered_before(member):
        raise NotPermitted(ANSWER)
    unchanged_since(seen, own_facts(application, member), {})
    invitation = open_invitation(member)
    if invitation is not None:
        end_invitation(invitation, InvitationEnd.CONFIRMED, at)
    write_confirmation(application, member, answers, by, at)
    return member


@transaction.atomic
def correct_own_particulars(
    *,
    application_id: int,
    membership_id: int,
    values: Mapping[str, Any],
    seen: str,
    by: Actor,
    at: datetime,
) -> Membership:
    """Save what a person corrected about themselves. Their confirmation stands: it is their word.

    :raises Conflict: somebody else saved that person meanwhile
    :raises NotAllowed, CallClosed: the application takes no more changes
    :raises NotPermitted: see ``_claim_to_answer``
    """
    application, member = _claim_to_answer(application_id, membership_id, by)
    takes_answers(application)
    was = person_values(member.researcher)
    unchanged_since(seen, was, values)
    write_person(
        member.researcher, was | {name: values[name] for name in OWN_PARTICULARS if name in values}
    )
    record(application, Happening.PERSON_CORRECTED, by, at, membership=member.pk)
    after_change(application, at)
    return member


@transaction.atomic
def correct_own_grant(
    *,
    application_id: int,
    membership_id: int,
    grant_id: int | None,
    values: Mapping[str, Any],
    seen: str,
    by: Actor,
    at: datetime,
) -> Grant:
    """Save what a holder corrected about their own grant, or add one.

    :raises Conflict: somebody else saved that grant meanwhile
    :raises NotAllowed, CallClosed: the application takes no more changes
    :raises NotPermitted: see ``_claim_to_answer``
    :raises IntegrityError: the holder already has that number of that agency
    """
    application, member = _claim_to_answer(application_id, membership_id, by)
    takes_answers(application)
    grant = write_relied_grant(application, member, grant_id, values, seen, by, at)
    if grant_id is not None:
        record(application, Happening.GRANT_CORRECTED, by, at, grant=grant.pk, membership=member.pk)
    return grant


@transaction.atomic
def answer_own_condition(
    *,
    application_id: int,
    membership_id: int,
    grant_id: int,
    code: str,
    answer: str,
    by: Actor,
    at: datetime,
) -> Attestation:
    """Record what a holder answers to a condition of their own grant; the events keep the former.

    :raises NotAllowed, CallClosed: the application takes no more changes
    :raises NotPermitted: see ``_claim_to_answer``
    :raises ReliedGrant.DoesNotExist: the application does not rely on such a grant of theirs
    """
    application, member = _claim_to_answer(application_id, membership_id, by)
    takes_answers(application)
    relied = ReliedGrant.objects.get(
        application=application,
        grant=grant_id,
        grant__holder=member.researcher_id,
        removed_at__isnull=True,
    )
    attestation = write_attestation(application, relied, code, answer, by, at)
    mark_changed(application, at)
    return attestation


@transaction.atomic
def mail_personal_link(*, application_id: int, membership_id: int, at: datetime) -> None:
    """Mail a fresh link to the member's own page, to the recorded address; former ones stop working.

    :raises TooSoon: a link was made less than an hour ago
    :raises Membership.DoesNotExist: the member has left the team
    """
    application = lock(application_id)
    member = current_member(application, membership_id)
    last = PersonalLink.objects.filter(membership=member).order_by("-created_at").first()
    if last is not None and at < last.created_at + LINK_AGAIN_AFTER:
        raise TooSoon(last.created_at + LINK_AGAIN_AFTER)
    owe_personal_link(application, member, at, by=member)


@transaction.atomic
def choose_reminders(
    *, application_id: int, membership_id: int, wanted: bool, by: Actor, at: datetime
) -> Membership:
    """Stop the reminders of notices to this person in this team, or want them again.

    Choosing what is chosen already changes nothing.

    :raises NotPermitted: see ``_claim_to_answer``
    """
    application, member = _claim_to_answer(application_id, membership_id, by)
    if wanted == (member.reminders_off_at is None):
        return member
    member.reminders_off_at = None if wanted else at
    member.save(update_fields=["reminders_off_at"])
    happening = Happening.REMINDERS_WANTED if wanted else Happening.REMINDERS_STOPPED
    record(application, happening, by, at, membership=member.pk)
    return member
