"""Kana as Latin letters, in every spelling that somebody may type into a search."""

import unicodedata

_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ",
    "h": "ハヒフヘホ", "m": "マミムメモ", "y": "ヤ ユ ヨ", "r": "ラリルレロ", "w": "ワヰ ヱヲ",
    "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ",
    "v": "  ヴ  ",
}  # fmt: skip
KUNREI = {
    kana: consonant + vowel
    for consonant, row in _ROWS.items()
    for kana, vowel in zip(row, "aiueo", strict=False)
    if kana != " "
} | {"ヲ": "o", "ヂ": "zi", "ヅ": "zu", "ン": "n"}
# Hepburn differs from Kunrei in these alone.
HEPBURN = KUNREI | {"シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji"}
_SMALL_Y = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ヮ": "wa"}
_LONG = "ー"
_DOUBLES = "ッ"
# What is typed or printed for a long o and u; the others are rarely shortened.
_SHORTENED = (("ou", "o"), ("oo", "o"), ("uu", "u"))


def romaji(kana: str) -> tuple[str, ...]:
    """Return a reading in Latin letters: Hepburn and Kunrei, long vowels written out and left short.

    Words keep their spaces; whatever is no kana is left out. The same spelling comes once.
    """
    found = {}
    for table in (HEPBURN, KUNREI):
        written = " ".join(_word(word, table) for word in _katakana(kana).split())
        found[written] = None
        for long, short in _SHORTENED:
            written = written.replace(long, short)
        found[written] = None
    return tuple(one for one in found if one)


def _katakana(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return folded.translate({code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)})


def _word(word: str, table: dict[str, str]) -> str:
    letters = ""
    doubled = False
    for one in word:
        if one == _DOUBLES:
            doubled = True
            continue
        if one == _LONG:
            sound = letters[-1:]
        elif one in _SMALL_Y and letters.endswith("i"):
            # "shi" and "chi" take the vowel alone, "ki" the y too.
            ending = letters.endswith(("shi", "chi", "ji"))
            letters, sound = letters[:-1], _SMALL_Y[one][1:] if ending else _SMALL_Y[one]
        elif one in _SMALL and letters:
            letters, sound = letters[:-1], _SMALL[one]
        else:
            sound = table.get(one, _SMALL_Y.get(one, _SMALL.get(one, "")))
        if doubled and sound:
            # Hepburn writes "tch", Kunrei doubles the letter.
            sound = ("t" if sound.startswith("ch") else sound[0]) + sound
            doubled = False
        letters += sound
    return letters
