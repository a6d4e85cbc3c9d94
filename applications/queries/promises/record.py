"""Promises about events and states: what the record says is what happened, in order, by whom."""

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Lag

from applications.models import Application, DataUse, Event, Happening
from applications.queries.promises.asking import Promise, rows
from applications.workflow import STAFF_ACTS, TRANSITIONS, Act, Status
from directory.append_only import standing_triggers, trigger_names
from directory.models import StaffRoleChange, User
from directory.published_guard import all_trigger_names, standing_published

# An act's moment is read before it waits for its lock, on any of several machines.
CLOCKS_APART = timedelta(minutes=1)
OF_STAFF = (
    *STAFF_ACTS,
    Happening.ASSIGNED,
    Happening.INTERNAL_NOTE,
    Happening.TEAM_LETTER_RELEASED,
)
BEGINS = (Happening.CREATED, Happening.COPIED)
GUARDED = (
    *("applications_event", "applications_version", "applications_versionperson"),
    *("applications_proof", "applications_internalnote", "applications_datause"),
    *("applications_lettertemplate", "applications_forgottenaddress"),
    *("applications_goldencase", "applications_publication"),
    *("directory_staffrolechange", "directory_erasure"),
    *("directory_publishedpage", "directory_publishednote", "directory_callchange"),
)


def _moves() -> QuerySet[Event]:
    return Event.objects.filter(act__in=Act.values)


def _status_is_where_the_last_act_led() -> QuerySet[Application]:
    last = _moves().filter(application=OuterRef("pk")).order_by("-pk").values("to_state")[:1]
    moved = Application.objects.annotate(led=Subquery(last))
    return moved.filter(
        ~Q(led=F("status"), led__isnull=False) & ~Q(led__isnull=True, status=Status.DRAFT)
    )


def _moves_follow_the_table() -> QuerySet[Event]:
    lawful = Q(pk__in=[])
    for act, move in TRANSITIONS.items():
        lawful |= Q(act=act, from_state__in=move.sources, to_state=move.target)
    return _moves().exclude(lawful)


def _each_move_begins_where_the_last_ended() -> QuerySet[Event]:
    before = Window(Lag("to_state"), partition_by="application", order_by="pk")
    return (
        _moves()
        .annotate(before=before)
        .exclude(before__isnull=True)
        .exclude(before=F("from_state"))
    )


def _only_acts_move() -> QuerySet[Event]:
    return Event.objects.exclude(act__in=[*Act.values, *BEGINS]).exclude(from_state=F("to_state"))


def _events_in_order_of_time() -> QuerySet[Event]:
    before = Window(Lag("at"), partition_by="application", order_by="pk")
    return Event.objects.annotate(before=before).filter(before__gt=F("at") + CLOCKS_APART)


def _exactly_one_actor() -> QuerySet[Event]:
    return Event.objects.exclude(
        Q(user__isnull=False, membership__isnull=True, by_system=False)
        | Q(user__isnull=True, membership__isnull=False, by_system=False)
        | Q(user__isnull=True, membership__isnull=True, by_system=True)
    )


def _member_acts_in_own_team() -> QuerySet[Event]:
    return Event.objects.filter(membership__isnull=False).exclude(
        membership__team=F("application__team")
    )


def _staff_act_for_own_agency() -> QuerySet[Event]:
    return (
        Event.objects.filter(act__in=OF_STAFF, user__isnull=False)
        .exclude(Q(user__staff_agency="") | Q(user__is_superuser=True))
        .exclude(user__staff_agency=F("application__call__owner"))
    )


def _staff_read_own_agency() -> QuerySet[DataUse]:
    return (
        DataUse.objects.filter(application__isnull=False)
        .exclude(agency="")
        .exclude(agency=F("application__call__owner"))
    )


def _personal_export_has_a_reason() -> QuerySet[DataUse]:
    return DataUse.objects.filter(kind="EXPORT", personal=True, reason="")


def _role_is_never_ones_own() -> QuerySet[StaffRoleChange]:
    return StaffRoleChange.objects.filter(user=F("by"))


def _role_is_what_the_last_change_gave() -> QuerySet[User]:
    changes = StaffRoleChange.objects.filter(user=OuterRef("pk")).order_by("-pk")
    return User.objects.filter(Exists(changes)).exclude(
        staff_role=Subquery(changes.values("role_after")[:1])
    )


def _guards_stand() -> list[str]:
    standing = standing_triggers() | standing_published()
    wanted = all_trigger_names(connection.vendor)
    wanted = wanted.union(*(trigger_names(one, connection.vendor) for one in GUARDED))
    return sorted(f"trigger {one}" for one in wanted - standing)


RECORD = (
    Promise(
        "The state of an application is where its last act led.",
        rows(_status_is_where_the_last_act_led),
    ),
    Promise("Every act follows the table of transitions.", rows(_moves_follow_the_table)),
    Promise(
        "Every act begins in the state in which the one before it ended.",
        rows(_each_move_begins_where_the_last_ended),
    ),
    Promise("Nothing but an act moves an application.", rows(_only_acts_move)),
    Promise(
        "The events of an application are in order of time, to a minute.",
        rows(_events_in_order_of_time),
    ),
    Promise(
        "Every event has exactly one actor: an account, a member or the portal.",
        rows(_exactly_one_actor),
    ),
    Promise(
        "A member who acts by link is of the application's team.", rows(_member_acts_in_own_team)
    ),
    Promise(
        "Staff act on applications to their own agency's calls only.",
        rows(_staff_act_for_own_agency),
    ),
    Promise(
        "Staff read applications to their own agency's calls only.", rows(_staff_read_own_agency)
    ),
    Promise("An export with personal columns says why.", rows(_personal_export_has_a_reason)),
    Promise("Nobody changes their own staff role.", rows(_role_is_never_ones_own)),
    Promise(
        "A staff role is what its last change made it.", rows(_role_is_what_the_last_change_gave)
    ),
    Promise(
        "Every table of evidence and of published editions is guarded by its triggers.",
        _guards_stand,
    ),
)
