"""Grant references: read as typed, normalised, held against the formats of their agencies."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

MAX_LENGTH = 64  # longer than any real number; also bounds the work of every pattern

# Every Unicode dash, the minus signs, box lines, and the Japanese long vowel mark: what a
# Japanese keyboard or a PDF leaves where a hyphen was meant. NFKC has folded the rest.
_SIGNS = str.maketrans(
    dict.fromkeys(
        "\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501"
        "\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\u30fc\U00010d6e\U00010ead",
        "-",
    )
    | dict.fromkeys("\u2044\u2215\u29f8", "/")
)
# Seen as nothing, yet not of the categories Cf and Cc: joiners, fillers, variation selectors.
_UNSEEN = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0, *range(0x180B, 0x1810)))
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_AROUND_SIGNS = re.compile(r" ?([/_-]) ?")


def _is_seen(character: str) -> bool:
    if character.isspace():
        return True
    return character not in _UNSEEN and unicodedata.category(character) not in ("Cf", "Cc")


def normalise(text: str) -> str:
    """Return the reference as funders print it: half-width, upper case, plain dashes.

    Single spaces stay, because some formats have one; none stays around ``/``, ``_`` and ``-``.
    Zero-width characters go. Normalising twice changes nothing.
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", "".join(filter(_is_seen, text)))
        # Upper case can undo NFKC, so it is asked twice.
        text = unicodedata.normalize("NFKC", text.upper()).translate(_SIGNS)
        text = "".join(filter(_is_seen, text))
    text = " ".join(text.upper().split())
    return _AROUND_SIGNS.sub(r"\1", text) if " " in text else text


@dataclass(frozen=True, slots=True)
class NihNumber:
    """The parts of an NIH grant number, e.g. 3R01CA123456-04S1A1."""

    type: str
    activity: str
    institute: str
    serial: str
    year: str
    suffix: str

    @property
    def key(self) -> str:
        """Institute and serial number, which all years and supplements of a grant share."""
        return self.institute + self.serial


# An activity code holds a digit, or is intramural (ZIA): else NSERC's "RGPIN-355489" would read
# as activity RGP of an institute IN.
_ACTIVITY = r"[A-Z]\d[A-Z0-9]|[A-Z]{2}\d|ZI[A-Z]"
_NIH = r"(?:([1-9])[ -]?)?({activity})[ -]?({institute})[ -]?(\d{{6}})(?:[ -](\d{{2}})((?:[ASX]\d{{1,2}}){{0,3}}))?"
_ANY_NIH = re.compile(_NIH.format(activity=_ACTIVITY, institute="[A-Z]{2}"), re.ASCII)


def decode_nih(normalised: str) -> NihNumber | None:
    """Return the parts of an NIH number of any institute, or None where it is not one.

    The institute is the one that administers the grant: its code decides, not who pays a share.
    """
    if len(normalised) > MAX_LENGTH:
        return None
    found = _ANY_NIH.fullmatch(normalised)
    return NihNumber(*found.groups("")) if found else None


@dataclass(frozen=True, slots=True)
class Format:
    """One way an agency writes its grant numbers.

    ``pattern`` must match the whole normalised number. ``key`` is a template of its groups:
    ``GNT{1}``, or ``{1}-{2:05}`` to pad with noughts; empty stands for the whole number.
    ``suggests`` says that a number of this form tells its agency.
    """

    agency: str
    pattern: str
    key: str = ""
    suggests: bool = False
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()

    def compiled(self) -> re.Pattern[str]:
        """Return the pattern ready for use.

        Raises ValueError naming the agency where it cannot be read, or its key asks for a group
        that it lacks.
        """
        try:
            pattern = re.compile(self.pattern, re.ASCII)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"{self.agency}: {self.pattern!r}: {error}") from error
        asked = [int(gap[1]) for gap in _GAP.finditer(self.key)]
        if max(asked, default=0) > pattern.groups:
            raise ValueError(f"{self.agency}: {self.pattern!r} has no group {max(asked)}")
        return pattern

    def failed_examples(self) -> tuple[str, ...]:
        """Return the examples it refuses and the counter-examples it accepts; none when sound."""
        accepts = self.compiled().fullmatch
        return tuple(text for text in self.examples if not accepts(normalise(text))) + tuple(
            text for text in self.counter_examples if accepts(normalise(text))
        )


_GAP = re.compile(r"\{(\d)(?::0(\d))?\}")


def _fill(template: str, found: re.Match[str]) -> str:
    """Fill a key's gaps. Not str.format: templates are data that staff may edit."""
    return _GAP.sub(lambda gap: (found[int(gap[1])] or "").zfill(int(gap[2] or 0)), template)


def nih_format(agency: str, institute: str) -> Format:
    """Return the format of one NIH institute's grants, by the two letters of its code."""
    # Groups: type, activity, institute, serial, year, suffix.
    pattern = _NIH.format(activity=_ACTIVITY, institute=re.escape(institute))
    return Format(agency, pattern, key="{3}{4}", suggests=True)


class FormatBook:
    """All agencies' formats, compiled once; built per request or per file, then only asked.

    ``institutes`` maps NIH institute codes to agencies: those without a format of their own
    (institutes not on the list) get NIH's. Raises ValueError for a format that cannot be read.
    """

    def __init__(
        self, formats: Iterable[Format], institutes: Mapping[str, str] | None = None
    ) -> None:
        self._own: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        self._distinctive: list[tuple[re.Pattern[str], str]] = []
        for one in formats:
            self._add(one)
        for code, agency in (institutes or {}).items():
            if agency not in self._own:
                self._add(nih_format(agency, code))

    def _add(self, one: Format) -> None:
        pattern = one.compiled()
        self._own.setdefault(one.agency, []).append((pattern, one.key))
        if one.suggests:
            self._distinctive.append((pattern, one.agency))

    def fits(self, agency: str, normalised: str) -> bool | None:
        """Test the number against its agency's formats; None where there is nothing to test."""
        formats = self._own.get(agency)
        if not formats or not normalised:
            return None
        if len(normalised) > MAX_LENGTH:
            return False
        for pattern, _template in formats:  # noqa: SIM110 -- asked of every row of a long file
            if pattern.fullmatch(normalised):
                return True
        return False

    def key(self, agency: str, normalised: str) -> str:
        """Return what identifies the grant within its agency; the number itself if unfamiliar."""
        if len(normalised) <= MAX_LENGTH:
            for pattern, template in self._own.get(agency, ()):
                if found := pattern.fullmatch(normalised):
                    return _fill(template, found) if template else normalised
        return normalised

    def suggested(self, normalised: str) -> tuple[str, ...]:
        """Return the agencies that a number tells by itself; bare digits tell none."""
        if not normalised or len(normalised) > MAX_LENGTH:
            return ()
        # A dictionary keeps the order and names an agency with two such formats once.
        return tuple(
            dict.fromkeys(
                agency for pattern, agency in self._distinctive if pattern.fullmatch(normalised)
            )
        )

    def names_other(self, agency: str, normalised: str) -> tuple[str, ...]:
        """Return the other agencies a number tells, where it fits none of its own agency's formats.

        One such agency speaks against the agency named; the caller counts.
        """
        if self.fits(agency, normalised):
            return ()
        return tuple(other for other in self.suggested(normalised) if other != agency)


# Letters that Unicode does not take apart into a base and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "&": " and "})
_ACCENTS = re.compile(r"[\u0300-\u036f]")  # Latin's only: kana keep their voicing marks


@lru_cache(maxsize=4096)  # the same few hundred names are compared with every unknown text
def fold_name(text: str) -> str:
    """Return a name for comparing: without case, accents, punctuation, spaces or a leading "the"."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN).strip()
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", folded)).removeprefix("the ")
    return "".join(filter(str.isalnum, unicodedata.normalize("NFC", folded)))


def similar(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the slugs of at most three agencies whose names come close to the text, best first.

    ``names`` maps names, acronyms and aliases to slugs; they are folded here.
    """
    wanted = fold_name(text[:200])  # a whole page pasted by mistake is not compared
    if len(wanted) < 2:
        return ()
    judge = difflib.SequenceMatcher(b=wanted, autojunk=False)
    best: dict[str, float] = {}
    for name, slug in names.items():
        folded = fold_name(name)
        judge.set_seq1(folded)
        if judge.real_quick_ratio() >= _CLOSE and judge.quick_ratio() >= _CLOSE:
            closeness = judge.ratio()
        else:
            closeness = 0.0
        # A part of a long name, or a name with more around it ("… e.V., Bonn").
        if min(len(wanted), len(folded)) >= 6 and (wanted in folded or folded in wanted):
            closeness = max(closeness, _CLOSE)
        if closeness >= _CLOSE:
            best[slug] = max(closeness, best.get(slug, 0.0))
    return tuple(sorted(best, key=lambda slug: (-best[slug], slug))[:3])


_CLOSE = 0.75  # difflib's ratio; 0.75 forgives one wrong letter in an acronym of four
