"""Accounts: for superusers alone, and never with a password or its hash."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from directory.admin.site import Scoped, Window
from directory.models import User


@admin.register(User)
class UserAdmin(Scoped):
    list_display = ("email", "name", "staff_agency", "staff_role", "is_superuser", "is_active")
    list_filter = ("staff_agency", "staff_role", "is_superuser", "is_active")
    search_fields = ("email", "name")
    search_help_text = _("Address or name")
    ordering = ("email",)
    # A staff role is given and taken on its own page: with a reason, on record, never one's own.
    readonly_fields = ("staff_agency", "staff_role", "date_joined", "last_login")

    def get_fieldsets(self, request, obj=None):
        own = ("email", "name", "language", "time_zone", "is_active", "is_superuser")
        where = format_html(
            '{} <a href="{}">{}</a>',
            _("Given, changed and taken on the page of staff roles: with a reason, on record."),
            reverse("applications:staff_role_change"),
            _("Change a staff role"),
        )
        role = {"fields": ("staff_agency", "staff_role"), "description": where}
        seen = ("date_joined", "last_login") if obj else ()
        return [(None, {"fields": own + seen}), (_("Staff role"), role)]

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_change_permission = has_view_permission

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return False  # accounts are closed, not deleted: events name them

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()  # people sign in with a mailed code
        super().save_model(request, obj, form, change)


# Keys, tokens and session ids open accounts: no page shows them. Groups give nobody anything here.
admin.site.unregister(
    [Authenticator, EmailAddress, Group, SocialAccount, SocialApp, SocialToken, UserSession]
)


class ForSuperusers(Window):
    """A window that superusers alone look through."""

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser


@admin.register(EmailAddress)
class EmailAddressAdmin(ForSuperusers):
    """Addresses of accounts, to look at: their owners add, prove and remove them."""

    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email", "user__email")
    search_help_text = _("Address of the account")
    ordering = ("email", "pk")
    fields = ("user", "email", "primary", "verified")


@admin.register(Authenticator)
class AuthenticatorAdmin(ForSuperusers):
    """Second factors without their secrets: a superuser removes that of somebody who lost it."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email",)
    search_help_text = _("Address of the account")
    fields = ("user", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser
