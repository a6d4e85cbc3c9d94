"""A mail of the portal: written with the act that causes it, delivered afterwards."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application

MAX_ATTEMPTS = 5
# Where the link will stand in a mail; the kept text of a sent mail shows this instead of it.
LINK = "［link］"


class MessageKind(models.TextChoices):
    ACCOUNT = "ACCOUNT", _("Sign-in")
    RECEIPT = "RECEIPT", _("Receipt")
    INVITATION = "INVITATION", _("Invitation")
    REMINDER = "REMINDER", _("Reminder of an invitation")
    PERSONAL = "PERSONAL", _("Link to the own page")
    TEAM = "TEAM", _("News for the team")


class MessageState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    HANDED_OVER = "HANDED_OVER", _("Handed to the mail server")
    FAILED = "FAILED", _("Needs a person")
    BOUNCED = "BOUNCED", _("Came back undeliverable")


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, at: datetime) -> "MessageQuerySet":
        return self.filter(state=MessageState.WAITING, available_at__lte=at)


class Message(models.Model):
    """One mail to one recipient. ``dedupe_key`` makes writing it twice harmless."""

    dedupe_key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind)
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("application"),
    )
    recipient = models.EmailField(_("recipient"))
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    # The link that the text's LINK stands for. It opens a page, so it is erased once handed over.
    secret = models.CharField(max_length=300, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=11, choices=MessageState, default=MessageState.WAITING
    )
    created_at = models.DateTimeField(_("created at"))
    available_at = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    handed_over_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["HANDED_OVER", "BOUNCED"], handed_over_at__isnull=False)
                | (~Q(state__in=["HANDED_OVER", "BOUNCED"]) & Q(handed_over_at__isnull=True)),
                name="message_handed_over_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING") | Q(secret=""),
                name="message_keeps_its_link_only_while_it_waits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["available_at"],
                condition=Q(state="WAITING"),
                name="message_waiting_by_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
