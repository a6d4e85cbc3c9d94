"""What users wrote, made fit to be quoted in our mails: one line, and nothing that becomes a link.

A mail from the portal is trusted; a link in a team's name would borrow that trust (hazard 24).
Mail programs turn text into links by themselves, so it is broken by a space where one would begin:
``evil.example`` is read as ``evil. example``, and ``A.B. Smith`` stays as it is.
"""

import re
import unicodedata

from directory.domains import unseen

ELLIPSIS = "…"
# What would join the ellipsis to the word before it, and be broken off and cut again for ever.
_HANGING = " @＠﹫.．。․﹒:：/／\\＼"
_READ = 10
# Joiners that belong to a word or an emoji, and the selectors that tell one ideograph's shapes apart.
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SKIN = re.compile(r"[\U0001f3fb-\U0001f3ff]")
_FLAG = re.compile(r"[\U0001f1e6-\U0001f1ff]*")
_JAMO = re.compile(r"[\u1160-\u11ff]")

# Schemes that some mail program follows without two slashes.
_SCHEMES = (
    "https?|s?ftps?|mailto|tel|telprompt|sms|smsto|mms|callto|facetime(?:-audio)?|file|javascript|"
    "vbscript|data|news|nntp|irc|sips?|skype|xmpp|webcals?|geo|maps|magnet|market|intent|blob|ssh|"
    "git|ldaps?|whatsapp|tg|viber|slack|zoommtg|msteams|ms-[a-z]+|itms[a-z-]*|bitcoin|ethereum|"
    "urn|cid|mid|view-source|feed|gopher|telnet|onenote"
)
_LATIN = "a-z0-9ａ-ｚＡ-Ｚ０-９"
# A space goes after what the first group holds.
_BREAKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![a-z])((?:{_SCHEMES})[:：])(?=\S)",
        r"([:：])(?=[/／\\＼]{2})",
        r"([\\＼])(?=[\\＼])",  # a folder of another machine
        r"(www\d?[.．。｡])(?=\S)",
        r"(?<![a-z])(ftp[.．。｡])(?=\S)",
        # A domain ends in letters alone, or in punycode. A version (v2.0) and p.Val600Glu do not.
        r"(?<=\S)(\.)(?=(?:[^\W\d_]{2}(?![^\W_]*\d)|xn--))",
        rf"(?<=[{_LATIN}])([．。｡․﹒])(?=[{_LATIN}]{{2}})",
        r"((?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.)(?=\d{1,3}(?!\d))",  # an address of four numbers
        r"(?<=\S)([@＠﹫])(?=\S)",
    )
)


def unlinked(text: str, most: int = 120) -> str:
    """Return the text on one line of at most ``most`` letters, without anything that becomes a link.

    Controls and invisible characters are left out, and what is cut ends with an ellipsis, never
    inside a letter with its marks. Names and titles come back as they are.
    """
    # Of a book pasted into a name nothing is read that cannot be shown.
    line = " ".join(_seen(text[: most * _READ]).split())
    while (shorter := _cut(_broken(line), most)) != line:
        line = shorter  # what is cut can end like a domain: evil.com2
    return line


def _broken(line: str) -> str:
    for pattern in _BREAKS:
        line = pattern.sub(r"\1 ", line)
    return line


def _seen(text: str) -> str:
    kept = []
    for place, one in enumerate(text):
        category = unicodedata.category(one)
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif not unseen(one) or _belongs(text, place):
            kept.append(one)
    return "".join(kept)


def _belongs(text: str, place: int) -> bool:
    """Whether an invisible character shapes its neighbours: no Latin word needs one."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if _SELECTORS.match(text[place]):
        return unicodedata.category(before or " ") in ("Lo", "So", "Sm", "Po")
    return text[place] in _JOINERS and _takes_joiner(before) and _takes_joiner(after)


def _takes_joiner(character: str) -> bool:
    if not character or character.isascii():
        return False
    shaped = unicodedata.category(character) in ("Lo", "Mn", "Mc", "So")
    return shaped or bool(_SKIN.match(character))


def _cut(line: str, most: int) -> str:
    if len(line) <= most:
        return line
    end = most - len(ELLIPSIS)
    while end > 0 and _joined(line, end):
        end -= 1
    # Nothing but marks: there is no letter to keep whole.
    return line[: end or most - len(ELLIPSIS)].rstrip(_HANGING) + ELLIPSIS


def _joined(line: str, place: int) -> bool:
    """Whether the character at ``place`` is drawn together with the one before it."""
    before, one = line[place - 1], line[place]
    if unicodedata.category(one).startswith("M") or one in _JOINERS or before in _JOINERS:
        return True
    if _SELECTORS.match(one) or _SKIN.match(one) or _JAMO.match(one):
        return True
    flags = _FLAG.search(line[:place][::-1])  # a flag is drawn from two
    return bool(_FLAG.fullmatch(one) and flags and flags.start() == 0 and len(flags.group()) % 2)
