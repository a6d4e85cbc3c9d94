"""What people do about it, and the record of it."""

from applications.models.application import (
    Application,
    ApplicationQuerySet,
    EradStatus,
    FieldOfResearch,
    ReliedGrant,
)
from applications.models.evidence import (
    Attestation,
    Event,
    Happening,
    Proof,
    Version,
    VersionPerson,
)
from applications.models.message import Message, MessageKind, MessageState
from applications.models.notice import Channel, Notice
from applications.models.team import ConfirmedHow, Membership, Role, Team, readable_code

__all__ = [
    "Application",
    "ApplicationQuerySet",
    "Attestation",
    "Channel",
    "ConfirmedHow",
    "EradStatus",
    "Event",
    "FieldOfResearch",
    "Happening",
    "Membership",
    "Message",
    "MessageKind",
    "MessageState",
    "Notice",
    "Proof",
    "ReliedGrant",
    "Role",
    "Team",
    "Version",
    "VersionPerson",
    "readable_code",
]
