"""Calls and their research areas; each agency's staff see and edit their own agency's."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from directory.admin.editions import editions_of
from directory.admin.site import Kept
from directory.models import Call, CallArea


class CallAreaInline(admin.TabularInline):
    model = CallArea
    extra = 0
    ordering = ("position",)


@admin.register(Call)
class CallAdmin(Kept):
    list_display = ("code", "title_en", "title_ja", "opens_at", "closes_at", "is_practice")
    list_filter = ("owner", "is_practice")
    search_fields = ("code", "title_en", "title_ja")
    search_help_text = _("Code or title")
    show_facets = admin.ShowFacets.ALWAYS
    ordering = ("-closes_at", "-pk")
    date_hierarchy = "closes_at"
    inlines = (CallAreaInline,)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=Call.objects.visible_to(request.user))

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "owner" and not request.user.is_superuser:
            own = request.user.staff_agency
            kwargs["choices"] = [one for one in db_field.choices if one[0] == own]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "edition":
            kwargs["queryset"] = editions_of(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
