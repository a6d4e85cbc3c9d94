"""Windows on what was done with people's data and with staff's rights: uses, erasures, roles."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.admin.windows import OwnWindow, Recorded
from applications.models import DataUse, ForgottenAddress
from applications.queries.data_uses import uses_seen_by
from applications.queries.erasures import (
    ERASED,
    WITHDRAWN,
    erasures_of_staff,
    requests_of_staff,
    sees_requests,
)
from applications.queries.roles import role_changes_of
from directory.admin.site import Window
from directory.models import Erasure, ErasureRequest, StaffRoleChange, User


@admin.register(DataUse)
class DataUseAdmin(OwnWindow):
    """What staff read and took out: one's own uses; an approver's whole agency."""

    is_recorded = False  # looking at the record is no use of the data
    list_display = ("at", "by", "kind", "application", "personal", "rows", "reason")
    list_filter = ("kind", "personal", ("at", admin.DateFieldListFilter))
    list_select_related = ("by", "application")
    search_fields = ("by__email", "by__name", "reason", "application__receipt")
    search_help_text = _("Colleague, reason or receipt number")
    ordering = ("-at", "-pk")

    def own_rows(self, found: QuerySet[DataUse], user: User) -> QuerySet[DataUse]:
        return found.filter(pk__in=uses_seen_by(user).values("pk"))


class ForApprovers(Window):
    """A window for approvers of the agency that is concerned, and for superusers."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return sees_requests(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return sees_requests(request.user)


@admin.register(ErasureRequest)
class ErasureRequestAdmin(ForApprovers, Recorded):
    """Who asked for erasure, in the teams of the own agency."""

    lists_people = True
    list_display = ("requested_at", "user", "handled_at", "answered")
    fields = ("user", "note", "requested_at", "handled_at", "handled_by", "answered")
    readonly_fields = ("answered",)
    list_filter = (("handled_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    search_help_text = _("Name or address")
    show_facets = admin.ShowFacets.ALWAYS
    date_hierarchy = "requested_at"
    ordering = ("-requested_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErasureRequest]:
        own = requests_of_staff(request.user)
        return super().get_queryset(request).filter(pk__in=own.values("pk"))

    @admin.display(description=_("answer"), ordering="answer")
    def answered(self, asked: ErasureRequest) -> str:
        words = {ERASED: _("Erased"), WITHDRAWN: _("Withdrawn by the person")}
        return str(words.get(asked.answer, asked.answer))


@admin.register(Erasure)
class ErasureAdmin(ForApprovers):
    """What was erased, by pseudonym: by staff of the own agency."""

    list_display = ("at", "subject", "pseudonym", "by", "reason")
    list_select_related = ("by",)
    search_fields = ("subject", "pseudonym")
    search_help_text = _("What was erased, or its pseudonym")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Erasure]:
        own = erasures_of_staff(request.user)
        return super().get_queryset(request).filter(pk__in=own.values("pk"))


@admin.register(StaffRoleChange)
class StaffRoleChangeAdmin(Window):
    """How roles came about, in the own agency; they are changed on the page of staff roles."""

    list_display = ("at", "user", "role_before", "role_after", "by", "reason")
    list_filter = ("role_after",)
    list_select_related = ("user", "by")
    search_fields = ("user__email", "user__name", "reason")
    search_help_text = _("Colleague or reason")
    show_facets = admin.ShowFacets.ALWAYS
    date_hierarchy = "at"
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffRoleChange]:
        own = role_changes_of(request.user)
        return super().get_queryset(request).filter(pk__in=own.values("pk"))


@admin.register(ForgottenAddress)
class ForgottenAddressAdmin(Window):
    """When somebody asked to be forgotten; whose digest it is, no agency knows. For superusers."""

    list_display = ("at",)
    ordering = ("-at", "-pk")
    fields = ("at",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser
