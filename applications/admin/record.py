"""Windows on the record: events, frozen versions with their people, and files that prove something."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.admin.windows import FoldedSearch, OwnCallFilter, OwnWindow, RowsWithin
from applications.models import Event, Proof, Version, VersionPerson


@admin.register(Event)
class EventAdmin(FoldedSearch, OwnWindow):
    list_display = ("at", "application", "act", "from_state", "to_state")
    list_filter = (("at", admin.DateFieldListFilter), "act")
    list_select_related = ("application",)
    search_fields = ("application__search_text__contains",)
    search_help_text = _("Title, name or receipt number")
    ordering = ("-at", "-pk")


class VersionPeopleWithin(RowsWithin):
    model = VersionPerson
    fields = ("pseudonym", "researcher", "values")
    readonly_fields = fields


@admin.register(Version)
class VersionAdmin(OwnWindow):
    """What was submitted: its fingerprint and clocks; the content is read on the evidence page."""

    lists_people = True
    list_display = ("application", "number", "database_clock", "by", "sha256")
    list_filter = (
        ("application__call", OwnCallFilter),
        ("database_clock", admin.DateFieldListFilter),
    )
    list_select_related = ("application", "by")
    search_fields = ("application__receipt", "sha256")
    search_help_text = _("Receipt number or fingerprint")
    ordering = ("-pk",)
    fields = ("application", "number", "sha256", "web_clock", "database_clock", "by")
    inlines = (VersionPeopleWithin,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return super().get_queryset(request).defer("content")


@admin.register(Proof)
class ProofAdmin(OwnWindow):
    """What was uploaded, without the file: that is read on the application's page."""

    list_display = ("name", "application", "kind", "size", "uploaded_at")
    list_filter = ("kind", ("uploaded_at", admin.DateFieldListFilter))
    list_select_related = ("application",)
    search_fields = ("name", "application__receipt")
    search_help_text = _("File name or receipt number")
    ordering = ("-pk",)
    fields = ("application", "name", "kind", "size", "sha256", "uploaded_at", "uploaded_by")
