"""A mail of the portal: written with the act that causes it, delivered afterwards."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.notice import Notice
from applications.models.team import Membership
from applications.workflow import NoticeState
from directory.models import User

MAX_ATTEMPTS = 5
MARK_LENGTH = 20  # hexadecimal: 80 bits
# Where the link will stand in a mail; the kept text of a sent mail shows this instead of it.
LINK = "［link］"


class MessageKind(models.TextChoices):
    ACCOUNT = "ACCOUNT", _("Sign-in")
    RECEIPT = "RECEIPT", _("Receipt")
    INVITATION = "INVITATION", _("Invitation")
    REMINDER = "REMINDER", _("Reminder of an invitation")
    PERSONAL = "PERSONAL", _("Link to the own page")
    TEAM = "TEAM", _("News for the team")
    NOTICE = "NOTICE", _("Letter to a funder")
    DECISION = "DECISION", _("Letter to the team")
    DUE = "DUE", _("Reminder of notices that are due")
    TROUBLE = "TROUBLE", _("A mail could not be delivered")


class MessageState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    SENDING = "SENDING", _("Being handed over")
    HANDED_OVER = "HANDED_OVER", _("Handed to the mail server")
    HELD = "HELD", _("Held")
    FAILED = "FAILED", _("Needs a person")
    BOUNCED = "BOUNCED", _("Came back undeliverable")
    DISCARDED = "DISCARDED", _("Discarded")


S = MessageState
UNSENT = frozenset({S.WAITING, S.SENDING})  # the worker's to deal with
TAKEN_BY_THE_SERVER = frozenset({S.HANDED_OVER, S.BOUNCED})
# A link is kept only where the mail may still go out.
KEEPS_LINK = UNSENT | {S.HELD, S.FAILED}


class MessageQuerySet(models.QuerySet["Message"]):
    def unsent(self) -> "MessageQuerySet":
        return self.filter(state__in=UNSENT)

    def due(self, at: datetime) -> "MessageQuerySet":
        """Waiting ones whose time has come, and those of a worker that vanished: its lease is over."""
        return self.unsent().filter(available_at__lte=at)

    def of_staff(self, user: User) -> "MessageQuerySet":
        """What staff see: mail of their own agency's applications; sign-in mail is of none, for superusers."""
        if user.is_superuser:
            return self
        return self.filter(application__in=Application.objects.of_staff(user))

    def to_funders(self) -> "MessageQuerySet":
        return self.filter(kind=MessageKind.NOTICE)


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
    # The letter's duty, for mail to funders and only for it.
    notice = models.ForeignKey(
        Notice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("notice"),
    )
    recipient = models.EmailField(_("recipient"))
    sender_name = models.CharField(_("shown as sender"), max_length=200, blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    # The link that the text's LINK stands for. It opens a page, so it is erased once handed over.
    secret = models.CharField(max_length=300, blank=True, editable=False)
    # Who caused the mail, and so is told where it cannot be delivered.
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("caused by")
    )
    asked_by_member = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("caused by the member"),
    )
    state = models.CharField(
        _("state"), max_length=11, choices=MessageState, default=MessageState.WAITING
    )
    created_at = models.DateTimeField(_("created at"))
    available_at = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("of no use after"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    handed_over_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    reply_code = models.PositiveSmallIntegerField(
        _("the mail server's code"), null=True, blank=True
    )
    error = models.TextField(_("what went wrong"), blank=True)
    reason = models.TextField(_("why staff held or discarded it"), blank=True)
    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MessageState.values), name="message_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["HANDED_OVER", "BOUNCED"], handed_over_at__isnull=False)
                | (~Q(state__in=["HANDED_OVER", "BOUNCED"]) & Q(handed_over_at__isnull=True)),
                name="message_handed_over_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "SENDING", "HELD", "FAILED"]) | Q(secret=""),
                name="message_keeps_its_link_only_while_it_may_go_out",
            ),
            models.CheckConstraint(
                condition=~Q(state="DISCARDED") | ~Q(reason=""), name="message_discarded_says_why"
            ),
            models.CheckConstraint(
                condition=Q(kind="NOTICE", notice__isnull=False)
                | (~Q(kind="NOTICE") & Q(notice__isnull=True)),
                name="message_to_a_funder_has_its_notice_and_no_other_has",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | Q(asked_by_member__isnull=True),
                name="message_is_caused_by_one_actor_at_most",
            ),
        ]
        indexes = [
            models.Index(
                fields=["available_at"],
                condition=Q(state__in=["WAITING", "SENDING"]),
                name="message_unsent_by_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def to_funder(self) -> bool:
        """Whether it goes to a funder, and so never goes out twice without a person's word."""
        return self.kind == MessageKind.NOTICE

    @property
    def local_id(self) -> str:
        """What stands before the @ of its Message-ID: the key, and a mark that only this portal makes.

        Whoever guesses a key cannot make a report that the mail came back.
        """
        mark = salted_hmac("applications.outbox.message_id", self.dedupe_key).hexdigest()
        return f"{self.dedupe_key.replace(':', '.')}.{mark[:MARK_LENGTH]}"

    def stopped_by_staff(self, notice_state: str) -> bool:
        """Whether staff stopped this letter before it left; ``notice_state`` is its notice's.

        Only what waits can be held by staff. What the worker holds may have left, and bears no
        reason of staff; where they discard that, the doubt stays, and with it the notice stays held.
        """
        if not self.reason:
            return False
        if self.state == MessageState.HELD:
            return True
        return self.state == MessageState.DISCARDED and notice_state == NoticeState.FAILED


class MailGate(models.Model):
    """The hold switch of all mail: open for one database, held in any copy of it until a person looks.

    One row. A database restored from a backup is another database, whose outbox may hold mail
    that left long ago; it says so by its identity.
    """

    identity = models.CharField(_("database"), max_length=100)
    held_at = models.DateTimeField(_("held since"), null=True, blank=True)
    changed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("hold switch of mail")
        verbose_name_plural = _("hold switch of mail")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="mail_gate_is_one_row"),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | ~Q(reason=""), name="mail_held_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.identity
