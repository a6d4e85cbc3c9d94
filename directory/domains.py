"""Domain names of e-mail addresses: their ASCII form, and why one cannot be used."""

import re
import unicodedata

from directory import lookalikes

LONGEST_LABEL = 63  # RFC 1035, 2.3.4
_ASCII_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_LETTERS = re.compile(r"[a-z]{2,}")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
# What a label may hold beside ASCII (RFC 5892): small letters, letters without case, marks, digits.
_IN_LABELS = frozenset({"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"})
_ALSO_IN_LABELS = frozenset("・〇")
# Seen as nothing. Categories tell the rest: controls, formats, surrogates, line breaks.
_FILLERS = (0x034F, 0x115F, 0x1160, 0x2800, 0x3164)
_SELECTORS = (*range(0xFE00, 0xFE10), *range(0x180B, 0x1810), *range(0xE0100, 0xE01F0))
_UNSEEN = frozenset(map(chr, _FILLERS + _SELECTORS))
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
PUNYCODE = "xn--"


def unseen(character: str) -> bool:
    """Whether a character is seen as nothing: controls, formats, direction marks, fillers."""
    return unicodedata.category(character) in _UNSEEN_CATEGORIES or character in _UNSEEN


def ascii_form(domain: str) -> str:
    """Return the domain in small ASCII letters, as the net looks it up; it never raises.

    Python's own ``idna`` codec follows the standard of 2003 and makes ``strasse`` of ``straße``,
    which may be somebody else's domain. Here the two stay apart, as browsers and registries do.
    """
    return ".".join(map(_ascii_label, domain.split(".")))


def unicode_form(domain: str) -> str:
    """Return the domain in small letters of any script, punycode read."""
    return ".".join(map(_unicode_label, domain.split(".")))


def refusal(domain: str) -> str:
    """Return why mail cannot be sent to a domain, as a code, or ""."""
    labels = _lower(domain).split(".")
    tld = labels[-1]
    if domain.startswith("[") or _NUMBER.fullmatch(tld):
        return "ip_address"
    if len(labels) < 2:
        return "no_dot"
    found = next(filter(None, (_label_refusal(label, tld) for label in labels)), "")
    if not found and tld.isascii() and not tld.startswith(PUNYCODE):
        return "" if _LETTERS.fullmatch(tld) else "malformed"
    return found


def _label_refusal(label: str, tld: str) -> str:
    shown = _unicode_label(label)
    if label.isascii() and not _ASCII_LABEL.fullmatch(label):
        return "malformed"
    if len(label) > LONGEST_LABEL or len(_ascii_label(label)) > LONGEST_LABEL:
        return "too_long"
    if label.startswith(PUNYCODE) and (shown.isascii() or _ascii_label(shown) != label):
        return "malformed"  # no register gives out such punycode
    if _small(label) != label:
        return "look_alike"  # a circled, bold or joined letter that stands for a plain one
    if any(map(unseen, shown)):
        return "invisible"
    if not _well_formed(shown):
        return "malformed"
    if lookalikes.mixed(shown):
        return "mixed_scripts"
    return "look_alike" if lookalikes.imitates(shown, tld) else ""


def _well_formed(label: str) -> bool:
    edges = label[0] + label[-1]
    middle = label.replace("l·l", "ll")  # Catalan
    return (
        "-" not in edges
        and not unicodedata.category(label[0]).startswith("M")
        and all(map(_may_stand_in_label, middle))
    )


def _may_stand_in_label(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character == "-"
    return unicodedata.category(character) in _IN_LABELS or character in _ALSO_IN_LABELS


def _ascii_label(label: str) -> str:
    label = _unicode_label(label)
    # The codec's work grows with the square of the length; such a label is refused anyhow.
    if label.isascii() or len(label) > LONGEST_LABEL:
        return label
    try:
        return PUNYCODE + label.encode("punycode").decode("ascii")
    except UnicodeError:  # a lone surrogate
        return label


def _unicode_label(label: str) -> str:
    label = _small(label)
    if not label.isascii() or not label.startswith(PUNYCODE) or len(label) > LONGEST_LABEL:
        return label
    try:
        return _small(label[len(PUNYCODE) :].encode("ascii").decode("punycode"))
    except ValueError:  # of which UnicodeError is one
        return label


def _small(label: str) -> str:
    return unicodedata.normalize("NFKC", _lower(unicodedata.normalize("NFKC", label)))


def _lower(text: str) -> str:
    """Letter by letter: a sigma at the end of a word is a letter like any other."""
    return "".join(one.lower() for one in text)
