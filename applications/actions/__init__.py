"""The only writers: one function, one transaction, one record for each thing people do."""

from applications.actions.beginning import copy_application, start_again, start_application
from applications.actions.consents import ReasonNeeded, attest, confirm_on_behalf
from applications.actions.drafting import (
    save_grant,
    save_person,
    save_section,
)
from applications.actions.refusals import (
    AlreadyLive,
    CallClosed,
    Conflict,
    NotPermitted,
    NotReady,
    StillNeeded,
)
from applications.actions.removing import remove_grant, remove_person
from applications.actions.roles import LastApprover, OwnRole, SameRole, change_staff_role
from applications.actions.submission import submit_application, withdraw_application
from applications.actions.telling import NotYet, choose_not_to_send, edit_notice, record_notice
from applications.workflow import NotAllowed

__all__ = [
    "AlreadyLive",
    "CallClosed",
    "Conflict",
    "LastApprover",
    "NotAllowed",
    "NotPermitted",
    "NotReady",
    "NotYet",
    "OwnRole",
    "ReasonNeeded",
    "SameRole",
    "StillNeeded",
    "attest",
    "change_staff_role",
    "choose_not_to_send",
    "confirm_on_behalf",
    "copy_application",
    "edit_notice",
    "record_notice",
    "remove_grant",
    "remove_person",
    "save_grant",
    "save_person",
    "save_section",
    "start_again",
    "start_application",
    "submit_application",
    "withdraw_application",
]
