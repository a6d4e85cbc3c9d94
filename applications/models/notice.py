"""A duty to tell a funder, and the record of what was done about it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.evidence import Proof
from applications.models.team import Membership
from applications.workflow import FollowUpOccasion, NoticeState
from directory.models import Agency, Grant, Strength, Trigger, User


class Channel(models.TextChoices):
    PORTAL = "PORTAL", _("This portal, released by the grant holder")
    EMAIL = "EMAIL", _("E-mail")
    PORTAL_OF_FUNDER = "PORTAL_OF_FUNDER", _("The funder's own system")
    TELEPHONE = "TELEPHONE", _("Telephone")
    MEETING = "MEETING", _("Meeting")
    LETTER = "LETTER", _("Letter")


class Notice(models.Model):
    """One row of the ledger: (application, holder, body), and per grant where its own officer is told.

    A follow-up row ``follows`` the notice that was given: nobody asks for it, but a body that was
    told of an application deserves to hear that it is over (product.md 7).
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="notices", verbose_name=_("application")
    )
    holder = models.ForeignKey(
        Membership, models.PROTECT, related_name="notices", verbose_name=_("holder")
    )
    body = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", verbose_name=_("body to be told")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    grant = models.ForeignKey(
        Grant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("grant")
    )
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name=_("follows the notice"),
    )
    occasion = models.CharField(
        _("occasion of the follow-up"), max_length=11, choices=FollowUpOccasion, blank=True
    )
    strength = models.CharField(_("strength"), max_length=12, choices=Strength)
    trigger = models.CharField(_("trigger"), max_length=16, choices=Trigger, blank=True)
    state = models.CharField(_("state"), max_length=18, choices=NoticeState)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    recipient_name = models.CharField(_("recipient"), max_length=200, blank=True)
    recipient_email = models.EmailField(_("recipient's e-mail"), blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True, help_text=_("Empty: the prepared draft."))
    channel = models.CharField(_("channel"), max_length=16, choices=Channel, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    done_by_member = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by the member"),
    )
    done_to = models.CharField(_("told to"), max_length=200, blank=True)
    on_behalf = models.BooleanField(_("on behalf"), default=False)
    reason = models.TextField(_("reason"), blank=True)
    proof = models.ForeignKey(
        Proof, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proof")
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("crossed out at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "holder", "body"],
                condition=Q(grant__isnull=True, follows__isnull=True),
                name="notice_is_one_per_holder_and_body",
            ),
            models.UniqueConstraint(
                fields=["application", "holder", "body", "grant"],
                condition=Q(grant__isnull=False, follows__isnull=True),
                name="notice_is_one_per_holder_body_and_grant",
            ),
            models.UniqueConstraint(fields=["follows"], name="notice_has_one_follow_up"),
            models.CheckConstraint(
                condition=Q(follows__isnull=True, occasion="")
                | (Q(follows__isnull=False) & Q(occasion__in=FollowUpOccasion.values)),
                name="notice_that_follows_says_on_what_occasion",
            ),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True) | Q(done_by_member__isnull=True),
                name="notice_is_done_by_one_actor_at_most",
            ),
            models.CheckConstraint(
                condition=~Q(state="ACKNOWLEDGED") | Q(acknowledged_at__isnull=False),
                name="notice_acknowledged_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=NoticeState.values), name="notice_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="RECORDED") | (Q(done_on__isnull=False) & ~Q(channel="")),
                name="notice_recorded_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=~Q(state="NOT_SENT_BY_CHOICE") | ~Q(reason=""),
                name="notice_not_sent_by_choice_says_why",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf=False) | ~Q(reason=""), name="notice_on_behalf_says_why"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="notice_by_state_and_due_day")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.body}"
