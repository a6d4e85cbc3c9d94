"""Erasing a person: values go from rows, files, mails, search and sessions; acts stay under a pseudonym."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from applications import permissions
from applications.actions.claiming import mark_changed, record
from applications.actions.consents import ReasonNeeded
from applications.actions.emptying import empty_entry, lock_all, noted, settle_emptied
from applications.actions.erasing_account import erase_account
from applications.actions.forgetting import forget_address
from applications.actions.mentions import take_out_of_the_logs
from applications.actions.refusals import NotPermitted
from applications.models import Application, Happening, Invitation, Membership
from applications.queries.erasing import (
    ACCOUNT,
    INVITATION,
    RESEARCHER,
    applications_of,
    entries_of,
    leads_on,
    mails_of_account,
    pseudonym_of,
)
from applications.queries.traces import pattern_of, strings_of
from directory.models import Erasure, ErasureRequest, Researcher, User


class StandsAgainst(Exception):
    """The person leads a team that goes on, or has a staff role: that is settled first."""


class NamesThePerson(Exception):
    """The reason, which is kept for good, holds a name, an address or a number of the person."""


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
    :raises NamesThePerson: the reason holds a string by which the person is known
    :raises StandsAgainst: they lead an application that is neither decided nor withdrawn, or are staff
    """
    user = User.objects.select_for_update().get(pk=user_id)
    entries = entries_of(user, by)
    if by is not None and not permissions.may_erase(by, bool(entries)):
        raise NotPermitted(Happening.PERSON_ERASED)
    _must_be_nameless(reason, entries, user)
    _lock_for(entries, user)
    entries = entries_of(user, by)  # as they are under the locks
    if user.is_staff or leads_on(entries):
        raise StandsAgainst
    request = ErasureRequest.objects.filter(user=user, handled_at=None).first()
    note = {"request": request, "by": by, "at": at, "reason": reason}
    done = [_erase_entry(one, user, **note) for one in entries]
    if not entries_of(user, None):
        done.append(_erase_account(user, **note))
    return done


@transaction.atomic
def erase_entry_of_team(
    *, researcher_id: int, reason: str, by: User | None, at: datetime
) -> Erasure:
    """Erase one person of one team: somebody without an account, who asked in writing.

    :raises NotPermitted, ReasonNeeded, NamesThePerson, StandsAgainst: see ``erase_person``
    """
    entry = Researcher.objects.get(pk=researcher_id)
    if by is not None:
        ours = Application.objects.of_staff(by)
        if not permissions.may_erase(by, applications_of([entry]).filter(pk__in=ours).exists()):
            raise NotPermitted(Happening.PERSON_ERASED)
    _must_be_nameless(reason, [entry], entry.user)
    _lock_for([entry])
    entry = Researcher.objects.select_for_update(of=("self",)).get(pk=researcher_id)
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
    models = {RESEARCHER: Researcher, ACCOUNT: User, INVITATION: Invitation}
    row = None
    if table in models and number.isdecimal():
        row = models[table].objects.filter(pk=int(number)).first()
    if row is None:
        raise NotHere(subject)
    if pseudonym_of(row) != pseudonym:
        raise AnotherPerson(subject)
    note = {"request": None, "by": None, "at": at, "reason": reason}
    if isinstance(row, Invitation):
        return forget_address(row, at, reason=reason)
    if isinstance(row, Researcher):
        _lock_for([row])
        row.refresh_from_db()
        return _erase_entry(row, row.user, **note)
    row = User.objects.select_for_update().get(pk=row.pk)
    _lock_for([], row)
    return _erase_account(row, **note)


def _must_be_nameless(reason: str, entries: Iterable[Researcher], user: User | None) -> None:
    """Nothing takes a name out of a reason again: the database refuses to change an erasure."""
    if not reason.strip():
        raise ReasonNeeded
    pattern = pattern_of(strings_of(list(entries), user))
    if pattern is not None and pattern.search(reason):
        raise NamesThePerson


def _lock_for(entries: Iterable[Researcher], user: User | None = None) -> None:
    """Lock every application that the erasure will write to, before anything is asked."""
    owners = set(applications_of(entries).values_list("pk", flat=True))
    if user is not None:
        owners |= set(mails_of_account(user).values_list("application", flat=True)) - {None}
    lock_all(list(owners))


def _erase_account(user: User, *, by: User | None, at: datetime, **note) -> Erasure:
    erasure, _new = noted(user, by=by, at=at, **note)
    erase_account(user, erasure.pseudonym, by=by or user, at=at)
    return erasure


def _erase_entry(
    entry: Researcher, user: User | None, *, by: User | None, at: datetime, **note
) -> Erasure:
    """Take one person out of one team, and note that it was done, once."""
    applications = lock_all(list(applications_of([entry]).values_list("pk", flat=True)))
    erasure, new = noted(entry, by=by, at=at, **note)
    member = Membership.objects.filter(researcher=entry).first()
    take_out_of_the_logs(empty_entry(entry, user, at))
    for one in applications:
        settle_emptied(one, at)
        if not new:
            continue
        if one.version:  # lists and exports read the version from now on, not the emptied rows
            mark_changed(one, at)
        about = {"membership": member.pk} if member else {}
        record(one, Happening.PERSON_ERASED, by, at, **about)
    return erasure
