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
from applications.models.letter import LetterTemplate, ReleasedLetter
from applications.models.message import MailGate, Message, MessageKind, MessageState
from applications.models.notice import Channel, Notice
from applications.models.team import (
    Actor,
    ConfirmedHow,
    Membership,
    Role,
    Team,
    account_of,
    member_of,
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
    "LetterTemplate",
    "MailGate",
    "Membership",
    "Message",
    "MessageKind",
    "MessageState",
    "Notice",
    "PersonalLink",
    "Proof",
    "ReleasedLetter",
    "ReliedGrant",
    "Role",
    "Team",
    "Version",
    "VersionPerson",
    "account_of",
    "member_of",
    "readable_code",
]
