"""Identifiers of people and institutions: e-mail address, ORCID iD, e-Rad researcher number, ROR id.

Each reader returns the stored form or raises ValueError whose message is a translated sentence.
"""

import re

from django.utils.translation import gettext_lazy as _
from stdnum import isni

from directory import addresses
from directory.references import normalise

# The blocks of ISNI numbers set aside for ORCID, without the check digit.
_ORCID_BLOCKS = (
    (1_5000_000, 3_5000_000),
    (9_0000_0000_000, 9_0010_0000_000),
)
_ORCID_URL = re.compile(r"(?:HTTPS?:/{0,2})?(?:WWW\.)?ORCID\.ORG/", re.ASCII)
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.ASCII)
_ERAD = re.compile(r"\d{8}", re.ASCII)
_ROR_URL = re.compile(r"(?:HTTPS?:/{0,2})?(?:WWW\.)?ROR\.ORG/", re.ASCII)
_ROR = re.compile(r"0[0-9A-HJKMNP-TV-Z]{6}\d{2}", re.ASCII)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # base 32 without I, L, O and U


# Every refusal of an address, with what mends it.
_ADDRESS_REFUSED = {
    "invisible": _(
        "There is an invisible character in the e-mail address. Delete the address and type it again."
    ),
    "space": _("An e-mail address has no space inside. Delete it."),
    "several": _("Give one e-mail address alone, without any other."),
    "malformed": _(
        "This is not an e-mail address. Write it like name@example.ac.jp, without brackets or a name."
    ),
    "quoted": _(
        "An e-mail address in quotation marks cannot be used here. Give another address of this person."
    ),
    "local_not_ascii": _(
        "The part before the @ has letters that many mail servers cannot take. Give an address that "
        "has only a to z, digits and signs there."
    ),
    "too_long": _(
        "This e-mail address is longer than mail servers take: 64 characters before the @, 254 in all."
    ),
    "ip_address": _(
        "The part after the @ is the number of a computer. Give an address with a domain name, "
        "like name@example.ac.jp."
    ),
    "no_dot": _("The part after the @ is not complete. Write it whole, like name@example.ac.jp."),
    "mixed_scripts": _(
        "The part after the @ mixes letters of different scripts, so that one may pass for another. "
        "Type the address again with the keyboard set to Latin letters."
    ),
    "look_alike": _(
        "The part after the @ has letters that only look like others. Type the address again with "
        "the keyboard set to Latin letters."
    ),
}
_ADDRESS_DOUBTED = {
    "near_domain": _("The address %(address)s looks unusual. Did you mean %(suggestion)s?"),
    "middle_left_out": _(
        "The address %(address)s looks unusual. Did you mean %(suggestion)s? Universities and other "
        "bodies in Japan mostly have a middle part before “.jp”."
    ),
    "international": _(
        "Mail servers write the address %(address)s as %(suggestion)s. Please check that it is right."
    ),
}


def email_address(text: str) -> str:
    """Return an e-mail address as typed, without spaces around it and in half width.

    Raises ValueError for one that cannot be used.
    """
    if code := addresses.refusal(text):
        raise ValueError(_ADDRESS_REFUSED[code])
    return addresses.tidy(text)


def doubt_in_words(address: str, doubt: addresses.Doubt) -> str:
    """Return the sentence that asks about something unusual in an address."""
    return _ADDRESS_DOUBTED[doubt.code] % {"address": address, "suggestion": doubt.suggestion}


def orcid(text: str) -> str:
    """Return an ORCID iD with hyphens; its address and a small x are accepted.

    Raises ValueError where the form, the check digit or the range is not ORCID's.
    """
    typed = _ORCID_URL.sub("", normalise(text), count=1).rstrip("/").replace(" ", "")
    found = _ORCID.fullmatch(typed)
    if not found:
        raise ValueError(_("An ORCID iD has 16 characters, like 0000-0002-1825-0097."))
    compact = "".join(found.groups())
    if not isni.is_valid(compact):
        raise ValueError(_("The check digit of this ORCID iD does not agree. Look for a typo."))
    if not any(first <= int(compact[:15]) <= last for first, last in _ORCID_BLOCKS):
        raise ValueError(_("This number belongs to another register (ISNI), not to ORCID."))
    return "-".join(found.groups())


def erad_number(text: str) -> str:
    """Return an e-Rad researcher number as eight half-width digits; a leading 0 stays.

    Raises ValueError for anything else.
    """
    digits = normalise(text).replace(" ", "")
    if not _ERAD.fullmatch(digits):
        raise ValueError(_("An e-Rad researcher number has 8 digits."))
    return digits


def erad_check_digit_agrees(number: str) -> bool:
    """Test the first digit of an e-Rad researcher number against the other seven.

    Only ever a reason to ask again: the formula is inferred from real numbers, not published.
    Raises ValueError for anything but eight digits.
    """
    check, *rest = map(int, erad_number(number))
    weighted = sum(
        digit * weight for digit, weight in zip(rest, (1, 2, 1, 2, 1, 2, 1), strict=True)
    )
    return weighted % 10 == check


def ror(text: str) -> str:
    """Return the nine characters of a ROR id; its address is accepted.

    Raises ValueError where the form or the two check digits are not ROR's.
    """
    typed = _ROR_URL.sub("", normalise(text), count=1).rstrip("/")
    if not _ROR.fullmatch(typed):
        raise ValueError(_("A ROR id has nine characters and begins with 0, like 01k4yrm29."))
    value = 0
    for character in typed[:7]:
        value = value * 32 + _CROCKFORD.index(character)
    if 98 - value * 100 % 97 != int(typed[7:]):
        raise ValueError(_("The check digits of this ROR id do not agree. Look for a typo."))
    return typed.lower()
