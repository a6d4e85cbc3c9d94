"""Funding agencies, their programmes, and how their grant numbers look."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models.places import IN_SMALL_LETTERS, Country, in_language
from directory.references import Format


def texts(value: object, field: str) -> list[str]:
    """Return a JSON value that is a list of texts; an empty box is an empty list.

    :raises ValidationError: it is anything else, which would break every page that reads it
    """
    found = value or []
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise ValidationError({field: _('Write a list of texts, such as ["VR", "SRC"].')})
    return found


class Agency(models.Model):
    """A funder. It takes part where an edition has a row for it; NIH institutes off the list have none."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    acronym = models.CharField(_("acronym"), max_length=40, unique=True)
    name_en = models.CharField(_("official name in English"), max_length=200)
    name_ja = models.CharField(_("name in Japanese"), max_length=200)
    name_own = models.CharField(_("name in its own language"), max_length=200, blank=True)
    name_published = models.CharField(_("name as published"), max_length=200, blank=True)
    aliases = models.JSONField(_("aliases"), default=list, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, related_name="agencies", verbose_name=_("country or area")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="institutes",
        verbose_name=_("parent"),
    )
    institute_code = models.CharField(
        _("NIH institute code"),
        max_length=2,
        blank=True,
        help_text=_("The two letters in an NIH number."),
    )
    site = models.URLField(_("site"), blank=True)
    ror = models.CharField(_("ROR id"), max_length=9, blank=True)
    award_lookup = models.URLField(_("award look-up"), blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints = [
            models.UniqueConstraint(
                fields=["institute_code"],
                condition=~Q(institute_code=""),
                name="agency_institute_code_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(institute_code="") | Q(parent__isnull=False),
                name="agency_with_institute_code_has_a_parent",
            ),
            models.CheckConstraint(
                condition=Q(slug=Lower("slug")),
                name="agency_slug_is_in_small_letters",
                violation_error_message=IN_SMALL_LETTERS,
            ),
            # A funder's page stands at its slug, beside the pages of the whole list.
            models.CheckConstraint(
                condition=~Q(slug__in=["history"]),
                name="agency_slug_is_no_page_of_the_list",
                violation_error_message=_("A page of the list has this address: choose another."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})"

    def clean(self) -> None:
        self.slug = self.slug.lower()
        self.aliases = texts(self.aliases, "aliases")

    @property
    def name(self) -> str:
        return in_language(self.name_en, self.name_ja)


class Programme(models.Model):
    """A programme that a row of the list targets (TIPS: CFREF, CERC)."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="programmes", verbose_name=_("agency")
    )
    code = models.CharField(_("code"), max_length=20)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_ja = models.CharField(_("name in Japanese"), max_length=200)
    name_own = models.CharField(_("name in its own language"), max_length=200, blank=True)
    to_institutions = models.BooleanField(_("awarded to institutions"), default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "code"], name="programme_code_is_unique_in_agency"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def name(self) -> str:
        return in_language(self.name_en, self.name_ja)


class GrantFormat(models.Model):
    """One way an agency writes its grant numbers; data, so that a new one needs no release."""

    agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="formats", verbose_name=_("agency")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=1)
    pattern = models.CharField(_("pattern"), max_length=300)
    key = models.CharField(
        _("key"),
        max_length=60,
        blank=True,
        help_text=_("Template of the canonical key; empty: the whole number."),
    )
    suggests = models.BooleanField(
        _("suggests its agency"),
        default=False,
        help_text=_("Only where the format is distinctive."),
    )
    examples = models.JSONField(_("examples it must accept"), default=list, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("grant format")
        verbose_name_plural = _("grant formats")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "position"], name="grant_format_position_is_unique_in_agency"
            )
        ]

    def __str__(self) -> str:
        return self.pattern

    def clean(self) -> None:
        """Refuse a pattern that cannot be read or fails its examples: all judging reads every format.

        :raises ValidationError: the pattern, its key or one of its examples is at fault
        """
        self.examples = texts(self.examples, "examples")
        slug = self.agency.slug if self.agency_id else ""
        written = Format(slug, self.pattern, self.key, self.suggests, tuple(self.examples))
        try:
            failed = written.failed_examples()
        except ValueError as error:
            raise ValidationError(
                {"pattern": _("The pattern cannot be used: %(problem)s") % {"problem": error}}
            ) from error
        if failed:
            words = _("The pattern does not accept these examples: %(examples)s")
            raise ValidationError({"examples": words % {"examples": ", ".join(failed)}})
