"""Read a funder's note as published, so that a rewording is seen whatever the quotes and spaces."""

import hashlib
import re
import unicodedata

# Every mark that has stood for a quote around AT: the page itself uses two pairs. Primes come
# from NFKC, which takes a double prime apart.
_QUOTES = re.compile(r"[\"'`´“”„‟‘’‚‛«»‹›′‵〝〞〟「」『』❛❜❝❞❮❯]+")
# A space is tried only where a run of them begins: a page of nothing but spaces would else be
# walked through once for each of them.
_AT = re.compile(r"(?<!\s)\s*\"\s*at\s*\"\s*", re.IGNORECASE)
_FOOTNOTE = re.compile(r"[※*]\s*\d+")  # the mark sticks to the domain: "arc.gov.au※3"
_SPACE = re.compile(r"\s+")
_MAILBOX = re.compile(r"[\w.+-]+\Z", re.ASCII)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+", re.ASCII)
_MOST_ADDRESSES = 20


def _plain_quotes(text: str) -> str:
    return _QUOTES.sub('"', unicodedata.normalize("NFKC", text))


def decode_addresses(text: str) -> str:
    """Return the text with every ``name"AT"host`` as ``name@host`` and footnote marks gone.

    All quotes come back as ``"`` and all widths as half-width; line breaks and case stay.
    """
    return _FOOTNOTE.sub("", _AT.sub("@", _plain_quotes(text)))


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the e-mail addresses of a note, each once and in its order, decoded."""
    plain = decode_addresses(text)
    found: list[str] = []
    place = plain.find("@")
    while place >= 0 and len(found) < _MOST_ADDRESSES:
        # From the sign to both sides, and never further than an address is long.
        before = _MAILBOX.search(plain[max(0, place - 64) : place])
        after = _HOST.match(plain, place + 1, place + 256)
        if before and after:
            found.append(f"{before[0]}@{after[0]}")
        place = plain.find("@", place + 1)
    return tuple(dict.fromkeys(found))


def fold_note(text: str) -> str:
    """Return a note for comparing: without case, without spaces, with one style of quote.

    Spaces go altogether: where a page breaks a line, its text may or may not have one.
    """
    return _SPACE.sub("", decode_addresses(text)).casefold()


def fingerprint(text: str) -> str:
    """Return the SHA-256 of the folded note, in 64 hexadecimal digits; an empty note has one too."""
    return hashlib.sha256(fold_note(text).encode()).hexdigest()
