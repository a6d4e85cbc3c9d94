"""What staff add to an application: notes among themselves, and letters to the team."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.workflow import Act
from directory.models import User


class InternalNote(models.Model):
    """A note of staff for staff of the same agency; the team never sees it."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="internal_notes", verbose_name=_("application")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("written at"))
    text = models.TextField(_("note"))

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="internal_note_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.at:%Y-%m-%d}"


class TeamLetter(models.Model):
    """A letter to the team about an act of staff: drafted with the act, read, then released by a person."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="team_letters", verbose_name=_("application")
    )
    act = models.CharField(_("act"), max_length=20, choices=Act)
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    drafted_at = models.DateTimeField(_("drafted at"))
    drafted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    released_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by")
    )
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter to the team")
        verbose_name_plural = _("letters to teams")
        constraints = [
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="team_letter_released_by_whom_and_when_come_together",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(dropped_at__isnull=True),
                name="team_letter_is_released_or_dropped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.act}"
