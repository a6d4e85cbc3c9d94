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
# The ending of a file's name, and what the file then has to be.
KINDS = {"pdf": "pdf", "eml": "eml", "txt": "txt", "png": "png", "jpg": "jpg", "jpeg": "jpg"}
ACCEPT = ",".join(f".{ending}" for ending in KINDS)
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# The last chunk of every PNG and the last marker of every JPEG: without it, half the file is missing.
PNG_ENDS, JPEG_ENDS = b"IEND\xaeB`\x82", b"\xff\xd9"
# Beginnings of files that another program would run or open, whatever the name says.
FOREIGN = (
    b"MZ",
    b"PK\x03\x04",
    b"\x7fELF",
    b"GIF8",
    b"\x89PNG",
    JPEG,
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
    kind: str  # pdf, eml, txt, png or jpg
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


def is_png(content: bytes) -> bool:
    """Test for a PNG picture that is all there. What stands behind it is never run: see the view."""
    return content.startswith(PNG) and content[12:16] == b"IHDR" and PNG_ENDS in content


def is_jpeg(content: bytes) -> bool:
    """Test for a JPEG picture that is all there. Cameras append data of their own, so more may follow."""
    return content.startswith(JPEG) and JPEG_ENDS in content


CHECKS = {"pdf": is_pdf, "eml": is_mail, "txt": is_text, "png": is_png, "jpg": is_jpeg}
REFUSALS = {
    "pdf": _("The file ends in .pdf but is not a whole PDF. Export it again and choose it anew."),
    "eml": _(
        "The file ends in .eml but is not a saved mail with its sender and its date. "
        "Save the mail again in your mail program, or print it as PDF."
    ),
    "txt": _(
        "The file ends in .txt but is not plain text. Save it as PDF or as a picture instead."
    ),
    "png": _(
        "The file ends in .png but is not a whole PNG picture. Take or save the picture again; "
        "changing the ending of its name does not change what it is."
    ),
    "jpg": _(
        "The file ends in .jpg but is not a whole JPEG picture. Take or save the picture again; "
        "changing the ending of its name does not change what it is."
    ),
}


PICTURES = frozenset({"png", "jpg"})
UNKNOWN_KIND = _(
    "Choose a PDF, an .eml, a .txt, a PNG or a JPEG file. "
    "Anything else can be printed as PDF, or shown by a picture of the screen."
)
TOO_LARGE = _(
    "The file is larger than 5 MB. Save the picture smaller, or the PDF with fewer pages."
)


def check_upload(file: UploadedFile) -> CheckedUpload:
    """Return the upload with its content read.

    :raises ValidationError: it is empty, too large, of another type, or locked by a password
    """
    name = clean_name(file.name or "")
    kind = KINDS.get(PurePosixPath(name).suffix.lower().lstrip("."))
    if kind is None:
        raise ValidationError(UNKNOWN_KIND, code="kind")
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(TOO_LARGE, code="size")
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValidationError(TOO_LARGE, code="size")
    if not content:
        raise ValidationError(
            _("The file is empty. Save it again and choose it anew."), code="size"
        )
    foreign = kind not in PICTURES and content.startswith(FOREIGN)
    if foreign or not CHECKS[kind](content):
        raise ValidationError(REFUSALS[kind], code="content")
    if kind == "pdf" and b"/Encrypt" in content:
        raise ValidationError(
            _("The PDF is locked with a password. Save a copy without one."), code="locked"
        )
    return CheckedUpload(name, kind, content, sha256(content).hexdigest())


class ProofField(forms.FileField):
    """A copy that shows something was said or sent: PDF, .eml, text or picture, at most 5 MB."""

    widget = forms.FileInput(attrs={"accept": ACCEPT})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Copy of the e-mail"))
        kwargs.setdefault("help_text", _("PDF, .eml, .txt, PNG or JPEG, at most 5 MB."))
        super().__init__(max_length=None, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> CheckedUpload | None:
        file = super().clean(data, initial)
        return check_upload(file) if file else None
