"""From a file of whatever encoding to its text."""

import re

from directory.published_list.rows import Unreadable

MOST_BYTES = 5 * 1024 * 1024
_BEFORE_ALL = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_DECLARED = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?([\w-]{1,20})", re.IGNORECASE)
# What a page may say of itself; anything else it says is not believed.
_KNOWN = {
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
}
# EUC-JP is the strictest and goes first. Windows-1252 leaves out bytes that no Japanese text of
# CP932 lacks, while CP932 would read quotes of Windows-1252 as Chinese characters.
_GUESSES = ("euc_jp", "cp1252", "cp932")


def as_text(raw: bytes | str) -> str:
    """Return the text of a page; one that was pasted is text already.

    A mark of order wins, then UTF-8 where it fits, then what the page declares.

    :raises Unreadable: it is empty or larger than 5 MB, or no encoding fits
    """
    if not raw.strip():
        raise Unreadable("EMPTY")
    if len(raw) > MOST_BYTES:
        raise Unreadable("TOO_LARGE")
    if isinstance(raw, bytes):
        text = _decoded(raw)
    elif len(raw.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Unreadable("TOO_LARGE")
    else:
        text = raw
    if "\0" in text:
        raise Unreadable("NOT_TEXT")
    return text


def _decoded(raw: bytes) -> str:
    for encoding in _encodings(raw):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("NOT_TEXT")


def _encodings(raw: bytes) -> list[str]:
    for mark, encoding in _BEFORE_ALL.items():
        if raw.startswith(mark):
            return [encoding]
    declared = _DECLARED.search(raw[:4096])
    said = _KNOWN.get(declared[1].decode("ascii", "replace").lower()) if declared else None
    if said == "iso2022_jp":  # of ASCII alone, so that UTF-8 would always fit
        return [said, "utf-8"]
    return ["utf-8", *([said] if said else _GUESSES)]
