"""What stands behind a published edition: the cases it must answer, what it would change, who published it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.rules.findings import Verdict
from directory.models import Agency, Edition, User


class GoldenCase(models.Model):
    """One grant and the answer that an edition must give for it, stated by staff; append only."""

    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="+", verbose_name=_("edition")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    reference = models.CharField(_("grant number"), max_length=100, blank=True)
    programme = models.CharField(_("programme"), max_length=20, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    country = models.CharField(_("country of the holder"), max_length=2, blank=True)
    on = models.DateField(_("reference date"))
    expected_verdict = models.CharField(_("expected verdict"), max_length=12)
    expected_reasons = models.TextField(_("expected reasons"), blank=True)
    why = models.TextField(_("reason"))
    stated_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("stated by")
    )
    stated_at = models.DateTimeField(_("stated at"))

    class Meta:
        verbose_name = _("golden case")
        verbose_name_plural = _("golden cases")
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="golden_case_says_why"),
            models.CheckConstraint(
                condition=Q(expected_verdict__in=[one.value for one in Verdict]),
                name="golden_case_expects_a_known_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.reference} {self.expected_verdict}"


class EffectPreview(models.Model):
    """What a draft would change for the applications under way: worked out piece by piece.

    No evidence: it is worked out anew whenever the draft changes. ``found`` holds keys of
    applications and slugs of funders, never a name.
    """

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="+", verbose_name=_("edition")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    fingerprint = models.CharField(_("fingerprint of the draft"), max_length=64)
    calls = models.JSONField(_("calls that would take it"), default=list, blank=True)
    cursor = models.PositiveBigIntegerField(_("application reached"), default=0)
    seen = models.PositiveIntegerField(_("applications judged"), default=0)
    total = models.PositiveIntegerField(_("applications to judge"), default=0)
    found = models.JSONField(_("what was found"), default=dict, blank=True)

    class Meta:
        verbose_name = _("preview of an edition's effect")
        verbose_name_plural = _("previews of editions' effects")
        constraints = [
            models.UniqueConstraint(fields=["edition"], name="effect_preview_is_one_per_edition")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.seen}/{self.total}"


class Publication(models.Model):
    """That an edition was published: by whom, on which cases and with which effect; append only."""

    edition = models.OneToOneField(
        Edition, models.PROTECT, related_name="+", verbose_name=_("edition")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("published by"))
    at = models.DateTimeField(_("published at"))
    reason = models.TextField(_("reason"), blank=True)
    fingerprint = models.CharField(_("fingerprint of the edition"), max_length=64)
    authors = models.JSONField(_("accounts that wrote it"), default=list, blank=True)
    cases = models.JSONField(_("golden cases"), default=dict, blank=True)
    effect = models.JSONField(_("effect"), default=dict, blank=True)
    addresses = models.JSONField(_("addresses that changed"), default=list, blank=True)
    calls = models.JSONField(_("calls that took it"), default=list, blank=True)

    class Meta:
        verbose_name = _("publication of an edition")
        verbose_name_plural = _("publications of editions")

    def __str__(self) -> str:
        return f"{self.edition_id} {self.at:%Y-%m-%d}"
