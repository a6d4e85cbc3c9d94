"""2,000 e-mail addresses, made from tables: each with what becomes of it and whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice, product

PEOPLE = ("kari", "h.yamada", "o'brien", "j_doe", "a-b", "x+aspire", "n1", "mary.ann")
DOMAINS = ("example.no", "u-example.ac.jp", "mail.example.co.uk", "example.org", "a1.example")
# As they are written, and in the ASCII that the net knows.
INTERNATIONAL = (
    ("bücher.example", "xn--bcher-kva.example"),
    ("日本語.example", "xn--wgv71a119e.example"),
    ("データlab.example", "xn--lab-tl4bob6w.example"),
    ("straße.example", "xn--strae-oqa.example"),
    ("москва.example", "xn--80adxhks.example"),
    ("ελλάδα.example", "xn--hxakic4aa.example"),
    ("한국어.example", "xn--3e0bk47br7k.example"),
    ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
)
MIXED = (
    "exаmple.com",
    "gοogle.example",
    "раypal.com",
    "aрple.example",
    "exаmple.ac.jp",
    "ehаmple.no",
)
ALIKE = ("аррӏе.com", "ѕсоре.com", "gmaıl.com", "ɢoogle.com", "𝐠mail.com", "ⓔxample.com",
         "comノlogin.example", "example一login.jp", "ορα.com", "Ꭰ.com", "e\u0331xample.com")  # fmt: skip
UNSEEN = ("\u202e", "\u202d", "\u2066", "\u2069", "\u200b", "\u200d", "\u00ad", "\ufeff", "\u061c", "\x00",
          "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\U000e0041", "\u3164", "\ufe0f")  # fmt: skip
LITERALS = (
    "[127.0.0.1]",
    "[IPv6:::1]",
    "[10.0.0.1",
    "192.0.2.7",
    "3221226219",
    "0x7f.1",
    "127.0.0.0x1",
)
NOT_ASCII = ("田中", "kåri", "иван", "josé", "ｶﾘ", "名.前")
QUOTED = ('"a b"', '"kari"', '"a@b"', '"a,b"', '"\\""')
BROKEN = ("@{d}", "kari@", "kari", "ka..ri@{d}", ".kari@{d}", "kari.@{d}", "kari@-{d}", "kari@a-.{d}",
          "kari@a_b.{d}", "kari@{d}..", "kari@.{d}", "<kari@{d}>", "ka(ri)@{d}", "kari@xn--zz.{d}",
          "kari@example.c0m", "kari@example.c", "kari@xn--abc-.{d}", "kari@a/b.{d}")  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """One address as typed; ``refused`` is the code, ``owner`` what tells whose it is."""

    name: str
    typed: str
    refused: str = ""
    owner: str = ""


def wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _good() -> Iterator[Shape]:
    for who, domain in product(PEOPLE, DOMAINS):
        plain = f"{who}@{domain}"
        for name, typed in (
            ("plain", plain),
            ("upper case", plain.upper()),
            ("capitals", plain.title()),
            ("full width", wide(plain)),
            ("trailing dot", f"{plain}."),
            ("ideographic stop", plain.replace(".", "。")),
            ("spaces around", f" \u3000{plain}\t"),
        ):
            yield Shape(name, typed, owner=plain)
        yield Shape("plus", f"{who}+two@{domain}", owner=f"{who}+two@{domain}")
    for who, (shown, net) in product(PEOPLE, INTERNATIONAL):
        for name, typed in (
            ("international", f"{who}@{shown}"),
            ("international, upper case", f"{who}@{shown}".upper().replace("SS", "ẞ")),
            ("punycode", f"{who}@{net}"),
            ("punycode, upper case", f"{who}@{net}".upper()),
            ("international, trailing dot", f"{who}@{shown}."),
        ):
            yield Shape(name, typed, owner=f"{who}@{net}")
    for who in PEOPLE:  # what the standard of 2003 would have confused with straße
        yield Shape("plain", f"{who}@strasse.example", owner=f"{who}@strasse.example")


def _refused() -> Iterator[Shape]:
    for who, domain in product(PEOPLE, MIXED):
        yield Shape("mixed scripts", f"{who}@{domain}", "mixed_scripts")
        yield Shape("mixed scripts under a department", f"{who}@med.{domain}", "mixed_scripts")
    for who, domain in product(PEOPLE, ALIKE):
        yield Shape("look-alike", f"{who}@{domain}", "look_alike")
    for who, domain, unseen in product(PEOPLE[:3], DOMAINS[:3], UNSEEN):
        yield Shape(
            "invisible in the last label", f"{who}@{domain[:-1]}{unseen}{domain[-1]}", "invisible"
        )
        yield Shape("invisible before the @", f"{who[0]}{unseen}{who[1:]}@{domain}", "invisible")
    for who, literal in product(PEOPLE, LITERALS):
        yield Shape("number", f"{who}@{literal}", "ip_address")
    for who, domain in product(NOT_ASCII, DOMAINS):
        yield Shape("letters before the @", f"{who}@{domain}", "local_not_ascii")
    for who, domain in product(QUOTED, DOMAINS):
        yield Shape("quoted", f"{who}@{domain}", "quoted")
    for shape, domain in product(BROKEN, DOMAINS):
        yield Shape("broken", shape.format(d=domain), "malformed")
    for who, domain in product(PEOPLE, DOMAINS):
        yield Shape("no dot", f"{who}@{domain.split('.')[0]}", "no_dot")
        yield Shape("space", f"{who} x@{domain}", "space")
        yield Shape("several", f"{who}@{domain}, b@{domain}", "several")
        yield Shape("long", f"{who}{'x' * 64}@{domain}", "too_long")
        yield Shape("long label", f"{who}@{'x' * 64}.{domain}", "too_long")
        yield Shape("long in all", f"{who}@{'long-label.' * 23}{domain}", "too_long")


def _numbered(shapes: list[Shape]) -> Iterator[Shape]:
    """The good ones again for other people, to fill the list."""
    for number, one in enumerate(cycle(shapes)):
        at = "＠" if "＠" in one.typed else "@"
        owner = one.owner.replace("@", f".{number}@")
        yield Shape(one.name, one.typed.replace(at, f".{number}{at}"), owner=owner)


def addresses(number: int = 2000) -> list[Shape]:
    good = list(_good())
    found = [*good, *_refused()]
    return [*found, *islice(_numbered(good), number - len(found))]


# One of every shape is enough for the slow ways in.
ONE_OF_EACH = list({(one.name, one.refused): one for one in addresses()}.values())
GOOD = [one for one in ONE_OF_EACH if not one.refused]
REFUSED = [one for one in ONE_OF_EACH if one.refused]
