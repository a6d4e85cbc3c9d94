"""The part of an erasure that belongs to one team: a person's row, letters, copies, place and mentions."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from applications.actions.claiming import lock
from applications.actions.delivery import move_notice
from applications.actions.drafting import searched_in
from applications.actions.ledger import sync_notices
from applications.actions.mentions import erase_mails, stop_letters, take_out
from applications.models import (
    Application,
    Attestation,
    ConfirmedHow,
    Event,
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
    VersionPerson,
)
from applications.models.message import KEEPS_LINK
from applications.queries.application import workspace
from applications.queries.erasing import (
    Erasable,
    applications_of,
    proofs_about,
    pseudonym_of,
    subject_of,
)
from applications.queries.traces import NOBODY, addresses_among, known_as
from applications.workflow import FINAL
from directory.append_only import MARK
from directory.models import Erasure, Grant, Institution, Researcher, User

PERSONAL = ("family_latin", "given_latin", "reading", "email", "orcid", "erad_number")
OF_GRANT = ("agency_other", "programme_other", "reference", "key", "title", "role", "currency")
OF_LETTER = ("recipient_name", "recipient_email", "subject", "text", "done_to")


def noted(thing: Erasable, **note) -> tuple[Erasure, bool]:
    """Put an erasure on the list that outlives a restore, once; say whether it is new there."""
    return Erasure.objects.get_or_create(
        subject=subject_of(thing), defaults={"pseudonym": pseudonym_of(thing), **note}
    )


def lock_all(applications: Sequence[int]) -> list[Application]:
    """Lock applications in the order of their numbers, so that two erasures never wait for each other."""
    return [lock(pk) for pk in sorted(set(applications))]


def settle_emptied(application: Application, at: datetime) -> None:
    """Bring what is derived from people's rows up to date: what searches find, and what is owed."""
    application.refresh_from_db()
    application.search_text = searched_in(application)
    application.save(update_fields=["search_text"])
    if application.status not in FINAL:
        sync_notices(workspace(application), at)


def empty_entry(entry: Researcher, user: User | None, at: datetime) -> set[str]:
    """Take the values of one person of one team away; the row, its number and its acts stay.

    Inside an action, which holds the team's applications, and which takes what the person was
    known as out of the logs: that is returned.
    """
    applications = list(applications_of([entry]))
    owners = [one.pk for one in applications]
    member = Membership.objects.filter(researcher=entry).first()
    known = known_as([entry], user)
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
    _erase_row(entry)
    Institution.objects.filter(pk=place, researchers__isnull=True).delete()
    stop_letters(applications, known, at)
    take_out(owners, known)
    return known


def _erase_row(researcher: Researcher) -> None:
    """Empty the row of a person, their grants and their names in submitted versions."""
    for grant in Grant.objects.filter(holder=researcher):
        for name in OF_GRANT:
            setattr(grant, name, "")
        grant.contact_name = grant.contact_email = ""
        grant.amount = grant.starts_on = grant.ends_on = None
        grant.save()
    researcher.name, researcher.institution, researcher.user = NOBODY, None, None
    researcher.department = researcher.position = ""
    for name in PERSONAL:
        setattr(researcher, name, "")
    researcher.save()
    VersionPerson.objects.filter(researcher=researcher).update(values={})


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
