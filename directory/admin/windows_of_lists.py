"""Windows on the published page as it was read, and on changes of what calls oblige to."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from directory.admin.editions import editions_of
from directory.admin.site import Window
from directory.models import Call, CallChange, PublishedNote, PublishedPage


class NotesWithin(admin.TabularInline):
    """The notes of the page that is open, to look at."""

    model = PublishedNote
    fields = ("position", "name", "agency", "participation", "note")
    readonly_fields = fields
    ordering = ("position",)
    extra = 0
    max_num = 0
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("agency")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(PublishedPage)
class PublishedPageAdmin(Window):
    """Pages that were held against an edition which one may read."""

    list_display = ("seen_on", "edition", "rows", "sha256")
    list_select_related = ("edition",)
    search_fields = ("edition__code", "sha256", "notes__name")
    search_help_text = _("Edition, fingerprint or name as published")
    ordering = ("-seen_on", "-pk")
    inlines = (NotesWithin,)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(edition__in=editions_of(request.user))

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        if obj is None or request.user.works_for(obj.edition.owner):
            return fields
        return [one for one in fields if one != "loaded_by"]  # a person of the other agency


@admin.register(CallChange)
class CallChangeAdmin(Window):
    """How deadlines and editions of the own agency's calls were changed, and why."""

    list_display = ("at", "call", "by", "closes_before", "closes_after", "edition_after")
    list_select_related = ("call", "by", "edition_after")
    search_fields = ("call__code", "reason_en", "reason_ja")
    search_help_text = _("Call or reason")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")

    def get_queryset(self, request):
        own = Call.objects.visible_to(request.user)
        return super().get_queryset(request).filter(call__in=own)
