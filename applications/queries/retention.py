"""What has been kept as long as its kind may be: found by the settings, listed before anything goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from applications.models import (
    Application,
    DataUse,
    Event,
    Invitation,
    Message,
    MessageKind,
)
from applications.models.message import KEEPS_LINK, UNSENT
from applications.queries.traces import NOBODY
from applications.workflow import Act, Status
from directory.append_only import MARK
from directory.models import Researcher

# Which states each kind of application is; an abandoned draft is one whose call is over.
OF_APPLICATIONS: Mapping[str, tuple[Status, ...]] = {
    "drafts": (Status.DRAFT,),
    "withdrawn": (Status.WITHDRAWN,),
    "not_accepted": (Status.NOT_ACCEPTED, Status.NOT_ADOPTED),
    "adopted": (Status.ADOPTED,),
}
TEXTS = ("title_ja", "title_en", "abstract_en", "explanation", "erad_number", "return_reason")


@dataclass(frozen=True, slots=True)
class Over:
    """Rows of one kind whose time is over."""

    kind: str
    rows: QuerySet

    def named(self) -> list[str]:
        """Each row by table and number."""
        table = self.rows.model.__name__
        return [f"{table} {pk}" for pk in self.rows.order_by("pk").values_list("pk", flat=True)]


def over(periods: Mapping[str, int | None], at: datetime) -> list[Over]:
    """List what has outlived its period; a kind without one is kept, and not listed."""
    found = []
    for kind, days in periods.items():
        if days is None:
            continue
        before = at - timedelta(days=days)
        if kind in OF_APPLICATIONS:
            rows: QuerySet = applications_over(kind, periods, at)
        elif kind == "mail_texts":
            rows = mail_texts(before, at)
        else:
            rows = {"data_uses": data_uses, "invitation_addresses": invitation_addresses}[kind](
                before
            )
        found.append(Over(kind, rows))
    return found


def applications_over(
    kind: str, periods: Mapping[str, int | None], at: datetime
) -> QuerySet[Application]:
    """Applications of one kind whose period is over, whose team has none that goes on, and that hold a value.

    A person belongs to the team: as long as one of its applications goes on, or is kept still,
    all stays.
    """
    over_by_now = _period_is_over(periods, at)
    # The portal itself withdraws an abandoned draft as it empties it.
    emptied = Event.objects.filter(application=OuterRef("pk"), act=Act.WITHDRAW, by_system=True)
    kept = Application.objects.exclude(pk__in=over_by_now.values("pk")).exclude(Exists(emptied))
    named = Researcher.objects.exclude(name=NOBODY).values("membership__team")
    written = Q(pk__in=[])
    for name in TEXTS:
        written |= ~Q(**{name: ""})
    return (
        over_by_now.filter(status__in=OF_APPLICATIONS[kind])
        .exclude(team__in=kept.values("team"))
        .filter(written | Q(team__in=named))
    )


def _period_is_over(periods: Mapping[str, int | None], at: datetime) -> QuerySet[Application]:
    """Applications whose last move, or of a draft last change, is longer ago than their own kind may be kept."""
    moved = (
        Event.objects.filter(application=OuterRef("pk"), act__in=Act.values)
        .order_by("-pk")
        .values("at")[:1]
    )
    over_by_now = Q(pk__in=[])
    for kind, states in OF_APPLICATIONS.items():
        days = periods.get(kind)
        if days is None:
            continue
        before = at - timedelta(days=days)
        if kind == "drafts":
            aged = Q(changed_at__lt=before, call__closes_at__lt=at)
        else:
            aged = Q(since__lt=before)
        over_by_now |= Q(status__in=states) & aged
    return Application.objects.annotate(since=Coalesce(Subquery(moved), F("changed_at"))).filter(
        over_by_now
    )


def mail_texts(before: datetime, at: datetime) -> QuerySet[Message]:
    """Mails that are done with. Letters to funders stay with their application, whose proof they are."""
    return (
        Message.objects.exclude(_may_go_out(at))
        .exclude(kind=MessageKind.NOTICE)
        .exclude(text="", subject="", recipient="")
        .filter(created_at__lt=before)
    )


def _may_go_out(at: datetime) -> Q:
    """Mails that wait, and those held or failed that a person may still send: not past their time."""
    stopped = Q(state__in=KEEPS_LINK - UNSENT)
    return Q(state__in=UNSENT) | stopped & (Q(expires_at=None) | Q(expires_at__gt=at))


def data_uses(before: datetime) -> QuerySet[DataUse]:
    """Records of staff's reading: who, when and what stay, the words of filter and reason go."""
    worded = ~Q(filters__in=["", MARK]) | ~Q(reason__in=["", MARK])
    return DataUse.objects.filter(worded, at__lt=before)


def invitation_addresses(before: datetime) -> QuerySet[Invitation]:
    """Invitations that were answered, ended or ran out."""
    done = Coalesce("ended_at", "expires_at")
    return Invitation.objects.annotate(done=done).filter(done__lt=before).exclude(email="")
