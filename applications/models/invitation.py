"""Invitations to a team, and the links that open a page without an account; only digests of links are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.message import Message, MessageState
from applications.models.team import Membership
from directory.models import Agency, User

INVITATION_LASTS = timedelta(days=14)
PERSONAL_LINK_LASTS = timedelta(days=400)
REMINDER_AFTER = timedelta(hours=72)  # per address, whoever invites
MOST_OPEN = 20  # open invitations of one team


def new_token() -> str:
    """Return the secret of a link: 256 bits, to be mailed once and never stored."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return what is stored of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationEnd(models.TextChoices):
    """How an invitation ended; an open one has not ended, though its time may be over."""

    CONFIRMED = "CONFIRMED", _("Confirmed")
    DECLINED = "DECLINED", _("Declined")
    CANCELLED = "CANCELLED", _("Cancelled")
    REPLACED = "REPLACED", _("Replaced by a newer one")
    FORGOTTEN = "FORGOTTEN", _("The person asked to be forgotten")


class InvitationState(models.TextChoices):
    """What the inviter sees. Nobody can know that a mail was delivered or read."""

    WAITING = "WAITING", _("Waiting to be sent")
    HANDED_OVER = "HANDED_OVER", _("Handed to the mail server")
    FAILED = "FAILED", _("Could not be sent")
    BOUNCED = "BOUNCED", _("Came back undeliverable")
    OPENED = "OPENED", _("Page opened")
    CLAIMED = "CLAIMED", _("Answered from another account: the lead decides")
    EXPIRED = "EXPIRED", _("Expired")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    DECLINED = "DECLINED", _("Declined")
    CANCELLED = "CANCELLED", _("Cancelled")
    REPLACED = "REPLACED", _("Replaced by a newer one")
    FORGOTTEN = "FORGOTTEN", _("The person asked to be forgotten")


# What the inviter sees of an open invitation's mail. Staff who discard it leave it unsent.
STATE_OF_MAIL = {
    MessageState.WAITING: InvitationState.WAITING,
    MessageState.SENDING: InvitationState.WAITING,
    MessageState.HELD: InvitationState.WAITING,
    MessageState.HANDED_OVER: InvitationState.HANDED_OVER,
    MessageState.FAILED: InvitationState.FAILED,
    MessageState.DISCARDED: InvitationState.FAILED,
    MessageState.BOUNCED: InvitationState.BOUNCED,
}


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Not answered, cancelled or replaced; possibly past their time."""
        return self.filter(ended_how="")

    def open_at(self, moment: datetime) -> "InvitationQuerySet":
        return self.open().filter(expires_at__gt=moment)

    def waiting_for(self, user: User, moment: datetime) -> "InvitationQuerySet":
        """Open ones to an address that ``user`` has proved to own, in whatever case it was typed.

        An address merely claimed shows nothing: who invites whom is nobody else's business.
        """
        proved = EmailAddress.objects.filter(user=user, verified=True)
        return (
            self.open_at(moment)
            .filter(membership__removed_at__isnull=True)
            .annotate(folded=Lower("email"))
            .filter(folded__in=proved.annotate(folded=Lower("email")).values("folded"))
        )

    def with_token(self, token: str) -> "InvitationQuerySet":
        return self.filter(token_digest=token_digest(token))


class Invitation(models.Model):
    """One mailed link that asks one member to confirm. It acts once; a newer one replaces it."""

    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="invitations", verbose_name=_("member")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="invitations", verbose_name=_("application")
    )
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language of the mail"), max_length=5)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("funder, as far as the inviter knows"),
    )
    is_reminder = models.BooleanField(_("reminder"), default=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, related_name="+", verbose_name=_("mail")
    )
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    expires_at = models.DateTimeField(_("expires at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    claimed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered from the account"),
    )
    claimed_at = models.DateTimeField(_("answered from it at"), null=True, blank=True)
    ended_how = models.CharField(_("ended how"), max_length=9, choices=InvitationEnd, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(ended_how=""),
                name="member_has_one_open_invitation",
            ),
            models.CheckConstraint(
                condition=Q(ended_how="", ended_at__isnull=True)
                | (Q(ended_how__in=InvitationEnd.values) & Q(ended_at__isnull=False)),
                name="invitation_ended_how_and_when_come_together",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="invitation_claimed_by_whom_and_when_come_together",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="invitation_expires_after_it_was_made",
            ),
        ]
        indexes = [models.Index(fields=["application", "membership"], name="invitation_of_member")]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.ended_how or 'open'}"

    def state_at(self, moment: datetime) -> InvitationState:
        """Say where the invitation stands; ``message`` must be loaded with it."""
        if self.ended_how:
            return InvitationState(self.ended_how)
        if self.expires_at <= moment:
            return InvitationState.EXPIRED
        if self.claimed_by_id:
            return InvitationState.CLAIMED
        if self.opened_at:
            return InvitationState.OPENED
        return STATE_OF_MAIL[MessageState(self.message.state if self.message else "WAITING")]


class PersonalLink(models.Model):
    """A mailed link that opens a member's own page: what was confirmed, own notices, consent."""

    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="links", verbose_name=_("member")
    )
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("personal link")
        verbose_name_plural = _("personal links")

    def __str__(self) -> str:
        return str(self.membership_id)


class ForgottenAddress(models.Model):
    """The keyed digest of an address whose owner asked to be forgotten: it is not written to again."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("forgotten address")
        verbose_name_plural = _("forgotten addresses")

    def __str__(self) -> str:
        return self.digest[:8]
