"""Whom an erasure is about, what stands against it, and what it would take away."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from applications.models import (
    Application,
    Attestation,
    Event,
    ForgottenAddress,
    Invitation,
    Membership,
    Message,
    MessageKind,
    Notice,
    Proof,
    Role,
    Version,
)
from applications.queries.traces import (
    addresses_of,
    mails_to,
    proved_addresses,
    receipt_addresses,
)
from applications.workflow import FINAL
from directory.addresses import canonical
from directory.models import Erasure, Grant, Researcher, User

COLUMNS = ("subject", "pseudonym", "at")  # of the list that is kept outside
RESEARCHER, ACCOUNT, INVITATION = "Researcher", "User", "Invitation"
# In the list alone: the digest of an address that is not written to again, in the pseudonym's place.
FORGOTTEN = "ForgottenAddress"

Erasable = Researcher | User | Invitation


def subject_of(thing: Erasable) -> str:
    """Name a row without naming a person: its table and its number."""
    return f"{type(thing).__name__} {thing.pk}"


def pseudonym_of(thing: Erasable) -> str:
    """Return what stands for the person: made from the row's number and something that it was born with.

    After a restore another person may have got the number; this tells them apart. Nothing of it
    can be led back to a name or an address.
    """
    if isinstance(thing, Researcher):
        member = Membership.objects.select_related("team").filter(researcher=thing).first()
        born = member.team.ref if member else ""
    elif isinstance(thing, Invitation):
        born = thing.token_digest
    else:
        born = thing.date_joined.astimezone(UTC).isoformat()
    return f"E-{hashlib.sha256(f'{subject_of(thing)} {born}'.encode()).hexdigest()[:16]}"


def entries_of(user: User, staff: User | None) -> list[Researcher]:
    """The account's entries in teams that this staff account may erase; all of them for the portal itself.

    Entries that nobody has claimed count where the account has proved their address: the person
    named in them asked as well.
    """
    found = list(_within(Researcher.objects.filter(user=user), staff))
    found += unclaimed_with(proved_addresses(user), staff)
    return sorted(found, key=lambda one: one.pk)


def unclaimed_with(addresses: Iterable[str], staff: User | None) -> list[Researcher]:
    """Entries of no account with one of the addresses, in teams that this staff account may erase."""
    wanted = {canonical(one) for one in addresses}
    if not wanted:
        return []
    alike = Q(pk__in=[])
    for one in wanted:  # the domain may be stored in its own script
        alike |= Q(email__iexact=one) | Q(email__istartswith=f"{one.rpartition('@')[0]}@")
    found = _within(Researcher.objects.filter(alike, user=None), staff)
    return [one for one in found.order_by("pk") if canonical(one.email) in wanted]


def _within(entries: QuerySet[Researcher], staff: User | None) -> QuerySet[Researcher]:
    if staff is None or staff.is_superuser:
        return entries
    ours = Application.objects.of_staff(staff)
    return entries.filter(membership__team__applications__in=ours).distinct()


def applications_of(entries: Iterable[Researcher]) -> QuerySet[Application]:
    """Every application of these people's teams; two of them may be in one team."""
    return Application.objects.filter(team__memberships__researcher__in=list(entries)).distinct()


def mails_of_account(user: User) -> QuerySet[Message]:
    """Mails to the account's addresses, past ones too, and those that tell a team of its claim.

    Not in teams where the person still has an entry: those are for whoever erases that. What an
    address that was never proved got from teams may be somebody else's.
    """
    theirs = applications_of(entries_of(user, None)).values("pk")
    about = (
        mails_to(proved_addresses(user) | receipt_addresses(user))
        | mails_to(addresses_of([], user)) & Q(application=None)
        | Q(kind=MessageKind.TEAM, asked_by=user)
    )
    return Message.objects.filter(about).exclude(application__in=theirs)


def leads_on(entries: Iterable[Researcher]) -> list[Application]:
    """Applications that still need these people as their lead: another takes over first."""
    led = Membership.objects.current().filter(role=Role.LEAD, researcher__in=list(entries))
    return list(
        Application.objects.filter(team__in=led.values("team"))
        .exclude(status__in=FINAL)
        .select_related("team", "call")
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an erasure would do: numbers of rows that lose their values, and what keeps it from being done."""

    entries: int
    grants: int
    letters: int
    copies: int
    versions: int
    addresses: int
    teams: Sequence[str]
    unclaimed: Sequence[str]
    leads: Sequence[Application]
    is_staff: bool

    @property
    def stands_against(self) -> bool:
        return bool(self.leads) or self.is_staff


def outlook(user: User, staff: User) -> Outlook:
    """Say what the erasure would take away within this staff account's scope, without doing it."""
    entries = entries_of(user, staff)
    members = Membership.objects.filter(researcher__in=entries)
    return Outlook(
        entries=len(entries),
        grants=Grant.objects.filter(holder__in=entries).count(),
        letters=Notice.objects.filter(holder__in=members).exclude(text="").count(),
        copies=proofs_about(members).count(),
        versions=Version.objects.filter(people__researcher__in=entries).distinct().count(),
        addresses=EmailAddress.objects.filter(user=user).count(),
        teams=list(members.order_by("pk").values_list("team__ref", flat=True)),
        unclaimed=[
            f"{one.name} ({one.membership.team.ref})" for one in entries if one.user_id is None
        ],
        leads=leads_on(entries),
        is_staff=user.is_staff,
    )


def proofs_about(members: QuerySet[Membership]) -> QuerySet[Proof]:
    """Copies that show what these people said or sent, whoever uploaded them, and still have their file.

    A copy that a person's own answer has replaced since is known from its event alone.
    """
    grants = Grant.objects.filter(holder__membership__in=members)
    said = Event.objects.filter(
        Q(details__membership__in=list(members.values_list("pk", flat=True)))
        | Q(details__grant__in=list(grants.values_list("pk", flat=True))),
        details__has_key="proof",
    ).values_list("details__proof", flat=True)
    attested = Attestation.objects.filter(relied__grant__holder__membership__in=members)
    told = Notice.objects.filter(holder__in=members)
    return Proof.objects.filter(
        Q(pk__in=[pk for pk in said if isinstance(pk, int)])
        | Q(pk__in=attested.filter(proof__isnull=False).values("proof"))
        | Q(pk__in=told.filter(proof__isnull=False).values("proof"))
    ).exclude(file="")


def erasures_to_keep() -> QuerySet[Erasure]:
    """Every erasure, oldest first: the list to be applied again after a restore."""
    return Erasure.objects.order_by("at", "pk")


def forgotten_to_keep() -> QuerySet[ForgottenAddress]:
    """The digests of addresses not to be written to again, for the same list."""
    return ForgottenAddress.objects.order_by("at", "pk")
