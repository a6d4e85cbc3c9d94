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
from applications.models.publishing import EffectPreview, GoldenCase, Publication
from applications.models.screening import InternalNote, TeamLetter
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
from applications.models.use import DataUse, DataUseKind

__all__ = [
    "Actor",
    "Application",
    "ApplicationQuerySet",
    "Attestation",
    "Channel",
    "ConfirmedHow",
    "DataUse",
    "DataUseKind",
    "EffectPreview",
    "EradStatus",
    "Event",
    "FieldOfResearch",
    "ForgottenAddress",
    "GoldenCase",
    "Happening",
    "InternalNote",
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
    "Publication",
    "ReleasedLetter",
    "ReliedGrant",
    "Role",
    "Team",
    "TeamLetter",
    "Version",
    "VersionPerson",
    "account_of",
    "member_of",
    "readable_code",
]
