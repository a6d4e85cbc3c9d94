"""The record: attestations, events, frozen versions, and the files that prove something."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application, ReliedGrant
from applications.models.team import Membership
from applications.rules.facts import Attestation as Answer
from applications.workflow import Act, Status
from directory.models import ConditionCode, Researcher, User


class Happening(models.TextChoices):
    """What is recorded beside the acts of the transition table."""

    CREATED = "CREATED", _("Application begun")
    COPIED = "COPIED", _("Copied from another call")
    PERSON_ADDED = "PERSON_ADDED", _("Person added")
    PERSON_REMOVED = "PERSON_REMOVED", _("Person removed")
    GRANT_ADDED = "GRANT_ADDED", _("Grant added")
    GRANT_REMOVED = "GRANT_REMOVED", _("Grant removed")
    CONFIRMED_ON_BEHALF = "CONFIRMED_ON_BEHALF", _("Partner's confirmation recorded on behalf")
    CONFIRMATION_LAPSED = (
        "CONFIRMATION_LAPSED",
        _("Partner's confirmation lapsed: it was given for other facts"),
    )
    ATTESTED = "ATTESTED", _("Condition answered")
    ATTESTED_ON_BEHALF = "ATTESTED_ON_BEHALF", _("Condition answered on behalf")
    ATTESTATION_LAPSED = (
        "ATTESTATION_LAPSED",
        _("Answer to a condition lapsed: it was given for other facts"),
    )
    INVITED = "INVITED", _("Invited by e-mail")
    REMINDED = "REMINDED", _("Reminded of the invitation")
    INVITATION_CANCELLED = "INVITATION_CANCELLED", _("Invitation cancelled")
    ADDRESS_CORRECTED = "ADDRESS_CORRECTED", _("E-mail address corrected")
    CONFIRMED = "CONFIRMED", _("Confirmed by the person")
    DECLINED = "DECLINED", _("Declined by the person")
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN", _("Consent withdrawn by the person")
    CLAIMED = "CLAIMED", _("Invitation answered from another account")
    CLAIM_APPROVED = "CLAIM_APPROVED", _("Answer from another account approved")
    CLAIM_REFUSED = "CLAIM_REFUSED", _("Answer from another account refused")
    PERSON_CORRECTED = "PERSON_CORRECTED", _("Own particulars corrected")
    GRANT_CORRECTED = "GRANT_CORRECTED", _("Own grant corrected")
    FORGOTTEN = "FORGOTTEN", _("The person asked to be forgotten")
    MAIL_BOUNCED = "MAIL_BOUNCED", _("A mail came back undeliverable")
    LEAD_HANDED_OVER = "LEAD_HANDED_OVER", _("The lead was handed over")
    NOTICE_RECORDED = "NOTICE_RECORDED", _("Notice recorded as done")
    NOTICE_NOT_SENT = "NOTICE_NOT_SENT", _("Notice not sent, by choice")
    NOTICE_EDITED = "NOTICE_EDITED", _("Notice edited")
    NOTICE_RELEASED = "NOTICE_RELEASED", _("Letter released by the grant holder")
    NOTICE_HANDED_OVER = "NOTICE_HANDED_OVER", _("Letter handed to the mail server")
    NOTICE_ACKNOWLEDGED = "NOTICE_ACKNOWLEDGED", _("Letter acknowledged by the funder")
    NOTICE_FAILED = "NOTICE_FAILED", _("Letter could not be sent")
    NOTICE_HELD = "NOTICE_HELD", _("Letter held")
    NOTICE_BOUNCED = "NOTICE_BOUNCED", _("Letter came back undeliverable")
    NOTICE_REMINDED = "NOTICE_REMINDED", _("Holder reminded of notices")
    FOLLOW_UP_PREPARED = "FOLLOW_UP_PREPARED", _("Follow-up letter prepared")
    REMINDERS_STOPPED = "REMINDERS_STOPPED", _("The person wants no reminders")
    REMINDERS_WANTED = "REMINDERS_WANTED", _("The person wants reminders again")
    MAIL_HELD = "MAIL_HELD", _("Mail held by staff")
    MAIL_RELEASED = "MAIL_RELEASED", _("Mail released by staff")
    MAIL_DISCARDED = "MAIL_DISCARDED", _("Mail discarded by staff")
    MAIL_OVERTAKEN = "MAIL_OVERTAKEN", _("Mail discarded: a later step has overtaken it")
    ASSIGNED = "ASSIGNED", _("Assigned to a colleague")
    INTERNAL_NOTE = "INTERNAL_NOTE", _("Internal note written")
    TEAM_LETTER_EDITED = "TEAM_LETTER_EDITED", _("Words of the letter to the team changed")
    TEAM_LETTER_RELEASED = "TEAM_LETTER_RELEASED", _("Letter to the team released")
    TEAM_LETTER_DROPPED = "TEAM_LETTER_DROPPED", _("Letter to the team dropped")
    PERSON_ERASED = "PERSON_ERASED", _("Data of a person erased")
    ERAD_RECORDED = "ERAD_RECORDED", _("e-Rad status recorded")


def random_name(proof: "Proof", filename: str) -> str:
    """Return a stored name that owes nothing to the uploader's."""
    import secrets

    return f"proofs/{secrets.token_hex(16)}"


class Proof(models.Model):
    """An uploaded copy (PDF, .eml, text or picture) that shows something was said or sent."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="proofs", verbose_name=_("application")
    )
    file = models.FileField(_("file"), upload_to=random_name, max_length=100)
    name = models.CharField(_("file name"), max_length=120)
    kind = models.CharField(
        _("type"),
        max_length=4,
        choices=[
            ("pdf", "PDF"),
            ("eml", ".eml"),
            ("txt", ".txt"),
            ("png", "PNG"),
            ("jpg", "JPEG"),
        ],
    )
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")

    def __str__(self) -> str:
        return self.name


class Attestation(models.Model):
    """What a holder answered about one condition of one grant; recorded on behalf only with reason and copy."""

    relied = models.ForeignKey(
        ReliedGrant, models.PROTECT, related_name="attestations", verbose_name=_("grant relied on")
    )
    code = models.CharField(_("condition"), max_length=20, choices=ConditionCode)
    answer = models.CharField(
        _("answer"),
        max_length=8,
        choices=[(Answer.GIVEN.value, _("Given")), (Answer.DECLINED.value, _("Declined"))],
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    on_behalf = models.BooleanField(_("on behalf"), default=False)
    reason = models.TextField(_("reason"), blank=True)
    proof = models.ForeignKey(
        Proof, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proof")
    )

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        constraints = [
            models.UniqueConstraint(
                fields=["relied", "code"], name="attestation_is_one_per_grant_and_condition"
            ),
            models.CheckConstraint(
                condition=Q(on_behalf=False) | (~Q(reason="") & Q(proof__isnull=False)),
                name="attestation_on_behalf_has_a_reason_and_a_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relied_id} {self.code} {self.answer}"


class Event(models.Model):
    """One act, append only: who, when, from which state to which, and why."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="events", verbose_name=_("application")
    )
    act = models.CharField(_("act"), max_length=30, choices=[*Act.choices, *Happening.choices])
    from_state = models.CharField(_("from state"), max_length=12, choices=Status, blank=True)
    to_state = models.CharField(_("to state"), max_length=12, choices=Status, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("member"),
    )
    by_system = models.BooleanField(_("by the system"), default=False)
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, membership__isnull=True, by_system=False)
                | Q(user__isnull=True, membership__isnull=False, by_system=False)
                | Q(user__isnull=True, membership__isnull=True, by_system=True),
                name="event_has_exactly_one_actor",
            )
        ]
        indexes = [
            models.Index(models.F("at").desc(), models.F("id").desc(), name="event_newest_first")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.act} {self.at:%Y-%m-%d %H:%M}"


class Version(models.Model):
    """What was submitted, frozen. Speaks of people by pseudonym; its hash never changes."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="versions", verbose_name=_("application")
    )
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField(_("content"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    web_clock = models.DateTimeField(_("web clock"))
    database_clock = models.DateTimeField(_("database clock"))
    by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("submitted by")
    )

    class Meta:
        verbose_name = _("submitted version")
        verbose_name_plural = _("submitted versions")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="version_number_is_unique_in_application"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} v{self.number}"


class VersionPerson(models.Model):
    """Names and addresses of a version, kept beside the hashed content so that they can be erased."""

    version = models.ForeignKey(
        Version, models.PROTECT, related_name="people", verbose_name=_("version")
    )
    pseudonym = models.CharField(_("pseudonym"), max_length=12)
    researcher = models.ForeignKey(
        Researcher, models.SET_NULL, null=True, related_name="+", verbose_name=_("researcher")
    )
    values = models.JSONField(_("names and addresses"), default=dict)

    class Meta:
        verbose_name = _("person of a version")
        verbose_name_plural = _("people of a version")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "pseudonym"], name="version_pseudonym_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.pseudonym
