"""The only writers: one function, one transaction, one record for each thing people do."""

from applications.actions.answering import (
    confirm_invitation,
    decline_invitation,
    link_account,
    note_opened,
)
from applications.actions.beginning import copy_application, start_again, start_application
from applications.actions.consents import ReasonNeeded, attest, confirm_on_behalf
from applications.actions.correcting import (
    answer_own_condition,
    correct_own_grant,
    correct_own_particulars,
    mail_personal_link,
    withdraw_consent,
)
from applications.actions.drafting import (
    save_grant,
    save_person,
    save_section,
)
from applications.actions.forgetting import forget_invited
from applications.actions.handing_over import decide_claim, hand_over_lead
from applications.actions.inviting import (
    cancel_invitation,
    correct_address,
    invite,
    remind,
)
from applications.actions.refusals import (
    AddressForgotten,
    AlreadyConfirmed,
    AlreadyLive,
    CallClosed,
    Conflict,
    InvitationOver,
    NoAccount,
    NoAddress,
    NotPermitted,
    NotReady,
    StillNeeded,
    TooManyInvitations,
    TooSoon,
)
from applications.actions.removing import remove_grant, remove_person
from applications.actions.submission import submit_application, withdraw_application
from applications.actions.telling import NotYet, choose_not_to_send, edit_notice, record_notice
from applications.workflow import NotAllowed

__all__ = [
    "AddressForgotten",
    "AlreadyConfirmed",
    "AlreadyLive",
    "CallClosed",
    "Conflict",
    "InvitationOver",
    "NoAccount",
    "NoAddress",
    "NotAllowed",
    "NotPermitted",
    "NotReady",
    "NotYet",
    "ReasonNeeded",
    "StillNeeded",
    "TooManyInvitations",
    "TooSoon",
    "answer_own_condition",
    "attest",
    "cancel_invitation",
    "choose_not_to_send",
    "confirm_invitation",
    "confirm_on_behalf",
    "copy_application",
    "correct_address",
    "correct_own_grant",
    "correct_own_particulars",
    "decide_claim",
    "decline_invitation",
    "edit_notice",
    "forget_invited",
    "hand_over_lead",
    "invite",
    "link_account",
    "mail_personal_link",
    "note_opened",
    "record_notice",
    "remind",
    "remove_grant",
    "remove_person",
    "save_grant",
    "save_person",
    "save_section",
    "start_again",
    "start_application",
    "submit_application",
    "withdraw_application",
    "withdraw_consent",
]
