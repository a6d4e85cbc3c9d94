"""Editions of the published list: dated rows with what each funder asks."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models.asked import (
    ConditionCode,
    ParticipationKind,
    RecipientKind,
    Strength,
    Trigger,
)
from directory.models.funding import Agency, Programme
from directory.models.places import IN_SMALL_LETTERS, in_language
from directory.models.users import OwningAgency, User

# An edition's page stands at its code.
CODES_TAKEN_BY_PAGES = frozenset({"new"})


class EditionQuerySet(models.QuerySet["Edition"]):
    def published(self) -> "EditionQuerySet":
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: User) -> "EditionQuerySet":
        """Published ones, which everybody reads, and drafts of the agency that ``user`` is staff of."""
        if user.is_superuser:
            return self
        return self.filter(Q(published_at__isnull=False) | Q(owner=user.staff_agency or None))

    def drafts_of(self, user: User) -> "EditionQuerySet":
        """Unpublished ones of the agency that ``user`` is staff of; a superuser's are all."""
        return self.visible_to(user).filter(published_at__isnull=True)

    def of(self, owner: str) -> "EditionQuerySet":
        """Editions of one agency's list; the other's is another list."""
        return self.filter(owner=owner)

    def newest(self, owner: str) -> "Edition | None":
        """Return the newest published edition of one agency's list."""
        return self.of(owner).published().newest_first().first()

    def newest_first(self) -> "EditionQuerySet":
        return self.order_by("-as_of", "-updated_on", "-published_at", "-pk")

    def said_on(self, day: date, owner: str) -> "Edition | None":
        """Return what one agency's page said on ``day``; None before its first list that is kept.

        A page says something from the day on which it was updated, not from its "as of" date.
        """
        return self.filter(updated_on__lte=day).newest(owner)


class Edition(models.Model):
    """One published version of one agency's list. Once published it never changes."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    owner = models.CharField(_("list of"), max_length=4, choices=OwningAgency)
    as_of = models.DateField(_("as of"))
    updated_on = models.DateField(_("page updated on"))
    source = models.URLField(_("source"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    based_on = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made from the edition"),
    )
    reason = models.TextField(_("reason of the change"), blank=True)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    history = HistoricalRecords()
    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.CheckConstraint(
                condition=Q(updated_on__gte=F("as_of")),
                name="edition_is_updated_on_or_after_its_as_of_date",
            ),
            models.CheckConstraint(
                condition=Q(owner__in=OwningAgency.values), name="edition_owner_is_known"
            ),
            # Where an address asks for an edition, a date asks for the list of that day.
            models.CheckConstraint(
                condition=~Q(code__regex=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
                name="edition_code_is_no_date",
                violation_error_message=_("A code that is a date would mean the list of that day."),
            ),
            models.CheckConstraint(
                condition=Q(code=Lower("code")),
                name="edition_code_is_in_small_letters",
                violation_error_message=IN_SMALL_LETTERS,
            ),
            models.CheckConstraint(
                condition=Q(based_on__isnull=True) | ~Q(reason=""),
                name="edition_made_from_another_says_why",
            ),
            models.CheckConstraint(
                condition=Q(made_by__isnull=True, made_at__isnull=True)
                | Q(made_by__isnull=False, made_at__isnull=False),
                name="edition_made_by_whom_and_when_come_together",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Write the code in small letters; refuse that of a page, and a day before those of the base."""
        self.code = self.code.lower()
        if self.code in CODES_TAKEN_BY_PAGES:
            words = _("A page of the lists has this address: choose another code.")
            raise ValidationError({"code": words})
        base = self.based_on
        if base and self.as_of and self.as_of < base.as_of:
            raise ValidationError({"as_of": _("The list that it is made from is of a later day.")})
        if base and self.updated_on and self.updated_on < base.updated_on:
            words = _("The page of the list that it is made from was updated later.")
            raise ValidationError({"updated_on": words})


class Participation(models.Model):
    """One agency's row of an edition, in our own words and with its source."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="rows", verbose_name=_("edition")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="rows", verbose_name=_("agency")
    )
    position = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("participation"), max_length=24, choices=ParticipationKind)
    programmes = models.ManyToManyField(
        Programme, blank=True, related_name="+", verbose_name=_("targeted programmes")
    )
    summary_en = models.TextField(_("summary in English"))
    summary_ja = models.TextField(_("summary in Japanese"))
    to_confirm_en = models.TextField(_("to be confirmed, in English"), blank=True)
    to_confirm_ja = models.TextField(_("to be confirmed, in Japanese"), blank=True)
    added_on = models.DateField(_("added to the list on"), null=True, blank=True)
    link = models.URLField(_("the funder's own page"), blank=True)
    note_fingerprint = models.CharField(
        _("fingerprint of the published note"),
        max_length=64,
        blank=True,
        help_text=_("SHA-256 of the note, folded for case, space and quote style."),
    )
    history = HistoricalRecords(m2m_fields=[programmes])

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "agency"], name="participation_is_one_row_per_agency_and_edition"
            ),
            models.UniqueConstraint(
                fields=["edition", "position"], name="participation_position_is_unique_in_edition"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ParticipationKind.values), name="participation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(to_confirm_en="", to_confirm_ja="")
                | (~Q(to_confirm_en="") & ~Q(to_confirm_ja="")),
                name="participation_doubt_is_worded_in_both_languages",
            ),
        ]

    def __str__(self) -> str:
        return str(self.agency)

    @property
    def summary(self) -> str:
        return in_language(self.summary_en, self.summary_ja)

    @property
    def to_confirm(self) -> str:
        return in_language(self.to_confirm_en, self.to_confirm_ja)


class NoticeRule(models.Model):
    """Whom the funded researcher tells, how strongly that is asked, and when."""

    participation = models.OneToOneField(
        Participation, models.CASCADE, related_name="notice_rule", verbose_name=_("participation")
    )
    strength = models.CharField(_("strength"), max_length=12, choices=Strength)
    trigger = models.CharField(_("trigger"), max_length=16, choices=Trigger, blank=True)
    recipient = models.CharField(_("recipient"), max_length=20, choices=RecipientKind, blank=True)
    body = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("body to be told"),
    )
    address = models.EmailField(_("published address"), blank=True)
    contact_name = models.CharField(_("person or desk"), max_length=200, blank=True)
    language = models.CharField(_("language of the notice"), max_length=5, default="en")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("notice rule")
        verbose_name_plural = _("notice rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(strength__in=Strength.values), name="notice_rule_strength_is_known"
            ),
            models.CheckConstraint(
                condition=(Q(recipient="ADDRESS") & ~Q(address=""))
                | (~Q(recipient="ADDRESS") & Q(address="")),
                name="notice_rule_has_an_address_exactly_when_it_says_so",
            ),
            models.CheckConstraint(
                condition=Q(recipient="", body__isnull=True)
                | (~Q(recipient="") & Q(body__isnull=False)),
                name="notice_rule_names_a_body_exactly_when_somebody_may_be_told",
            ),
            models.CheckConstraint(
                condition=~Q(strength__in=["REQUESTED", "ENCOURAGED"])
                | (~Q(recipient="") & Q(trigger__in=["UPON_APPLICATION", "ON_COLLABORATION"])),
                name="notice_rule_that_asks_says_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(strength="NONE_STATED") | Q(trigger="", recipient=""),
                name="notice_rule_that_states_nothing_says_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.get_strength_display()


class Condition(models.Model):
    """A condition that the holder attests before a grant of this row can fit."""

    participation = models.ForeignKey(
        Participation, models.CASCADE, related_name="conditions", verbose_name=_("participation")
    )
    code = models.CharField(_("condition"), max_length=20, choices=ConditionCode)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "code"], name="condition_is_stated_once_per_row"
            )
        ]

    def __str__(self) -> str:
        return self.get_code_display()
