"""Windows on applications, the grants they rely on, and their duties to tell funders."""

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.admin.windows import FoldedSearch, OwnCallFilter, OwnWindow, RowsWithin
from applications.models import Application, Attestation, Notice, ReliedGrant
from directory.models import User


@admin.register(Application)
class ApplicationAdmin(FoldedSearch, OwnWindow):
    list_display = ("__str__", "call", "status", "title_en", "title_ja", "changed_at")
    list_filter = (("call", OwnCallFilter), "status", ("changed_at", admin.DateFieldListFilter))
    list_select_related = ("call",)
    search_fields = ("search_text__contains",)
    search_help_text = _("Title, name or receipt number")
    ordering = ("-changed_at", "-pk")
    to_application = ""
    fieldsets = (
        (None, {"fields": ("receipt", "call", "team", "status", "assigned_to")}),
        (
            _("Project"),
            {
                "fields": (
                    *("title_ja", "title_en", "abstract_en", "field", "area", "years"),
                    *("budget_jpy", "explanation"),
                )
            },
        ),
        (
            _("Submission"),
            {
                "fields": (
                    *("submitted_at", "submitted_by", "version", "edition", "reference_on"),
                    *("erad_status", "erad_number"),
                )
            },
        ),
        (_("Correction"), {"fields": ("return_reason", "returned_until")}),
        (_("Record"), {"fields": ("created_at", "changed_at")}),
    )

    def own_rows(self, found: QuerySet, user: User) -> QuerySet:
        return found.filter(call__owner=user.staff_agency)

    def view_on_site(self, row: Application) -> str:
        """The staff page of the application, where it is acted on."""
        return reverse("applications:staff_application", args=[row.pk])


class AttestationsWithin(RowsWithin):
    model = Attestation
    fields = ("code", "answer", "at", "by", "on_behalf", "reason")
    readonly_fields = fields


@admin.register(ReliedGrant)
class ReliedGrantAdmin(OwnWindow):
    """Which application relies on which grant, with the answers to the grant's conditions."""

    list_display = ("application", "grant", "added_at", "removed_at")
    list_filter = (("application__call", OwnCallFilter), ("added_at", admin.DateFieldListFilter))
    list_select_related = ("application", "grant")
    search_fields = ("application__receipt", "grant__reference", "grant__key")
    search_help_text = _("Receipt number or grant number")
    ordering = ("-pk",)
    inlines = (AttestationsWithin,)


@admin.register(Notice)
class NoticeAdmin(OwnWindow):
    list_display = ("application", "agency", "body", "strength", "state", "due_on")
    list_filter = ("state", "strength", ("due_on", admin.DateFieldListFilter))
    list_select_related = ("application", "agency", "body")
    search_fields = ("application__receipt", "agency__acronym", "body__acronym")
    search_help_text = _("Receipt number or funder")
    ordering = ("-pk",)
