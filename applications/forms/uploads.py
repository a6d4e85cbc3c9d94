"""Uploaded copies: what they are is checked by their content, never by what the browser says."""

import re
import unicodedata
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import BIDI_CONTROLS

MAX_BYTES = 5 * 1024 * 1024
MAX_NAME = 120
KINDS = ("pdf", "eml", "txt")
# Beginnings of files that another program would run or open, whatever the name says.
FOREIGN = (
    b"MZ",
    b"PK\x03\x04",
    b"\x7fELF",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"{\\rtf",
    b"%!PS",
)
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|svg|script|\?xml|iframe|body|head)\b", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"(?:From |[!-9;-~]+:)")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
TEXT_ENCODINGS = ("utf-8-sig", "iso2022_jp", "cp932", "cp1252")


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """A file whose size, type and name were checked."""

    name: str
    kind: str  # pdf, eml or txt
    content: bytes
    sha256: str


def clean_name(name: str) -> str:
    """Return the last part of a file's name without controls, at most 120 letters, ending kept."""
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(
        letter
        for letter in last
        if unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp")
        and letter not in BIDI_CONTROLS
    ).strip(" .")
    path = PurePosixPath(seen or "copy")
    ending = path.suffix[:10]
    return path.stem[: MAX_NAME - len(ending)] + ending


def is_pdf(content: bytes) -> bool:
    """Test for a whole PDF and nothing after it, which would be a second file in the first."""
    return content.startswith(b"%PDF-") and content.rstrip(b"\0 \t\r\n").endswith(b"%%EOF")


def is_mail(content: bytes) -> bool:
    """Test for a saved mail: headers first, among them the sender and the date."""
    if b"\0" in content or not _HEADER_LINE.match(content):
        return False
    headers = BytesHeaderParser().parsebytes(content[: 256 * 1024])
    return bool(headers["From"] and headers["Date"])


def is_text(content: bytes) -> bool:
    """Test for plain text that some usual encoding can read; markup is not plain text."""
    if _CONTROLS.search(content) or _MARKUP.search(content[:65536]):
        return False
    for encoding in TEXT_ENCODINGS:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


CHECKS = {"pdf": is_pdf, "eml": is_mail, "txt": is_text}
REFUSALS = {
    "pdf": _("The file ends in .pdf but is not a whole PDF. Export it again and choose it anew."),
    "eml": _("The file ends in .eml but is not a saved mail with its sender and its date."),
    "txt": _("The file ends in .txt but is not plain text."),
}


def check_upload(file: UploadedFile) -> CheckedUpload:
    """Return the upload with its content read.

    :raises ValidationError: it is empty, too large, of another type, or locked by a password
    """
    name = clean_name(file.name or "")
    kind = PurePosixPath(name).suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise ValidationError(_("Choose a PDF, an .eml or a .txt file."), code="kind")
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 5 MB."), code="size")
    content = file.read(MAX_BYTES + 1)
    if not content or len(content) > MAX_BYTES:
        raise ValidationError(_("The file is empty or larger than 5 MB."), code="size")
    if content.startswith(FOREIGN) or not CHECKS[kind](content):
        raise ValidationError(REFUSALS[kind], code="content")
    if kind == "pdf" and b"/Encrypt" in content:
        raise ValidationError(
            _("The PDF is locked with a password. Save a copy without one."), code="locked"
        )
    return CheckedUpload(name, kind, content, sha256(content).hexdigest())


class ProofField(forms.FileField):
    """A copy that shows something was said or sent: PDF, .eml or text, at most 5 MB."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.eml,.txt"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Copy of the e-mail"))
        kwargs.setdefault("help_text", _("PDF, .eml or .txt, at most 5 MB."))
        super().__init__(max_length=None, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> CheckedUpload | None:
        file = super().clean(data, initial)
        return check_upload(file) if file else None
