"""Letters that pass for others: which scripts a domain label is written in, and whether it imitates.

Python knows no script of a letter, but Unicode's names begin with it: CYRILLIC SMALL LETTER A.
The rules are those of Unicode's report on spoofing (UTS 39: one script, or Latin with the scripts
of one language) and of the standard for international domain names (IDNA 2008, RFC 5892).
"""

import re
import unicodedata

# Words that begin a name and are no script, but belong to one.
_SCRIPTS = {"EXTENDED": "ARABIC", "IDEOGRAPHIC": "CJK", "COMBINING": "", "MIDDLE": ""}
# Written together in one language each: Japanese, Chinese with its sounds, Korean.
_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
# Small letters that the common typefaces draw like a Latin one. Only what nobody can tell apart:
# a longer list would refuse honest Russian and Greek words.
_IMITATIONS = frozenset(
    "асԁеёһіїјӏорԛѕуѵԝхкг"  # Cyrillic
    "αγικνορσυχ"  # Greek
    "օսոհցյ"  # Armenian
    "ıɑɡɩȷɪƅ"  # Latin letters of phonetics and of other languages
)
# Scripts whose letters are drawn like Latin capitals almost throughout.
_IMITATING_SCRIPTS = frozenset({"CHEROKEE", "LISU", "COPTIC", "DESERET", "CANADIAN"})
_SMALL_CAPITAL = "LATIN LETTER SMALL CAPITAL"
# Turkish and Azeri write a dotless i.
_DOTLESS = frozenset({"tr", "az"})
_JAPANESE = "\u3005\u3007\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fd\u30fe\u4e00-\u9fff"
# Strokes that stand for a slash, a hyphen or a dot where no Japanese letter stands beside them.
_STROKES = "ノ一ー丶丿・"
_STRAY = re.compile(
    rf"(?<![{_JAPANESE}ー])[{_STROKES}](?![{_JAPANESE}ー])|^[ー・]|(?<=[a-z0-9-])[ー・]"
)


def scripts(label: str) -> frozenset[str]:
    """Return the scripts of a label; digits, hyphens and marks belong to none."""
    return frozenset(filter(None, map(_script, label)))


def _script(character: str) -> str:
    if character.isascii():
        return "LATIN" if character.isalpha() else ""
    first = unicodedata.name(character, "UNNAMED").split()[0].split("-")[0]
    return _SCRIPTS.get(first, first)


def mixed(label: str) -> bool:
    """Whether a label mixes scripts that no language writes together."""
    found = scripts(label)
    return len(found) > 1 and not any(found <= together for together in _TOGETHER)


def imitates(label: str, tld: str) -> bool:
    """Whether a label under a Latin ``tld`` can be read as plain Latin although it is none.

    So can one with a stroke of Japanese between Latin letters, where a slash or a dot is read.
    """
    if label.isascii():
        return False
    if scripts(label) & {"LATIN"} and _STRAY.search(label):
        return True
    if not tld.isascii() or tld.startswith("xn--"):
        return False
    own = _DOTLESS if tld in _DOTLESS else frozenset()
    return all(_passes(one) and not (own and one == "ı") for one in label)


def _passes(character: str) -> bool:
    """Whether a character is a plain Latin one, or is taken for one."""
    return (
        character.isascii()
        or character in _IMITATIONS
        or unicodedata.category(character) == "Mn"
        or unicodedata.name(character, "").startswith(_SMALL_CAPITAL)
        or _script(character) in _IMITATING_SCRIPTS
    )


def bare(text: str) -> str:
    """Return the text without its accents, to compare what is nearly alike."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if unicodedata.category(one) != "Mn")


def one_slip_apart(typed: str, meant: str) -> bool:
    """Whether two texts differ by one letter too many, too few or wrong, or by two swapped."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = next(
        (place for place, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b),
        min(len(typed), len(meant)),
    )
    a, b = typed[start:], meant[start:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (len(a) > 1 and swapped)
