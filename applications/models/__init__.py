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
from applications.models.invitation import (
    ForgottenAddress,
    Invitation,
    InvitationEnd,
    InvitationState,
    PersonalLink,
)
from applications.models.message import Message, MessageKind, MessageState
from applications.models.notice import Channel, Notice
from applications.models.team import (
    Actor,
    ConfirmedHow,
    Membership,
    Role,
    Team,
    account_of,
    readable_code,
)

__all__ = [
    "Actor",
    "Application",
    "ApplicationQuerySet",
    "Attestation",
    "Channel",
    "ConfirmedHow",
    "EradStatus",
    "Event",
    "FieldOfResearch",
    "ForgottenAddress",
    "Happening",
    "Invitation",
    "InvitationEnd",
    "InvitationState",
    "Membership",
    "Message",
    "MessageKind",
    "MessageState",
    "Notice",
    "PersonalLink",
    "Proof",
    "ReliedGrant",
    "Role",
    "Team",
    "Version",
    "VersionPerson",
    "account_of",
    "readable_code",
]
