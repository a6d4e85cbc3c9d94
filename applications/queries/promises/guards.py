"""Promises about the database's own guard: what keeps evidence from being changed stands, as it was made."""

from applications.models import (
    DataUse,
    Event,
    ForgottenAddress,
    GoldenCase,
    InternalNote,
    LetterTemplate,
    Proof,
    Publication,
    Version,
    VersionPerson,
)
from applications.queries.promises.asking import Promise
from directory.append_only import MARK, Guarded, altered_guards
from directory.models import CallChange, Erasure, PublishedNote, PublishedPage, StaffRoleChange
from directory.published_guard import altered_published

# What may be erased of each table of evidence, and the one mark that may take its place; as in the
# migrations that guard them.
GUARDED: Guarded = {
    Event: {"reason": MARK},
    Version: {},
    VersionPerson: {"values": {}},
    Proof: {"name": MARK, "file": ""},
    InternalNote: {"text": MARK},
    DataUse: {"filters": MARK, "reason": MARK},
    LetterTemplate: {},
    ForgottenAddress: {},
    GoldenCase: {"why": MARK},
    Publication: {"reason": MARK},
    PublishedPage: {},
    PublishedNote: {},
    CallChange: {"reason_en": MARK, "reason_ja": MARK},
    StaffRoleChange: {"reason": MARK},
    Erasure: {},
}


def _guards_stand() -> list[str]:
    return [f"trigger {one}" for one in sorted([*altered_guards(GUARDED), *altered_published()])]


GUARDS = (
    Promise(
        "Every table of evidence and of published editions is guarded by its triggers.",
        _guards_stand,
    ),
)
