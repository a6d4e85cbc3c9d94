"""By what strings a person is known in texts, and how they are found there without hitting anybody else."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from allauth.account.models import EmailAddress
from django.db.models import Q

from applications.models import Invitation, Message, MessageKind, VersionPerson
from directory.addresses import canonical
from directory.append_only import MARK
from directory.models import Researcher, User

NOBODY = "—"  # shown in the place of the name; it stands in lists and files, in no language
OF_VERSION = ("name", "name_latin", "reading", "email", "orcid", "erad_number")
LATIN = "A-Za-z0-9"
# What may stand beside a letter of an address and still be of it. A dot or a hyphen is of it only
# between such letters: at its end it may close a sentence.
OF_ADDRESS = rf"{LATIN}_%+@"
BETWEEN = r".'\-"
FEWEST = 3  # letters of a name that is looked for in texts


def proved_addresses(user: User) -> set[str]:
    """The canonical addresses that the account has shown to be its own."""
    proved = EmailAddress.objects.filter(user=user, verified=True)
    return {canonical(one) for one in proved.values_list("email", flat=True)}


def receipt_addresses(user: User) -> set[str]:
    """Where receipts of what the account submitted went: to its address of that day."""
    receipts = Message.objects.filter(kind=MessageKind.RECEIPT, asked_by=user)
    return set(receipts.exclude(recipient="").values_list("recipient", flat=True))


def strings_of(entries: Sequence[Researcher], user: User | None) -> set[str]:
    """Every string by which the person is known: whole names, addresses, identifiers; past ones too."""
    found: set[str] = set()
    for one in entries:
        found |= {*_names(one), one.email, one.orcid, one.erad_number}
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
        found |= receipt_addresses(user)
    return {one for one in found if len(one) > 1 and one not in (NOBODY, MARK)}


def known_as(entries: Sequence[Researcher], user: User | None) -> set[str]:
    """Those of the strings that are looked for in texts: they tell the person from others.

    A name of one word ("May", "Grant") or of two letters is a word like others, and what stands in
    the name or address of another member of the same teams is as much theirs.
    """
    others = Researcher.objects.filter(
        membership__team__memberships__researcher__in=entries
    ).exclude(pk__in=[one.pk for one in entries])
    theirs = {text for one in others for text in (*_names(one), one.email)}
    return {
        one for one in strings_of(entries, user) if _is_telling(one) and not _stands_in(one, theirs)
    }


def addresses_of(entries: Sequence[Researcher], user: User | None) -> set[str]:
    return addresses_among(known_as(entries, user))


def addresses_among(known: Iterable[str]) -> set[str]:
    return {canonical(one) for one in known if "@" in one}


def mails_to(addresses: Iterable[str]) -> Q:
    """The condition on a mail that it went to one of the addresses."""
    found = Q(pk__in=[])
    for one in addresses:
        found |= Q(recipient__iexact=one)
    return found


def _names(entry: Researcher) -> set[str]:
    """An entry's whole names, in every order in which they are written."""
    found = {entry.name, entry.reading}
    latin = (entry.family_latin, entry.given_latin)
    if all(latin):
        found |= {" ".join(latin), " ".join(reversed(latin)), f"{latin[0]}, {latin[1]}"}
    return found - {"", NOBODY}


def _is_telling(text: str) -> bool:
    """Whether a text that holds this string speaks of the person, and not of something else."""
    if "@" in text:
        return True
    letters = [one for one in text if one.isalnum()]
    if len(letters) < FEWEST:
        return False
    if any(map(str.isdigit, letters)):  # an identifier
        return True
    is_latin = all(unicodedata.name(one, "").startswith("LATIN") for one in letters)
    return len(text.split()) > 1 or not is_latin


def _stands_in(text: str, others: Iterable[str]) -> bool:
    """Whether it is found in one of the others, also where that is written without its space."""
    pattern = re.compile(_part(text), re.IGNORECASE)
    return any(pattern.search(one) or pattern.search("".join(one.split())) for one in others)


def pattern_of(known: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the strings in a text, in any case and however it was wrapped."""
    parts = [_part(one) for one in sorted(known, key=len, reverse=True)]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _part(text: str) -> str:
    """A name of Latin letters is not looked for inside a word; a Japanese one may stand without its space."""
    if "@" in text:
        before = rf"(?<![{OF_ADDRESS}])(?<![{OF_ADDRESS}][{BETWEEN}])"
        after = rf"(?![{OF_ADDRESS}]|[{BETWEEN}]+[{LATIN}])"
        return before + re.escape(text) + after
    words = [re.escape(one) for one in text.split()]
    between = r"\s+" if text.isascii() else r"\s*"
    before = rf"(?<![{LATIN}])" if re.match(rf"[{LATIN}]", text) else ""
    after = rf"(?![{LATIN}])" if re.search(rf"[{LATIN}]$", text) else ""
    return before + between.join(words) + after


def without(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(MARK, text)
