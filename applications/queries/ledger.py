"""The ledger of one application: its notices with the rows of the edition and the grants behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from applications.models import (
    Application,
    LetterTemplate,
    Membership,
    Notice,
    ReliedGrant,
    Role,
)
from applications.queries.letter_templates import newest_templates
from applications.queries.reminding import REMINDABLE, takes_part
from applications.rules.notices import OWED
from applications.workflow import FINAL, NEEDS_A_PERSON, SETTLED, NoticeState
from directory.models import (
    Edition,
    Grant,
    NoticeRule,
    Participation,
    RecipientKind,
    Researcher,
    Trigger,
)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One notice with what the list says of it, and the grants it stems from."""

    notice: Notice
    row: Participation | None  # of the edition in force; None: the agency left the list
    rule: NoticeRule | None
    grants: tuple[Grant, ...]

    @property
    def owed(self) -> bool:
        """Whether the list asks for a notice; the other rows only inform."""
        return self.notice.strength in OWED

    @property
    def follow_up(self) -> bool:
        """Whether nobody asks for it: it tells a body that an application it knows of is over."""
        return self.notice.follows_id is not None

    @property
    def has_letter(self) -> bool:
        """Whether a letter is prepared for it."""
        return self.owed or self.follow_up

    @property
    def crossed_out(self) -> bool:
        return self.notice.removed_at is not None

    @property
    def settled(self) -> bool:
        return self.notice.state in SETTLED

    @property
    def open(self) -> bool:
        """Whether a letter is still to be sent by somebody."""
        return self.has_letter and not self.settled and not self.crossed_out

    @property
    def remindable(self) -> bool:
        """Whether a colleague may remind the holder of it by mail; the action asks once more."""
        holder, notice = self.notice.holder, self.notice
        reached = bool(holder.researcher.email or holder.researcher.user_id)
        wanted = holder.removed_at is None and holder.reminders_off_at is None
        first = notice.follows_id is None and notice.state in REMINDABLE
        return self.open and first and reached and wanted and takes_part(holder)

    @property
    def personal(self) -> bool:
        """Whether only the holder knows who is to be told."""
        return bool(self.rule and self.rule.recipient == RecipientKind.GRANT_CONTACT)

    @property
    def asks_recipient(self) -> bool:
        """Whether the list gives no address, so that one is asked for."""
        return self.has_letter and not (self.rule and self.rule.address)

    @property
    def agencies(self) -> tuple[str, ...]:
        """Acronyms of the funders that the row stems from."""
        found = [grant.agency.acronym for grant in self.grants if grant.agency]
        return tuple(dict.fromkeys(found)) or (self.notice.agency.acronym,)

    @property
    def questions_to(self) -> str:
        """The published address for questions, where no notice is asked; never one for a notice."""
        return self.rule.address if self.rule and not self.has_letter else ""

    @property
    def due_since(self) -> datetime | None:
        """The moment from which the notice is due, where one moment is known."""
        upon = self.notice.trigger == Trigger.UPON_APPLICATION
        return self.notice.application.submitted_at if upon and self.notice.due_on else None

    @property
    def not_after(self) -> datetime | None:
        """The deadline, where the notice falls due with an application still to be submitted."""
        application = self.notice.application
        waits = self.notice.state == NoticeState.NOT_YET_DUE and application.status not in FINAL
        upon = self.notice.trigger == Trigger.UPON_APPLICATION
        return application.call.closes_at if waits and upon else None

    @property
    def nih(self) -> bool:
        return self.notice.agency.slug.startswith("nih-")


@dataclass(frozen=True, slots=True)
class Ledger:
    """All notices of one application, in the order of holders; crossed-out ones apart."""

    application: Application
    edition: Edition
    rows: tuple[LedgerRow, ...]
    crossed_out: tuple[LedgerRow, ...]
    lead: Researcher | None
    templates: tuple[LetterTemplate, ...] = ()  # the newest words that staff of the call made

    @property
    def as_of(self) -> date:
        return self.edition.as_of

    @property
    def open(self) -> tuple[LedgerRow, ...]:
        return tuple(one for one in self.rows if one.open)

    @property
    def overdue(self) -> tuple[LedgerRow, ...]:
        """Rows that are due, or that need a person after a sending that failed."""
        return tuple(one for one in self.open if one.notice.state != NoticeState.NOT_YET_DUE)

    def find(self, notice_id: int) -> LedgerRow | None:
        everything = (*self.rows, *self.crossed_out)
        return next((one for one in everything if one.notice.pk == notice_id), None)


def notice_counts(application: Application) -> dict[str, int]:
    """Count the notices that stand: ``all``, ``open`` ones, and those with a ``problem``."""
    return application.notices.filter(removed_at=None).aggregate(
        all=Count("pk"),
        open=Count("pk", filter=~Q(state__in=SETTLED)),
        problem=Count("pk", filter=Q(state__in=NEEDS_A_PERSON)),
    )


def ledger(application: Application) -> Ledger:
    """Read the ledger in five statements, however many notices there are.

    ``application`` comes with ``call__edition`` and ``edition``.
    """
    notices = list(
        Notice.objects.filter(application=application)
        .select_related(
            *("holder__researcher__institution", "body", "agency", "grant", "follows"),
            *("done_by", "proof"),
        )
        .order_by("holder", "pk")
    )
    edition = application.edition or application.call.edition
    listed = {
        row.agency_id: row
        for row in Participation.objects.filter(edition=edition).select_related(
            "notice_rule", "agency"
        )
    }
    bodies = {
        key: row.notice_rule.body_id or key
        for key, row in listed.items()
        if hasattr(row, "notice_rule")
    }
    relied = list(
        ReliedGrant.objects.filter(application=application)
        .select_related("grant__agency")
        .order_by("pk")
    )
    lead = (
        Membership.objects.current()
        .filter(team=application.team_id, role=Role.LEAD)
        .select_related("researcher__institution")
        .first()
    )
    for notice in notices:
        notice.application = application
    rows = [_row(notice, listed, bodies, relied) for notice in notices]
    return Ledger(
        application=application,
        edition=edition,
        rows=tuple(one for one in rows if not one.crossed_out),
        crossed_out=tuple(one for one in rows if one.crossed_out),
        lead=lead.researcher if lead else None,
        templates=tuple(newest_templates(application.call.owner)),
    )


def _row(
    notice: Notice,
    listed: Mapping[int, Participation],
    bodies: Mapping[int, int],
    relied: Sequence[ReliedGrant],
) -> LedgerRow:
    row = listed.get(notice.agency_id)
    return LedgerRow(
        notice=notice,
        row=row,
        rule=getattr(row, "notice_rule", None) if row else None,
        grants=_grants(notice, bodies, relied),
    )


def _grants(
    notice: Notice, bodies: Mapping[int, int], relied: Sequence[ReliedGrant]
) -> tuple[Grant, ...]:
    """The grants that a notice stems from: those relied on now, or for a crossed-out row those that were."""
    if notice.grant_id:
        own = [one.grant for one in relied if one.grant_id == notice.grant_id]
        return tuple(own)
    crossed = notice.removed_at is not None
    return tuple(
        one.grant
        for one in relied
        if (crossed or one.removed_at is None)
        and one.grant.holder_id == notice.holder.researcher_id
        and bodies.get(one.grant.agency_id) == notice.body_id
    )
