"""Teams and the people in them, each with a role and, for partners, a confirmation."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Researcher, User

# No 0 O 1 I: a person reads these letters aloud or copies them by hand.
READABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def readable_code(length: int) -> str:
    """Return random letters that cannot be mistaken for one another (5 bits each)."""
    return "".join(secrets.choice(READABLE) for _position in range(length))


def team_ref() -> str:
    return readable_code(8)


class Role(models.TextChoices):
    LEAD = "LEAD", _("Lead")
    DEPUTY = "DEPUTY", _("Deputy")
    MEMBER = "MEMBER", _("Co-investigator")
    ADMINISTRATOR = "ADMINISTRATOR", _("Research administrator (URA)")
    PARTNER = "PARTNER", _("Partner abroad")


class ConfirmedHow(models.TextChoices):
    SELF = "SELF", _("By the person")
    ON_BEHALF = "ON_BEHALF", _("Recorded on behalf")


class Team(models.Model):
    """People who apply together; ``ref`` is its address and tells nothing."""

    ref = models.CharField(
        _("reference"), max_length=8, unique=True, default=team_ref, editable=False
    )
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    copied_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("copied from"),
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.ref


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        return self.filter(removed_at__isnull=True)

    def partners(self) -> "MembershipQuerySet":
        return self.filter(role=Role.PARTNER)


class Membership(models.Model):
    """One person in one team. Removed people stay on record, crossed out."""

    team = models.ForeignKey(
        Team, models.PROTECT, related_name="memberships", verbose_name=_("team")
    )
    researcher = models.OneToOneField(
        Researcher, models.PROTECT, related_name="membership", verbose_name=_("researcher")
    )
    role = models.CharField(_("role"), max_length=13, choices=Role)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_how = models.CharField(
        _("confirmed how"), max_length=9, choices=ConfirmedHow, blank=True
    )
    confirmed_reason = models.TextField(_("reason"), blank=True)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    # A person's own word: no reminders of notices (invitations are another matter).
    reminders_off_at = models.DateTimeField(_("no reminders since"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    removed_reason = models.TextField(_("reason for the removal"), blank=True)
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_is_known"
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(role="LEAD", removed_at__isnull=True),
                name="team_has_one_lead_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_how="")
                | (Q(confirmed_at__isnull=False) & Q(confirmed_how__in=ConfirmedHow.values)),
                name="membership_confirmed_when_and_how_come_together",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_how="ON_BEHALF")
                | (~Q(confirmed_reason="") & Q(confirmed_by__isnull=False)),
                name="membership_confirmed_on_behalf_says_why_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.researcher} {self.role}"

    def is_of(self, actor: "Actor") -> bool:
        """Whether ``actor`` is this very person: by account, or by this membership's own link.

        Accounts and memberships are numbered apart, so their numbers are never compared.
        """
        if isinstance(actor, Membership):
            return actor.pk == self.pk
        return self.researcher.user_id == actor.pk


# Who acts: somebody signed in, or a member without an account who came by a mailed link.
Actor = User | Membership


def account_of(actor: Actor | None) -> User | None:
    """Return the account behind an act; who came by a mailed link acts without one."""
    return actor if isinstance(actor, User) else None


def member_of(actor: Actor | None) -> Membership | None:
    """Return the member behind an act that was done by a mailed link, without an account."""
    return actor if isinstance(actor, Membership) else None
