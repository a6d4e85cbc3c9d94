"""Accounts: for superusers alone, and never with a password or its hash."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin

from directory.admin.site import Scoped, Window
from directory.models import User


@admin.register(User)
class UserAdmin(Scoped):
    list_display = ("email", "name", "staff_agency", "staff_role", "is_superuser", "is_active")
    list_filter = ("staff_agency", "staff_role", "is_superuser", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = (
        *("email", "name", "language", "time_zone", "is_active"),
        *("staff_agency", "staff_role", "is_superuser", "date_joined", "last_login"),
    )
    readonly_fields = ("date_joined", "last_login")

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


# Keys, tokens and session ids open accounts: no page shows them.
admin.site.unregister([Authenticator, SocialAccount, SocialApp, SocialToken, UserSession])


@admin.register(Authenticator)
class AuthenticatorAdmin(Window):
    """Second factors without their secrets: a superuser removes that of somebody who lost it."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_delete_permission = has_view_permission
