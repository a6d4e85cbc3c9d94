"""Accounts: signed in by e-mail, some of them staff of one agency."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.addresses import canonical


class OwningAgency(models.TextChoices):
    """The two Japanese agencies that hold calls; each sees its own only."""

    AMED = "AMED", _("AMED")
    JST = "JST", _("JST")


class StaffRole(models.TextChoices):
    VIEWER = "VIEWER", _("Viewer")
    OFFICER = "OFFICER", _("Officer")
    APPROVER = "APPROVER", _("Approver")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=canonical(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=canonical(email or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """An account. ``staff_agency`` and ``staff_role`` are given together or not at all.

    The address is kept in its canonical form, so that one address is never two accounts.
    """

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Tokyo")
    is_active = models.BooleanField(_("active"), default=True)
    staff_agency = models.CharField(
        _("staff of"), max_length=4, choices=OwningAgency, blank=True, default=""
    )
    staff_role = models.CharField(
        _("staff role"), max_length=8, choices=StaffRole, blank=True, default=""
    )
    date_joined = models.DateTimeField(_("joined at"), default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique_in_any_case"),
            models.CheckConstraint(
                condition=Q(staff_agency="", staff_role="")
                | Q(staff_agency__in=OwningAgency.values, staff_role__in=StaffRole.values),
                name="user_staff_agency_and_role_come_together",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Forms of the admin ask for this before they look for a twin."""
        return canonical(username)

    def save(self, *args, **kwargs) -> None:
        self.email = canonical(self.email)
        super().save(*args, **kwargs)

    @property
    def is_staff(self) -> bool:
        """Whether the staff pages and the admin open for this account."""
        return bool(self.is_superuser or self.staff_agency)

    def works_for(self, agency: str) -> bool:
        """Whether this account is of the agency's staff; a superuser is of both."""
        return self.is_superuser or self.staff_agency == agency

    def get_full_name(self) -> str:
        return self.name or self.email

    get_short_name = get_full_name


class StaffRoleChange(models.Model):
    """One giving, changing or taking of a staff role: by an approver, with a reason; append only."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="role_changes", verbose_name=_("account")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("changed by"))
    agency = models.CharField(_("staff of"), max_length=4, choices=OwningAgency)
    role_before = models.CharField(
        _("role before"), max_length=8, choices=StaffRole, blank=True, default=""
    )
    role_after = models.CharField(
        _("role after"), max_length=8, choices=StaffRole, blank=True, default=""
    )
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of a staff role")
        verbose_name_plural = _("changes of staff roles")
        constraints = [
            models.CheckConstraint(
                condition=~Q(user=models.F("by")), name="staff_role_is_never_changed_by_its_owner"
            ),
            models.CheckConstraint(
                condition=~Q(role_before=models.F("role_after")),
                name="staff_role_change_changes_the_role",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="staff_role_change_says_why"),
        ]

    def __str__(self) -> str:
        before, after = self.get_role_before_display(), self.get_role_after_display()
        return f"{self.user} {before or '–'} → {after or '–'}"


class ErasureRequest(models.Model):
    """Somebody with an account asked that their data be erased; staff handle it."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="erasure_requests", verbose_name=_("account")
    )
    note = models.TextField(_("what the person wrote"), blank=True)
    requested_at = models.DateTimeField(_("requested at"))
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)
    handled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handled by")
    )
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(handled_at__isnull=True),
                name="erasure_is_requested_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True, handled_by__isnull=True)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="erasure_handled_by_whom_and_when_come_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {timezone.localdate(self.requested_at)}"


class Erasure(models.Model):
    """One erasure that was carried out. It names nobody: after a restore it is applied again.

    ``subject`` is a table and a number ("Researcher 12"): what was erased, not who it was.
    """

    subject = models.CharField(_("what was erased"), max_length=60)
    pseudonym = models.CharField(_("pseudonym"), max_length=20)
    request = models.ForeignKey(
        ErasureRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="erasures",
        verbose_name=_("request for erasure"),
    )
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("erased by")
    )
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(fields=["subject"], name="erasure_of_one_thing_happens_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="erasure_says_why"),
        ]

    def __str__(self) -> str:
        return self.subject
