"""Whom an erasure is about, what stands against it, and by what strings a person is known in texts."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from applications.models import (
    Application,
    Attestation,
    Event,
    Invitation,
    Membership,
    Notice,
    Proof,
    Role,
    Version,
    VersionPerson,
)
from applications.workflow import FINAL
from directory.addresses import canonical
from directory.append_only import MARK
from directory.models import Erasure, Grant, Researcher, User

NOBODY = "—"  # shown in the place of the name; it stands in lists and files, in no language
COLUMNS = ("subject", "pseudonym", "at")  # of the list that is kept outside
RESEARCHER, ACCOUNT = "Researcher", "User"
OF_VERSION = ("name", "name_latin", "reading", "email", "orcid", "erad_number")
LATIN = "A-Za-z0-9"


def subject_of(thing: Researcher | User) -> str:
    """Name a row without naming a person: its table and its number."""
    return f"{RESEARCHER if isinstance(thing, Researcher) else ACCOUNT} {thing.pk}"


def pseudonym_of(thing: Researcher | User) -> str:
    """Return what stands for the person: made from the row's number and something that it was born with.

    After a restore another person may have got the number; this tells them apart. Nothing of it
    can be led back to a name or an address.
    """
    if isinstance(thing, Researcher):
        member = Membership.objects.select_related("team").filter(researcher=thing).first()
        born = member.team.ref if member else ""
    else:
        born = thing.date_joined.astimezone(UTC).isoformat()
    return f"E-{hashlib.sha256(f'{subject_of(thing)} {born}'.encode()).hexdigest()[:16]}"


def entries_of(user: User, staff: User | None) -> list[Researcher]:
    """The account's entries in teams that this staff account may erase; all of them for the portal itself."""
    found = Researcher.objects.filter(user=user).order_by("pk")
    if staff is None or staff.is_superuser:
        return list(found)
    ours = Application.objects.of_staff(staff)
    return list(found.filter(membership__team__applications__in=ours).distinct())


def applications_of(entries: Iterable[Researcher]) -> QuerySet[Application]:
    """Every application of these people's teams; two of them may be in one team."""
    return Application.objects.filter(team__memberships__researcher__in=list(entries)).distinct()


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
        leads=leads_on(entries),
        is_staff=user.is_staff,
    )


def proofs_about(members: QuerySet[Membership]) -> QuerySet[Proof]:
    """Copies that show what these people said or sent, whoever uploaded them, and still have their file."""
    said = Event.objects.filter(
        details__membership__in=list(members.values_list("pk", flat=True)),
        details__has_key="proof",
    ).values_list("details__proof", flat=True)
    attested = Attestation.objects.filter(relied__grant__holder__membership__in=members)
    told = Notice.objects.filter(holder__in=members)
    return Proof.objects.filter(
        Q(pk__in=[pk for pk in said if isinstance(pk, int)])
        | Q(pk__in=attested.filter(proof__isnull=False).values("proof"))
        | Q(pk__in=told.filter(proof__isnull=False).values("proof"))
    ).exclude(file="")


def known_as(entries: Sequence[Researcher], user: User | None) -> set[str]:
    """The strings by which the person is known: whole names, addresses, identifiers; past ones too."""
    found: set[str] = set()
    for one in entries:
        latin = (one.family_latin, one.given_latin)
        found |= {one.name, one.reading, one.email, one.orcid, one.erad_number}
        if all(latin):
            found |= {" ".join(latin), " ".join(reversed(latin)), f"{latin[0]}, {latin[1]}"}
    for values in VersionPerson.objects.filter(researcher__in=entries).values_list(
        "values", flat=True
    ):
        found |= {values.get(name, "") for name in OF_VERSION}
    found |= set(
        Invitation.objects.filter(membership__researcher__in=entries).values_list(
            "email", flat=True
        )
    )
    if user is not None:
        found |= {user.email, user.name}
        found |= set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    others = Researcher.objects.filter(
        membership__team__memberships__researcher__in=entries
    ).exclude(pk__in=[one.pk for one in entries])
    shared = {text for row in others.values_list("name", "reading", "email") for text in row}
    return {one for one in found if len(one) > 1 and one not in shared and one != NOBODY}


def addresses_among(known: Iterable[str]) -> set[str]:
    return {canonical(one) for one in known if "@" in one}


def pattern_of(known: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the strings in a text, in any case and however it was wrapped."""
    parts = [_part(one) for one in sorted(known, key=len, reverse=True)]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _part(text: str) -> str:
    """A name of Latin letters is not looked for inside a word; a Japanese one may stand without its space."""
    words = [re.escape(one) for one in text.split()]
    between = r"\s+" if text.isascii() else r"\s*"
    before = rf"(?<![{LATIN}])" if re.match(rf"[{LATIN}]", text) else ""
    after = rf"(?![{LATIN}])" if re.search(rf"[{LATIN}]$", text) else ""
    return before + between.join(words) + after


def without(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(MARK, text)


def erasures_to_keep() -> QuerySet[Erasure]:
    """Every erasure, oldest first: the list to be applied again after a restore."""
    return Erasure.objects.order_by("at", "pk")
