"""Calls: rounds with a deadline, each under the edition in force for it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models.editions import Edition
from directory.models.places import IN_SMALL_LETTERS, in_language
from directory.models.users import OwningAgency, User

JAPAN_TIME = ZoneInfo("Asia/Tokyo")


def reference_day(reference_on: date | None, closes_at: datetime) -> date:
    """Return the day on which grants must run, of a call that says so or that closes then."""
    return reference_on or closes_at.astimezone(JAPAN_TIME).date()


class CallQuerySet(models.QuerySet["Call"]):
    def open_at(self, moment: datetime) -> "CallQuerySet":
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)

    def visible_to(self, user: User) -> "CallQuerySet":
        """Calls whose staff pages ``user`` may open; the public call page is for everybody."""
        if user.is_superuser:
            return self
        return self.filter(owner=user.staff_agency) if user.staff_agency else self.none()

    def with_moves(self) -> "CallQuerySet":
        """Annotate how often the deadline was moved, ``moves``, and when it was last, ``moved_at``."""
        moved = ~Q(changes__closes_before=F("changes__closes_after"))
        return self.annotate(
            moves=models.Count("changes", filter=moved),
            moved_at=models.Max("changes__at", filter=moved),
        )


class Call(models.Model):
    """One round, open from ``opens_at`` until ``closes_at``; the period is half-open."""

    code = models.SlugField(
        _("code"), max_length=60, unique=True, validators=[RegexValidator(r"^[a-z0-9-]+$")]
    )
    owner = models.CharField(_("agency"), max_length=4, choices=OwningAgency)
    title_en = models.CharField(_("title in English"), max_length=200)
    title_ja = models.CharField(_("title in Japanese"), max_length=200)
    track = models.CharField(_("track"), max_length=40, blank=True)
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="calls", verbose_name=_("edition in force")
    )
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    reference_on = models.DateField(
        _("reference date"), null=True, blank=True, help_text=_("Empty: the closing day in Japan.")
    )
    min_years = models.PositiveSmallIntegerField(_("fewest years"), default=3)
    max_years = models.PositiveSmallIntegerField(_("most years"), default=5)
    budget_cap_jpy = models.PositiveBigIntegerField(_("budget cap in yen, without indirect costs"))
    page = models.URLField(_("the agency's own page"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)
    note_ja = models.TextField(_("note in Japanese"), blank=True)
    is_practice = models.BooleanField(_("practice"), default=False)
    history = HistoricalRecords()
    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message=_("A call must close after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(code=Lower("code")),
                name="call_code_is_in_small_letters",
                violation_error_message=IN_SMALL_LETTERS,
            ),
            models.CheckConstraint(
                condition=Q(max_years__gte=F("min_years"), min_years__gte=1),
                name="call_years_are_a_range",
            ),
            models.CheckConstraint(
                condition=Q(owner__in=OwningAgency.values), name="call_owner_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        return in_language(self.title_en, self.title_ja)

    @property
    def note(self) -> str:
        return in_language(self.note_en, self.note_ja)

    @property
    def reference_day(self) -> date:
        """The day on which grants must run: the closing day in Japan unless the call says otherwise."""
        return reference_day(self.reference_on, self.closes_at)


class CallArea(models.Model):
    """A research area of a call."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="areas", verbose_name=_("call"))
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("order"))
    name_en = models.CharField(_("name in English"), max_length=200)
    name_ja = models.CharField(_("name in Japanese"), max_length=200)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("research area")
        verbose_name_plural = _("research areas")
        constraints = [
            models.UniqueConstraint(
                fields=["call", "code"], name="call_area_code_is_unique_in_call"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_en, self.name_ja)


def _differs(name: str) -> Q:
    """That a pair of columns holds two values; no value is one, too."""
    before, after = f"{name}_before", f"{name}_after"
    both = Q(**{f"{before}__isnull": False, f"{after}__isnull": False})
    # Written out: a comparison with NULL would be neither true nor false, which a check lets pass.
    return (
        Q(**{f"{before}__isnull": True, f"{after}__isnull": False})
        | Q(**{f"{before}__isnull": False, f"{after}__isnull": True})
        | both & (Q(**{f"{before}__lt": F(after)}) | Q(**{f"{before}__gt": F(after)}))
    )


class CallChange(models.Model):
    """One change of what a call obliges its teams to: by an approver, with a reason; append only.

    Every row holds all values, unchanged ones too, so that it can be read alone.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="changes", verbose_name=_("call"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("changed by"))
    reason_en = models.TextField(_("reason in English"))
    reason_ja = models.TextField(_("reason in Japanese"))
    opens_before = models.DateTimeField(_("opened before"))
    opens_after = models.DateTimeField(_("opens after"))
    closes_before = models.DateTimeField(_("closed before"))
    closes_after = models.DateTimeField(_("closes after"))
    reference_before = models.DateField(_("reference date before"), null=True, blank=True)
    reference_after = models.DateField(_("reference date after"), null=True, blank=True)
    edition_before = models.ForeignKey(
        Edition, models.PROTECT, related_name="+", verbose_name=_("edition before")
    )
    edition_after = models.ForeignKey(
        Edition, models.PROTECT, related_name="+", verbose_name=_("edition after")
    )

    class Meta:
        verbose_name = _("change of a call")
        verbose_name_plural = _("changes of calls")
        constraints = [
            models.CheckConstraint(
                condition=_differs("opens")
                | _differs("closes")
                | _differs("reference")
                | _differs("edition"),
                name="call_change_changes_something",
            ),
            models.CheckConstraint(
                condition=~Q(reason_en="") & ~Q(reason_ja=""),
                name="call_change_says_why_in_both_languages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} {timezone.localdate(self.at)}"

    @property
    def reason(self) -> str:
        return in_language(self.reason_en, self.reason_ja)

    @property
    def moved_opening(self) -> bool:
        return self.opens_before != self.opens_after

    @property
    def moved_deadline(self) -> bool:
        return self.closes_before != self.closes_after

    @property
    def moved_reference(self) -> bool:
        """Whether grants must run on another day; it may move with the deadline."""
        return self.reference_day_before != self.reference_day_after

    @property
    def replaced_list(self) -> bool:
        return self.edition_before_id != self.edition_after_id

    @property
    def only_the_list(self) -> bool:
        return not (self.moved_opening or self.moved_deadline or self.moved_reference)

    @property
    def reference_day_before(self) -> date:
        return reference_day(self.reference_before, self.closes_before)

    @property
    def reference_day_after(self) -> date:
        return reference_day(self.reference_after, self.closes_after)
