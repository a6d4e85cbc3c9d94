"""Mail: recorded with the act that causes it, delivered afterwards; nothing lost, nothing twice to a funder."""

from applications.outbox.claiming import BATCH, LEASE, claim_due
from applications.outbox.delivering import (
    OUT_OF_DATE,
    Envelope,
    deliver_due,
    envelope,
    may_leave,
    message_id_domain,
)
from applications.outbox.gate import database_identity, is_copy, is_held, mail_gate, shut_gate
from applications.outbox.recording import (
    draft_mail,
    one_line,
    record_account_mail,
    record_letter,
    record_mail,
    record_receipt,
)

__all__ = [
    "BATCH",
    "LEASE",
    "OUT_OF_DATE",
    "Envelope",
    "claim_due",
    "database_identity",
    "deliver_due",
    "draft_mail",
    "envelope",
    "is_copy",
    "is_held",
    "mail_gate",
    "may_leave",
    "message_id_domain",
    "one_line",
    "record_account_mail",
    "record_letter",
    "record_mail",
    "record_receipt",
    "shut_gate",
]
