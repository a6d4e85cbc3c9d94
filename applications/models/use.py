"""Who of the staff looked at personal pages or took data out, when, and why; append only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from directory.models import OwningAgency, User


class DataUseKind(models.TextChoices):
    READ = "READ", _("Page with personal data opened")
    EXPORT = "EXPORT", _("Export downloaded")
    EVIDENCE = "EVIDENCE", _("Evidence opened or downloaded")


class DataUse(models.Model):
    """One reading or export of personal data by staff.

    ``rows`` of an export are counted up to a cap before it leaves: one more stands for all above.

    An export whose filter is ``corrects=NUMBER`` is the note that the file of that other one came
    out with ``rows`` rows; it has no columns and took nothing out.
    """

    CORRECTS = "corrects"

    kind = models.CharField(_("kind"), max_length=8, choices=DataUseKind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    agency = models.CharField(_("staff of"), max_length=4, choices=OwningAgency, blank=True)
    at = models.DateTimeField(_("at"))
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("application"),
    )
    name = models.CharField(_("page or export"), max_length=40)
    filters = models.TextField(_("filter"), blank=True)
    columns = models.TextField(_("columns"), blank=True)
    personal = models.BooleanField(_("with personal columns"), default=False)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("use of data by staff")
        verbose_name_plural = _("uses of data by staff")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="EXPORT", personal=True) | ~Q(reason=""),
                name="export_with_personal_columns_says_why",
            )
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="data_use_newest_first")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.at:%Y-%m-%d %H:%M}"
