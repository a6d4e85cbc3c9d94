"""Names cut to the room that a label has, without taking a letter apart; the table has them whole."""

import unicodedata

LETTERS = 24  # the most letters of a name in a picture (ux.md 4)
COLUMNS = 36  # what fits beside a body's acronym on the narrowest screen; a wide letter takes two
ELLIPSIS = "…"
_JOINER = "\u200d"


def columns_of(text: str) -> int:
    """Return how wide a text is, in Latin letters."""
    return sum(_width(letter) for letter in text)


def cut(text: str, columns: int = COLUMNS, most: int = LETTERS) -> str:
    """Return at most 24 letters that take at most ``columns``, the last one a sign that more follow.

    ``most`` gives a label that stands alone on its line more of them.
    """
    letters = _letters(text)
    if len(letters) <= most and columns_of(text) <= columns:
        return text
    kept: list[str] = []
    for letter in letters[: most - 1]:
        if columns_of("".join(kept) + letter) > columns - 1:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + ELLIPSIS


def _letters(text: str) -> list[str]:
    """Letters with the marks that are drawn upon them."""
    found: list[str] = []
    for one in text:
        joined = unicodedata.category(one).startswith("M") or one == _JOINER
        if found and (joined or found[-1].endswith(_JOINER)):
            found[-1] += one
        else:
            found.append(one)
    return found


def _width(letter: str) -> int:
    if unicodedata.category(letter).startswith("M") or letter == _JOINER:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
