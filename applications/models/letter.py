"""Letters to funders: the texts staff keep, and each letter as it was released."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.message import Message
from applications.models.notice import Notice
from applications.models.team import Membership
from applications.workflow import LetterOccasion
from directory.models import Agency, OwningAgency, User


class LetterTemplate(models.Model):
    """One version of the words of a letter, for one agency's calls; the highest number is in use.

    Where there is none, the shipped words stand (``letters.words``). A version is never changed:
    a letter that was released names the version it was made from.
    """

    owner = models.CharField(_("agency"), max_length=4, choices=OwningAgency)
    occasion = models.CharField(_("occasion"), max_length=17, choices=LetterOccasion)
    body = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only for letters to"),
        help_text=_("Empty: for every body that has no words of its own."),
    )
    number = models.PositiveIntegerField(_("version"))
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    subject_ja = models.CharField(_("subject in Japanese"), max_length=300)
    text_ja = models.TextField(_("Japanese reading copy"))
    withdrawn = models.BooleanField(
        _("back to the shipped words"), default=False, help_text=_("The shipped words stand again.")
    )
    reason = models.TextField(_("reason for the change"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("words of a letter")
        verbose_name_plural = _("words of letters")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "occasion", "number"],
                condition=Q(body__isnull=True),
                name="letter_template_version_is_unique",
            ),
            models.UniqueConstraint(
                fields=["owner", "occasion", "body", "number"],
                condition=Q(body__isnull=False),
                name="letter_template_version_is_unique_for_a_body",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="letter_template_version_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.occasion} {self.body or '*'} {self.number}"


class ReleasedLetter(models.Model):
    """One letter as its holder released it: the message, the words it was made from, the funder's answer."""

    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="letters", verbose_name=_("notice")
    )
    message = models.OneToOneField(
        Message, models.PROTECT, related_name="letter", verbose_name=_("message")
    )
    template_version = models.CharField(_("made from"), max_length=60)
    edited = models.BooleanField(_("changed by the holder"), default=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    released_at = models.DateTimeField(_("released at"))
    released_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by")
    )
    released_by_member = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by the member"),
    )
    expires_at = models.DateTimeField(_("may be acknowledged until"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    note = models.TextField(_("note from the funder"), blank=True)

    class Meta:
        verbose_name = _("released letter")
        verbose_name_plural = _("released letters")
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by__isnull=False, released_by_member__isnull=True)
                | Q(released_by__isnull=True, released_by_member__isnull=False),
                name="letter_is_released_by_exactly_one_actor",
            ),
            models.CheckConstraint(
                condition=Q(note="") | Q(acknowledged_at__isnull=False),
                name="letter_with_a_note_is_acknowledged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.released_at:%Y-%m-%d %H:%M}"
