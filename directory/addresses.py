"""E-mail addresses: what cannot be one, the form in which they are compared, and likely slips.

Django's own check takes ``a@exаmple.com`` with a Cyrillic а, a right-to-left override inside the
last label and ``a@[127.0.0.1]`` (hazard 43). Refused here is only what no mail server would
deliver or what reads as another address; where somebody has their mail never matters. What merely
looks like a slip is doubted: shown, and never in the way.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from directory import domains, slips

LONGEST = 254  # RFC 5321, 4.5.3.1.3, and its erratum: 256 for a path, less its brackets
LONGEST_LOCAL = 64  # 4.5.3.1.1
# Typed by a Japanese keyboard: full-width ASCII, the full stop, half-width kana.
_WIDE = re.compile(r"[\u3002\uff01-\uff9f]+")
# RFC 5322's dot-atom. Old mobile addresses with two dots in a row break it; few servers take them.
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.IGNORECASE)
_BETWEEN_ADDRESSES = re.compile(r"[,;、]")

# Nobody reads what is sent to these; RFC 2142 and custom.
_MACHINES = re.compile(
    r"(?:no|do-?not|dont)[-_.]?reply|mailer-?daemon|postmaster|bounces?|auto-?(?:reply|mailer)|nobody",
)

REFUSALS = (
    *("invisible", "space", "several", "malformed", "quoted", "local_not_ascii", "too_long"),
    *("ip_address", "no_dot", "mixed_scripts", "look_alike"),
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something unusual about an address that can be used, and the address probably meant.

    With ``international``, it is the same address as mail servers write it.
    """

    code: str  # near_domain, middle_left_out or international
    suggestion: str


def tidy(address: str) -> str:
    """Return the address as it was meant: no space around it, no full width, no dot at its end."""
    text = _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), address)
    text = unicodedata.normalize("NFC", text.replace("。", ".")).strip()
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def canonical(address: str) -> str:
    """Return the one form in which addresses are compared; it never raises.

    Compatibility forms and case are folded throughout. That joins addresses that a strict server
    might keep apart, but nobody gives ``A@x`` and ``a@x`` to two people. The domain is in ASCII.
    An address that ``refusal`` refuses may get a form of its own: it belongs to no account.
    """
    local, at, domain = tidy(unicodedata.normalize("NFKC", tidy(address))).rpartition("@")
    if not at:
        return unicodedata.normalize("NFKC", domain.casefold())
    local = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", local.casefold()))
    return f"{local}@{domains.ascii_form(domain)}"


def deliverable_form(address: str) -> str:
    """Return what goes on the envelope: the local part as typed, the domain in ASCII."""
    local, at, domain = tidy(address).rpartition("@")
    return local + at + domains.ascii_form(domain) if at else domain


def of_a_machine(address: str) -> bool:
    """Whether the address belongs to a program by its name: ``no-reply@``, ``mailer-daemon@``."""
    return bool(_MACHINES.fullmatch(canonical(address).rpartition("@")[0].partition("+")[0]))


def with_punycode(address: str) -> str:
    """Return the address for staff to read: with the envelope's form beside it where they differ.

    ``kari@bücher.example (kari@xn--bcher-kva.example)``: letters that look alike differ there.
    """
    if address.isascii() or "@" not in address or " " in address:
        return address
    return f"{address} ({deliverable_form(address)})"


def refusal(address: str) -> str:
    """Return why an address cannot be used, one of ``REFUSALS``, or "" where it can."""
    text = tidy(address)
    local, _at, domain = text.rpartition("@")
    if any(map(domains.unseen, text)):
        return "invisible"
    if local.startswith('"'):
        return "quoted"  # servers may take them, hardly any does, and quotes hide separators
    if "@" in local or _BETWEEN_ADDRESSES.search(text):
        return "several"
    if any(map(str.isspace, text)):
        return "space"
    if not local or not domain:
        return "malformed"
    if not local.isascii():
        return "local_not_ascii"  # RFC 6531 needs every server on the way to agree; most do not
    if not _LOCAL.fullmatch(local):
        return "malformed"
    if len(local) > LONGEST_LOCAL:
        return "too_long"
    found = domains.refusal(domain)
    return found or ("too_long" if len(deliverable_form(text)) > LONGEST else "")


def doubts(address: str, *, country: str = "", known: Iterable[str] = ()) -> tuple[Doubt, ...]:
    """Return what is unusual about an address; none of it is a reason to refuse it.

    ``country`` is where the person works. ``known`` are domains or addresses that are surely
    right: those of the team and of the funders.
    """
    if refusal(address):
        return ()
    local, _at, domain = tidy(address).rpartition("@")
    trusted = [tidy(one).rpartition("@")[2] for one in known if one]
    found = []
    if meant := slips.near(domain, trusted) or slips.japanese(domain, country, trusted):
        code = "middle_left_out" if slips.middle_left_out(domain, meant) else "near_domain"
        found.append(Doubt(code, f"{local}@{meant}"))
    if not domain.isascii():
        found.append(Doubt("international", deliverable_form(address)))
    return tuple(found)
