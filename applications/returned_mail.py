"""What came back to the portal's mailbox: pure reading of one message, which may be broken or forged."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum

LARGEST = 2 * 1024 * 1024  # what matters stands in the first parts; the rest is the returned mail
MOST_PARTS = 50
MOST_IDS = 20


class Kind(StrEnum):
    """What a returned message is."""

    FAILED = "FAILED"  # the mail was not delivered, and never will be
    DELAYED = "DELAYED"  # not yet: the server goes on trying
    AUTO_REPLY = "AUTO_REPLY"  # out of office and the like, by a machine
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Returned:
    """What a message is, the Message-IDs it speaks of (the surest first), and whom it could not reach."""

    kind: Kind
    message_ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


ID = re.compile(r"<([^<>@\s]{1,200}@[^<>@\s]{1,250})>")
ID_LINE = re.compile(r"^[>|\t ]*Message-ID[\t ]*:\s{0,3}(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(r"[^\s<>;,:\"()]{1,64}@[^\s<>;,:\"()]{1,255}")
# Who speaks for a mail server.
MACHINES = re.compile(
    r"mailer-?daemon|postmaster|mail delivery|mail system|microsoft ?exchange|mail administrator",
    re.IGNORECASE,
)
DELAY = re.compile(
    r"delay|still (?:being )?(?:retried|trying)|not yet been delivered|could not send message for past"
    r"|warning: message|遅延|遅れて|再送を(?:試|続)",
    re.IGNORECASE,
)
FAILURE = re.compile(
    r"undeliver|returned mail|mail delivery (?:failed|failure|error)|delivery (?:status notification \(failure\)|failure|has failed)"
    r"|failure notice|delivery problem|mail system error|could ?n.t be delivered|not delivered|unzustellbar"
    r"|non remis|配信不能|配信できません|配信エラー|送信できません|届けられません|配達不能|宛先不明|未配信|エラーメール",
    re.IGNORECASE,
)
AWAY = re.compile(
    r"^\W*(?:auto(?:matic|mated|[- ]?)?\s?(?:reply|response|replied)|auto:|out of (?:the )?office|ooo:|vacation|away from"
    r"|abwesen|automatische antwort|automatisch antwoord|r[ée]ponse automatique|absence du bureau|respuesta autom"
    r"|autosvar|automatiskt svar|fr[åa]v[æa]r|frånvaro|risposta automatica)"
    r"|自動(?:応答|返信|回答)|不在(?:の|通知|案内|連絡|です|にして|応答|$)|休暇(?:中|の|取得|$)|長期不在|外出中|出張中",
    re.IGNORECASE,
)
# Statements of an automatic answer that no person's mail carries.
ROBOTS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-Auto-Reply-From",
)


def read_returned(content: bytes) -> Returned:
    """Say what a message is. Whatever the bytes are, the answer is a ``Returned``."""
    try:
        return _read(message_from_bytes(content[:LARGEST], policy=policy.compat32))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError):
        # The library stumbles over some broken mails; such a one tells nothing.
        return Returned(Kind.OTHER)


def _read(message: Message) -> Returned:
    parts = _parts(message)
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    subject = _words(message.get("Subject"))
    groups = [group for part in reports for group in _groups(part)]
    ids = tuple(_message_ids(message, parts))
    recipients = tuple(dict.fromkeys(_recipients(message, groups, parts)))
    kind = _kind_of_report(groups) if groups else _kind_of_letter(message, subject, parts)
    return Returned(kind, ids[:MOST_IDS], recipients[:MOST_IDS])


def _parts(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        found.append(part)
        if len(found) >= MOST_PARTS:
            break
    return found


def _groups(part: Message) -> Iterator[Message]:
    """The fields of a delivery report, one group a recipient (RFC 3464, section 2)."""
    payload = part.get_payload()
    for group in payload if isinstance(payload, list) else [message_from_bytes(_bytes(part))]:
        # A group without these is the one about the whole mail.
        if any(name in group for name in ("Action", "Status", "Final-Recipient")):
            yield group


def _kind_of_report(groups: list[Message]) -> Kind:
    kinds = set()
    for group in groups:
        action = _words(group.get("Action")).strip().casefold()
        status = _words(group.get("Status")).strip()[:1]
        if action == "failed" or (not action and status == "5"):
            kinds.add(Kind.FAILED)
        elif action == "delayed" or (not action and status == "4"):
            kinds.add(Kind.DELAYED)
    return next((kind for kind in (Kind.FAILED, Kind.DELAYED) if kind in kinds), Kind.OTHER)


def _kind_of_letter(message: Message, subject: str, parts: list[Message]) -> Kind:
    """A message without a report that machines read: its headers, its sender, its subject, its words."""
    # RFC 3834, section 5: auto-replied answers a mail; auto-generated is also what reports say.
    automatic = _words(message.get("Auto-Submitted")).strip().casefold()
    by_machine = bool(MACHINES.search(_words(message.get("From")))) or _words(
        message.get("Return-Path")
    ).strip() in ("<>", "< >")
    if _words(message.get("X-Failed-Recipients")):
        return Kind.DELAYED if DELAY.search(subject) else Kind.FAILED
    if by_machine and not automatic.startswith("auto-replied"):
        words = f"{subject}\n{_body(parts)}"
        if DELAY.search(subject):
            return Kind.DELAYED
        if FAILURE.search(subject) or "qmail-send program" in words or FAILURE.search(words[:2000]):
            return Kind.FAILED
    robot = any(message.get(name) for name in ROBOTS)
    told = _words(message.get("Precedence")).strip().casefold() in ("auto_reply", "auto-reply")
    if automatic.startswith("auto-") or robot or told or AWAY.search(subject):
        return Kind.AUTO_REPLY
    return Kind.OTHER


def _message_ids(message: Message, parts: list[Message]) -> Iterator[str]:
    """The Message-IDs that a message speaks of: those of the mail it returns, then those it answers."""
    seen: set[str] = set()

    def fresh(text: str) -> Iterator[str]:
        for found in ID.findall(text):
            if found not in seen:
                seen.add(found)
                yield found

    own = _words(message.get("Message-ID"))
    seen.update(ID.findall(own))
    for part in parts[1:]:
        for name in ("Message-ID", "Original-Message-ID", "X-Original-Message-ID"):
            yield from fresh(_words(part.get(name)))
        if part.get_content_type() in ("text/rfc822-headers", "message/delivery-status"):
            for line in ID_LINE.findall(_text(part)):
                yield from fresh(line)
    for name in ("Original-Message-ID", "X-Original-Message-ID", "In-Reply-To", "References"):
        yield from fresh(_words(message.get(name)))
    for line in ID_LINE.findall(_body(parts)):
        yield from fresh(line)


def _recipients(message: Message, groups: list[Message], parts: list[Message]) -> Iterator[str]:
    """The addresses that could not be reached, as the report and the returned mail name them."""
    for group in groups:
        for name in ("Original-Recipient", "Final-Recipient"):
            yield from ADDRESS.findall(_words(group.get(name)).partition(";")[2])
    yield from ADDRESS.findall(_words(message.get("X-Failed-Recipients")))
    for part in parts[1:]:
        if part.get_content_type() not in ("message/rfc822", "message/delivery-status"):
            yield from (address for _name, address in getaddresses([_words(part.get("To"))]) if address)  # fmt: skip
        if part.get_content_type() == "text/rfc822-headers":
            returned = message_from_bytes(_bytes(part))
            yield from (address for _n, address in getaddresses([_words(returned.get("To"))]) if address)  # fmt: skip


def _body(parts: list[Message]) -> str:
    """The first readable texts, joined: at most what fits on a few pages."""
    texts = [_text(part) for part in parts[:10] if part.get_content_type() == "text/plain"]
    return "\n".join(texts)[:50_000]


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner = part.get_payload()
    return b"\n".join(one.as_bytes() for one in inner if isinstance(one, Message)) if isinstance(inner, list) else b""  # fmt: skip


def _text(part: Message) -> str:
    return _decoded(_bytes(part), part.get_content_charset())


def _words(header: object) -> str:
    """A header as a reader sees it; an encoding that is unknown or broken leaves marks, no error."""
    if header is None:
        return ""
    try:
        pieces = decode_header(header)
    except (ValueError, LookupError, TypeError):  # base64 that is none
        return str(header)
    return "".join(
        _decoded(piece if isinstance(piece, bytes) else piece.encode("utf-8", "replace"), charset)
        for piece, charset in pieces
    )


def _decoded(content: bytes, charset: str | None) -> str:
    if b"\x1b$" in content or b"\x1b(" in content:  # ISO-2022-JP, whatever its label says
        charset = "iso-2022-jp"
    for name in filter(None, (charset, "utf-8", "cp932")):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return content.decode("ascii", "replace")
