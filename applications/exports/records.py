"""The exports of the record: the ledger of notices, and the events."""

from django.utils.translation import gettext_lazy as _

from applications.exports.reading import SYSTEM, THE_PORTAL, Export, streamed
from applications.models import (
    Channel,
    Event,
)
from applications.queries import staff
from applications.workflow import FollowUpOccasion, NoticeState, Status
from directory.models import Strength, Trigger
from directory.spreadsheets import Column

NOTICE_FIELDS = (
    *("application__receipt", "agency__acronym", "agency__slug", "body__acronym", "body__slug"),
    *("holder__researcher__name", "strength", "trigger", "state", "due_on", "done_to"),
    *("recipient_email", "recipient_name", "channel", "done_on", "done_by__name"),
    *("done_by__email", "proof__name", "acknowledged_at", "done_by_member__researcher__name"),
    "occasion",
    *("application__team__ref", "application_id"),
)
# A follow-up has no trigger of the list: what ended the application is its occasion.
OCCASIONS = dict([*Trigger.choices, *FollowUpOccasion.choices])

NOTICES = Export(
    "notices",
    _("Notices"),
    _("One row per notice: which body is to be told, when it is due, and what was done."),
    (
        Column("receipt", _("Receipt number"), 0),
        Column("agency", _("Funder"), 1, codes=lambda row: row[2]),
        Column("body_told", _("Body to be told"), 3, codes=lambda row: row[4]),
        Column("holder", _("Holder"), 5, personal=True),
        Column("strength", _("What is asked"), 6, labels=dict(Strength.choices)),
        Column("trigger", _("Occasion"), lambda row: row[7] or row[20], labels=OCCASIONS),
        Column("state", _("State"), 8, labels=dict(NoticeState.choices)),
        Column("due_on", _("Due on"), 9, "date"),
        Column(
            "recipient",
            _("Recipient"),
            lambda row: row[10] or row[11] or row[12],
            "address",
            personal=True,
        ),
        Column("channel", _("Way"), 13, labels=dict(Channel.choices)),
        Column("done_on", _("Done on"), 14, "date"),
        Column(
            "by_whom",
            _("Recorded by"),
            lambda row: row[15] or row[16] or row[19],
            personal=True,
        ),
        # The name of a file as somebody gave it.
        Column("proof", _("Proof"), 17, personal=True),
        Column("acknowledged_at", _("Acknowledged at (Japan time)"), 18, "moment"),
    ),
    staff.notices_in,
    lambda queryset: streamed(queryset, NOTICE_FIELDS),
)

EVENT_FIELDS = (
    *("application__receipt", "at", "act", "from_state", "to_state", "actor", "reason"),
    *("application__team__ref", "application_id"),
)

EVENTS = Export(
    "events",
    _("Events"),
    _("One row per act on record: what happened to which application, and when."),
    (
        Column("receipt", _("Receipt number"), 0),
        Column("at", _("At (Japan time)"), 1, "moment"),
        Column("act", _("Act"), 2, labels=dict(Event._meta.get_field("act").choices)),
        Column("from_state", _("From state"), 3, labels=dict(Status.choices)),
        Column("to_state", _("To state"), 4, labels=dict(Status.choices)),
        Column(
            "actor",
            _("Who"),
            lambda row: row[5] or str(THE_PORTAL),
            codes=lambda row: row[5] or SYSTEM,
            personal=True,
        ),
        Column("reason", _("Reason"), 6, personal=True),
    ),
    staff.events_in,
    lambda queryset: streamed(queryset, EVENT_FIELDS),
)
