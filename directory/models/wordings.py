"""The published page as it was read: which page, when, and its notes word for word."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models.editions import Edition
from directory.models.funding import Agency
from directory.models.users import User


class PublishedPage(models.Model):
    """One reading of an agency's published page, held against an edition; append only."""

    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="pages", verbose_name=_("edition")
    )
    seen_on = models.DateField(_("seen on"))
    sha256 = models.CharField("SHA-256", max_length=64)
    rows = models.PositiveSmallIntegerField(_("rows"))
    loaded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("loaded by")
    )
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("published page")
        verbose_name_plural = _("published pages")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "sha256", "seen_on"], name="published_page_is_kept_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.seen_on}"


class PublishedNote(models.Model):
    """One funder's row of a published page, in the page's own words; append only."""

    page = models.ForeignKey(
        PublishedPage, models.PROTECT, related_name="notes", verbose_name=_("published page")
    )
    position = models.PositiveSmallIntegerField(_("order"))
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agency"),
    )
    name = models.CharField(_("name as published"), max_length=300)
    participation = models.CharField(_("participation"), max_length=200)
    note = models.TextField(_("published note"), blank=True)
    fingerprint = models.CharField(_("fingerprint of the published note"), max_length=64)

    class Meta:
        verbose_name = _("published note")
        verbose_name_plural = _("published notes")
        constraints = [
            models.UniqueConstraint(
                fields=["page", "position"], name="published_note_is_one_per_place_on_its_page"
            ),
            models.UniqueConstraint(
                fields=["page", "agency"],
                condition=Q(agency__isnull=False),
                name="published_note_is_one_per_agency_on_its_page",
            ),
        ]

    def __str__(self) -> str:
        return self.name
