"""Erasing a person: values go from rows, files, mails, search and sessions; acts stay under a pseudonym."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from applications import permissions
from applications.actions.claiming import lock, record
from applications.actions.consents import ReasonNeeded
from applications.actions.delivery import move_notice
from applications.actions.drafting import searched_in
from applications.actions.erasing_account import erase_account
from applications.actions.forgetting import erase_entry
from applications.actions.ledger import sync_notices
from applications.actions.mentions import erase_mails, take_out, take_out_of_the_logs
from applications.actions.refusals import NotPermitted
from applications.models import (
    Application,
    Attestation,
    ConfirmedHow,
    Event,
    Happening,
    Invitation,
    InvitationEnd,
    Membership,
    Message,
    MessageState,
    Notice,
    PersonalLink,
    Proof,
    ReleasedLetter,
    ReliedGrant,
)
from applications.models.message import KEEPS_LINK
from applications.queries.application import workspace
from applications.queries.erasing import (
    ACCOUNT,
    RESEARCHER,
    addresses_among,
    applications_of,
    entries_of,
    known_as,
    leads_on,
    pattern_of,
    proofs_about,
    pseudonym_of,
    subject_of,
)
from applications.queries.erasures import ERASED
from applications.workflow import FINAL
from directory.append_only import MARK
from directory.models import Erasure, ErasureRequest, Grant, Institution, Researcher, User

OF_LETTER = ("recipient_name", "recipient_email", "subject", "text", "done_to")


class StandsAgainst(Exception):
    """The person leads a team that goes on, or has a staff role: that is settled first."""


class AnotherPerson(Exception):
    """The row with this number is not the one that was erased."""


class NotHere(Exception):
    """There is no such row in this database."""


@transaction.atomic
def erase_person(*, user_id: int, reason: str, by: User | None, at: datetime) -> list[Erasure]:
    """Erase an account's entries in the teams of ``by``'s agency, and the account once none is left.

    Who is in teams of both agencies is erased by an approver of each: neither sees or touches the
    other's teams. The open request is answered when the account goes. ``by`` is None for the portal.

    :raises NotPermitted: ``by`` is not an approver of an agency that has the person in a team
    :raises ReasonNeeded: the reason is empty
    :raises StandsAgainst: they lead an application that is neither decided nor withdrawn, or are staff
    """
    user = User.objects.select_for_update().get(pk=user_id)
    entries = entries_of(user, by)
    if by is not None and not permissions.may_erase(by, bool(entries)):
        raise NotPermitted(Happening.PERSON_ERASED)
    if not reason.strip():
        raise ReasonNeeded
    if user.is_staff or leads_on(entries):
        raise StandsAgainst
    request = ErasureRequest.objects.filter(user=user, handled_at=None).first()
    noted = {"request": request, "by": by, "at": at, "reason": reason}
    done = [_erase_entry(one, user, **noted) for one in entries]
    if not Researcher.objects.filter(user=user).exists():
        done.append(_erase_account(user, **noted))
        if request is not None:
            request.handled_at, request.handled_by = at, by or user
            request.answer = ERASED
            request.save(update_fields=["handled_at", "handled_by", "answer"])
    return done


@transaction.atomic
def erase_entry_of_team(
    *, researcher_id: int, reason: str, by: User | None, at: datetime
) -> Erasure:
    """Erase one person of one team: somebody without an account, who asked in writing.

    :raises NotPermitted, ReasonNeeded, StandsAgainst: see ``erase_person``
    """
    entry = Researcher.objects.select_for_update(of=("self",)).get(pk=researcher_id)
    if by is not None:
        ours = Application.objects.of_staff(by)
        if not permissions.may_erase(by, applications_of([entry]).filter(pk__in=ours).exists()):
            raise NotPermitted(Happening.PERSON_ERASED)
    if not reason.strip():
        raise ReasonNeeded
    if leads_on([entry]):
        raise StandsAgainst
    return _erase_entry(entry, entry.user, request=None, by=by, at=at, reason=reason)


@transaction.atomic
def erase_again(*, subject: str, pseudonym: str, reason: str, at: datetime) -> Erasure:
    """Do once more what was done before a restore; doing it twice is doing it once.

    :raises NotHere: the restored database is older than the person
    :raises AnotherPerson: the number belongs to somebody else
    """
    table, _space, number = subject.partition(" ")
    model = {RESEARCHER: Researcher, ACCOUNT: User}.get(table)
    row = None
    if model is not None and number.isdecimal():
        row = model.objects.select_for_update(of=("self",)).filter(pk=int(number)).first()
    if row is None:
        raise NotHere(subject)
    if pseudonym_of(row) != pseudonym:
        raise AnotherPerson(subject)
    noted = {"request": None, "by": None, "at": at, "reason": reason}
    if isinstance(row, Researcher):
        return _erase_entry(row, row.user, **noted)
    return _erase_account(row, **noted)


def _noted(thing: Researcher | User, **noted) -> tuple[Erasure, bool]:
    return Erasure.objects.get_or_create(
        subject=subject_of(thing), defaults={"pseudonym": pseudonym_of(thing), **noted}
    )


def _erase_account(user: User, **noted) -> Erasure:
    erasure, _new = _noted(user, **noted)
    erase_account(user, erasure.pseudonym)
    return erasure


def _erase_entry(entry: Researcher, user: User | None, *, by: User | None, at: datetime, **noted):
    """Take one person out of one team, and note that it was done, once."""
    applications = [
        lock(pk) for pk in applications_of([entry]).order_by("pk").values_list("pk", flat=True)
    ]
    erasure, new = _noted(entry, by=by, at=at, **noted)
    member = Membership.objects.filter(researcher=entry).first()
    take_out_of_the_logs(empty_entry(entry, user, at))
    for one in applications:
        one.refresh_from_db()
        one.search_text = searched_in(one)
        one.save(update_fields=["search_text"])
        if one.status not in FINAL:
            sync_notices(workspace(one), at)
        if new:
            about = {"membership": member.pk} if member else {}
            record(one, Happening.PERSON_ERASED, by, at, **about)
    return erasure


def empty_entry(entry: Researcher, user: User | None, at: datetime) -> set[str]:
    """Take the values of one person of one team away; the row, its number and its acts stay.

    Inside an action, which holds the team's applications, and which takes what the person was
    known as out of the logs: that is returned.
    """
    applications = list(applications_of([entry]))
    owners = [one.pk for one in applications]
    member = Membership.objects.filter(researcher=entry).first()
    known = known_as([entry], user)
    pattern = pattern_of(known)
    if member is not None:
        _erase_acts(member, user, owners)
        _erase_letters(member, applications, at)
        erase_files(proofs_about(Membership.objects.filter(pk=member.pk)))
        if user is not None:
            # Copies about others stay, as theirs; the name was the uploader's.
            Proof.objects.filter(application__in=owners, uploaded_by=user).update(name=MARK)
        _erase_place(member, applications, at)
    erase_mails(Message.objects.filter(application__in=owners), addresses_among(known))
    place = entry.institution_id
    erase_entry(entry)
    Institution.objects.filter(pk=place, researchers__isnull=True).delete()
    if pattern is not None:
        take_out(owners, pattern)
    return known


def _erase_acts(member: Membership, user: User | None, owners: Sequence[int]) -> None:
    """Words the person gave for an act, and others for acts about the person."""
    notices = list(member.notices.values_list("pk", flat=True))
    grants = list(Grant.objects.filter(holder=member.researcher_id).values_list("pk", flat=True))
    about = (
        Q(membership=member)
        | Q(details__membership=member.pk)
        | Q(details__notice__in=notices)
        | Q(details__grant__in=grants)
    )
    if user is not None:
        about |= Q(user=user)
    Event.objects.filter(about, application__in=owners).exclude(reason="").update(reason=MARK)
    Attestation.objects.filter(relied__grant__holder=member.researcher_id).exclude(
        reason=""
    ).update(reason=MARK)


def _erase_letters(member: Membership, applications: Sequence[Application], at: datetime) -> None:
    """The person's own letters to funders: that one was given, when and to which body, stays."""
    by_pk = {one.pk: one for one in applications}
    for mail in Message.objects.select_for_update(of=("self",)).filter(notice__holder=member):
        waits = mail.state in KEEPS_LINK
        if waits:  # what waits never leaves; a worker at it writes nothing
            mail.state, mail.reason = MessageState.DISCARDED, MARK
        mail.sender_name = mail.reply_to = mail.subject = mail.text = mail.secret = mail.error = ""
        mail.recipient = ""
        mail.save()
        if waits and mail.notice.state in ("RELEASED", "HELD"):
            move_notice(mail, by_pk[mail.application_id], at)
    notices = Notice.objects.filter(holder=member)
    notices.update(**dict.fromkeys(OF_LETTER, ""))
    notices.exclude(reason="").update(reason=MARK)
    ReleasedLetter.objects.filter(notice__holder=member).update(note="")


def _erase_place(member: Membership, applications: Sequence[Application], at: datetime) -> None:
    """The person's place in the team: it ends where the team goes on, and stays on record where all is over."""
    if any(one.status not in FINAL for one in applications):
        member.removed_at = member.removed_at or at
        ReliedGrant.objects.filter(grant__holder=member.researcher_id, removed_at=None).update(
            removed_at=at
        )
    on_behalf = member.confirmed_how == ConfirmedHow.ON_BEHALF
    member.confirmed_reason, member.removed_reason = (MARK if on_behalf else ""), ""
    member.save()
    PersonalLink.objects.filter(membership=member, revoked_at=None).update(revoked_at=at)
    sent = Invitation.objects.filter(membership=member)
    sent.filter(ended_how="").update(ended_how=InvitationEnd.CANCELLED, ended_at=at)
    sent.update(email="", reason="")


def erase_files(proofs) -> None:
    """Take copies away: their rows stay, with size and hash; the files go once this is written for good."""
    for proof in list(proofs):
        storage, name = proof.file.storage, proof.file.name
        Proof.objects.filter(pk=proof.pk).update(file="", name=MARK)
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))
