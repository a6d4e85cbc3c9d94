"""An application of one team to one call, and the grants it relies on."""

from datetime import date, datetime

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.team import Membership, Team
from applications.workflow import Status
from directory.models import Call, CallArea, Edition, Grant, User


class FieldOfResearch(models.TextChoices):
    HEALTHCARE = "healthcare", _("Healthcare")
    OTHER = "other", _("Another field")
    BOTH = "both", _("Both")


class EradStatus(models.TextChoices):
    NOT_STARTED = "NOT_STARTED", _("Not started")
    IN_PREPARATION = "IN_PREPARATION", _("In preparation")
    SUBMITTED = "SUBMITTED", _("Submitted in e-Rad")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> "ApplicationQuerySet":
        """Applications of ``user``'s own teams, and for staff those of their own agency's calls."""
        if user.is_superuser:
            return self
        own = Q(team__in=Membership.objects.current().filter(researcher__user=user).values("team"))
        if user.staff_agency:
            own |= Q(call__owner=user.staff_agency)
        return self.filter(own)

    def of_staff(self, user: User) -> "ApplicationQuerySet":
        """What staff lists show: their own agency's calls and nothing else."""
        if user.is_superuser:
            return self
        return self.filter(call__owner=user.staff_agency) if user.staff_agency else self.none()

    def live(self) -> "ApplicationQuerySet":
        return self.exclude(status=Status.WITHDRAWN)


def pinned_day(
    status: str, reference_on: date | None, returned_until: datetime | None
) -> date | None:
    """Return the day an application keeps (see ``reference_day``); None where it follows its call."""
    follows_the_call = status in (Status.DRAFT, Status.SUBMITTED)
    return reference_on if returned_until or not follows_the_call else None


class Application(models.Model):
    """What a team asks of one call. The status is written by ``actions`` alone."""

    team = models.ForeignKey(
        Team, models.PROTECT, related_name="applications", verbose_name=_("team")
    )
    call = models.ForeignKey(Call, models.PROTECT, related_name="+", verbose_name=_("call"))
    edition = models.ForeignKey(
        Edition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("edition pinned"),
    )
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.DRAFT)
    field = models.CharField(
        _("field of research"), max_length=10, choices=FieldOfResearch, blank=True
    )
    title_ja = models.CharField(_("project title in Japanese"), max_length=200, blank=True)
    title_en = models.CharField(_("project title in English"), max_length=200, blank=True)
    abstract_en = models.TextField(
        _("abstract in English"), blank=True, validators=[MaxLengthValidator(2000)]
    )
    area = models.ForeignKey(
        CallArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("research area"),
    )
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    budget_jpy = models.PositiveBigIntegerField(
        _("requested budget in yen, without indirect costs"), null=True, blank=True
    )
    explanation = models.TextField(_("explanation where no grant fits"), blank=True)
    erad_status = models.CharField(
        _("e-Rad"), max_length=14, choices=EradStatus, default=EradStatus.NOT_STARTED
    )
    erad_number = models.CharField(_("e-Rad proposal number"), max_length=30, blank=True)
    receipt = models.CharField(
        _("receipt number"), max_length=19, unique=True, null=True, blank=True
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    submitted_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    best_verdict = models.CharField(_("best verdict"), max_length=12, blank=True, editable=False)
    # The day on which grants must run, as it was at the last submission; see ``reference_day``.
    reference_on = models.DateField(_("reference date pinned"), null=True, blank=True)
    return_reason = models.TextField(_("what is to be corrected"), blank=True)
    assigned_to = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    # Of the last return; it stays when the team submits again, as the reference date does by it.
    returned_until = models.DateTimeField(_("to be corrected by"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("last changed at"))
    search_text = models.TextField(editable=False, blank=True)
    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="application_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["team", "call"],
                condition=~Q(status="WITHDRAWN"),
                name="application_is_one_live_per_team_and_call",
            ),
            models.CheckConstraint(
                condition=Q(
                    submitted_at__isnull=True,
                    submitted_by__isnull=True,
                    receipt__isnull=True,
                    edition__isnull=True,
                    version=0,
                )
                | Q(
                    submitted_at__isnull=False,
                    submitted_by__isnull=False,
                    receipt__isnull=False,
                    edition__isnull=False,
                    version__gte=1,
                ),
                name="application_submission_is_whole_or_absent",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "WITHDRAWN"]) | Q(submitted_at__isnull=False),
                name="application_past_draft_was_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(status="RETURNED") | Q(returned_until__isnull=False),
                name="application_returned_says_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="RETURNED") | ~Q(return_reason=""),
                name="application_returned_says_what",
            ),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="application_newest_first"),
            models.Index(
                fields=["call", "status", "best_verdict"],
                name="application_by_staff_filters",
            ),
            # All that the dashboard counts by and joins to: without them it reads every
            # application's texts, again and again.
            models.Index(
                fields=[
                    *("call", "status", "id", "submitted_at", "version"),
                    *("assigned_to", "returned_until"),
                ],
                name="application_counted",
            ),
            GinIndex(
                fields=["search_text"],
                opclasses=["gin_trgm_ops"],
                name="application_search_trigrams",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt or f"{self.team_id}/{self.call_id}"

    @property
    def reference_day(self) -> date:
        """The day on which grants are judged: pinned once the agency has the application.

        Until then it follows the call's deadline; a returned application is corrected, submitted
        again and judged under the day it was submitted under (product.md 7).
        """
        pinned = pinned_day(self.status, self.reference_on, self.returned_until)
        return pinned or self.call.reference_day

    @property
    def team_has_until(self) -> datetime:
        """The moment until which the team may change its answers and submit (product.md 7).

        A return's own date never shortens the call's own time, except in practice, where every
        step can be tried while the call is open.
        """
        closes = self.call.closes_at
        if self.status != Status.RETURNED or self.returned_until is None:
            return closes
        return self.returned_until if self.call.is_practice else max(self.returned_until, closes)

    @property
    def screening_from(self) -> datetime | None:
        """The moment from which staff may take it into screening; None where there is none to wait for."""
        if self.call.is_practice and self.status != Status.RETURNED:
            return None
        return self.team_has_until

    @property
    def title(self) -> str:
        from directory.models.places import in_language

        return in_language(self.title_en, self.title_ja)


class ReliedGrant(models.Model):
    """A grant that an application relies on; once something was recorded it stays, crossed out."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="relied", verbose_name=_("application")
    )
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="relied", verbose_name=_("grant"))
    verdict = models.CharField(_("verdict"), max_length=12, blank=True, editable=False)
    reasons = models.TextField(_("reasons"), blank=True, editable=False)
    cautions = models.TextField(_("warnings"), blank=True, editable=False)
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("grant relied on")
        verbose_name_plural = _("grants relied on")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "grant"], name="grant_is_relied_on_once_per_application"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.grant_id}"
