"""What is true of the world, whether or not anybody applies."""

from directory.models.asked import (
    ConditionCode,
    ParticipationKind,
    RecipientKind,
    Strength,
    Trigger,
)
from directory.models.calls import JAPAN_TIME, Call, CallArea, CallChange
from directory.models.editions import Condition, Edition, NoticeRule, Participation
from directory.models.funding import Agency, GrantFormat, Programme
from directory.models.people import Grant, Researcher, search_key
from directory.models.places import Country, Institution
from directory.models.users import (
    Erasure,
    ErasureRequest,
    OwningAgency,
    StaffRole,
    StaffRoleChange,
    User,
)
from directory.models.wordings import PublishedNote, PublishedPage

__all__ = [
    "JAPAN_TIME",
    "Agency",
    "Call",
    "CallArea",
    "CallChange",
    "Condition",
    "ConditionCode",
    "Country",
    "Edition",
    "Erasure",
    "ErasureRequest",
    "Grant",
    "GrantFormat",
    "Institution",
    "NoticeRule",
    "OwningAgency",
    "Participation",
    "ParticipationKind",
    "Programme",
    "PublishedNote",
    "PublishedPage",
    "RecipientKind",
    "Researcher",
    "StaffRole",
    "StaffRoleChange",
    "Strength",
    "Trigger",
    "User",
    "search_key",
]
