"""The only writers: one function, one transaction, one record for each thing people do."""

from applications.actions.acknowledging import LinkExpired, acknowledge_letter
from applications.actions.answering import (
    confirm_invitation,
    decline_invitation,
    link_account,
    note_opened,
)
from applications.actions.assigning import NotAColleague, NothingWritten, assign, write_note
from applications.actions.beginning import copy_application, start_again, start_application
from applications.actions.bouncing import mark_bounced, mark_returned
from applications.actions.consents import ReasonNeeded, attest, confirm_on_behalf
from applications.actions.correcting import (
    answer_own_condition,
    choose_reminders,
    confirm_again,
    correct_own_grant,
    correct_own_particulars,
    mail_personal_link,
    withdraw_consent,
)
from applications.actions.credentials import remove_credentials
from applications.actions.data_uses import record_export, record_reading, record_rows_written
from applications.actions.deciding import decide, follows
from applications.actions.delivery import settle_message
from applications.actions.drafting import (
    save_grant,
    save_person,
    save_section,
)
from applications.actions.edition_drafts import (
    CodeTaken,
    DatesOutOfOrder,
    NotTheNewest,
    make_edition,
)
from applications.actions.editions_in_force import put_in_force
from applications.actions.effects import work_out_effect
from applications.actions.erasing import (
    AnotherPerson,
    NamesThePerson,
    NotHere,
    StandsAgainst,
    erase_again,
    erase_entry_of_team,
    erase_person,
)
from applications.actions.erasing_account import erase_mails_of_sign_in
from applications.actions.erasure import request_erasure, withdraw_erasure_request
from applications.actions.evidence_use import record_evidence_use
from applications.actions.forgetting import forget_invited, remember_forgotten
from applications.actions.golden_cases import state_case
from applications.actions.handing_over import decide_claim, hand_over_lead
from applications.actions.inviting import (
    cancel_invitation,
    correct_address,
    invite,
    remind,
)
from applications.actions.letter_templates import (
    NotATemplate,
    SameWords,
    save_letter_template,
    withdraw_letter_template,
)
from applications.actions.mail_queue import discard_message, hold_message, send_again
from applications.actions.mail_switch import hold_all_mail, open_mail
from applications.actions.orcids import link_orcid, unlink_orcid
from applications.actions.profile import save_profile
from applications.actions.publishing import (
    AddressesUnread,
    CasesFail,
    CasesMissing,
    Contradictory,
    EffectNotSeen,
    Overtaken,
    OwnDraft,
    RowsUnfinished,
    obstacles,
    publish_edition,
)
from applications.actions.refusals import (
    AddressForgotten,
    AlreadyConfirmed,
    AlreadyInForce,
    AlreadyLive,
    AlreadyPublished,
    AnothersList,
    BeingHandedOver,
    CallClosed,
    Conflict,
    DateNeeded,
    ForItsHolder,
    InvitationOver,
    NoAccount,
    NoAddress,
    NoLongerOfUse,
    NotConfirmed,
    NotHandedOver,
    NothingOpen,
    NotPermitted,
    NotPublished,
    NotReady,
    RemindersOff,
    StillNeeded,
    StillTheTeams,
    SwitchUnchanged,
    TooManyInvitations,
    TooSoon,
)
from applications.actions.releasing import LetterIncomplete, MayArriveTwice, release_notice
from applications.actions.reminding import REMINDERS_AT_ONCE, owe_due_reminders, remind_holder
from applications.actions.removing import remove_grant, remove_person
from applications.actions.retention import apply_retention, sweep_files
from applications.actions.roles import LastApprover, OwnRole, SameRole, change_staff_role
from applications.actions.submission import submit_application, withdraw_application
from applications.actions.team_letters import (
    drop_team_letter,
    edit_team_letter,
    release_team_letter,
)
from applications.actions.telling import (
    AddressIsPublished,
    NotYet,
    choose_not_to_send,
    edit_notice,
    record_notice,
)
from applications.actions.troubles import tell_holder_again
from applications.workflow import NotAllowed

__all__ = [
    "REMINDERS_AT_ONCE",
    "AddressForgotten",
    "AddressIsPublished",
    "AddressesUnread",
    "AlreadyConfirmed",
    "AlreadyInForce",
    "AlreadyLive",
    "AlreadyPublished",
    "AnotherPerson",
    "AnothersList",
    "BeingHandedOver",
    "CallClosed",
    "CasesFail",
    "CasesMissing",
    "CodeTaken",
    "Conflict",
    "Contradictory",
    "DateNeeded",
    "DatesOutOfOrder",
    "EffectNotSeen",
    "ForItsHolder",
    "InvitationOver",
    "LastApprover",
    "LetterIncomplete",
    "LinkExpired",
    "MayArriveTwice",
    "NamesThePerson",
    "NoAccount",
    "NoAddress",
    "NoLongerOfUse",
    "NotAColleague",
    "NotATemplate",
    "NotAllowed",
    "NotConfirmed",
    "NotHandedOver",
    "NotHere",
    "NotPermitted",
    "NotPublished",
    "NotReady",
    "NotTheNewest",
    "NotYet",
    "NothingOpen",
    "NothingWritten",
    "Overtaken",
    "OwnDraft",
    "OwnRole",
    "ReasonNeeded",
    "RemindersOff",
    "RowsUnfinished",
    "SameRole",
    "SameWords",
    "StandsAgainst",
    "StillNeeded",
    "StillTheTeams",
    "SwitchUnchanged",
    "TooManyInvitations",
    "TooSoon",
    "acknowledge_letter",
    "answer_own_condition",
    "apply_retention",
    "assign",
    "attest",
    "cancel_invitation",
    "change_staff_role",
    "choose_not_to_send",
    "choose_reminders",
    "confirm_again",
    "confirm_invitation",
    "confirm_on_behalf",
    "copy_application",
    "correct_address",
    "correct_own_grant",
    "correct_own_particulars",
    "decide",
    "decide_claim",
    "decline_invitation",
    "discard_message",
    "drop_team_letter",
    "edit_notice",
    "edit_team_letter",
    "erase_again",
    "erase_entry_of_team",
    "erase_mails_of_sign_in",
    "erase_person",
    "follows",
    "forget_invited",
    "hand_over_lead",
    "hold_all_mail",
    "hold_message",
    "invite",
    "link_account",
    "link_orcid",
    "mail_personal_link",
    "make_edition",
    "mark_bounced",
    "mark_returned",
    "note_opened",
    "obstacles",
    "open_mail",
    "owe_due_reminders",
    "publish_edition",
    "put_in_force",
    "record_evidence_use",
    "record_export",
    "record_notice",
    "record_reading",
    "record_rows_written",
    "release_notice",
    "release_team_letter",
    "remember_forgotten",
    "remind",
    "remind_holder",
    "remove_credentials",
    "remove_grant",
    "remove_person",
    "request_erasure",
    "save_grant",
    "save_letter_template",
    "save_person",
    "save_profile",
    "save_section",
    "send_again",
    "settle_message",
    "start_again",
    "start_application",
    "state_case",
    "submit_application",
    "sweep_files",
    "tell_holder_again",
    "unlink_orcid",
    "withdraw_application",
    "withdraw_consent",
    "withdraw_erasure_request",
    "withdraw_letter_template",
    "work_out_effect",
    "write_note",
]
