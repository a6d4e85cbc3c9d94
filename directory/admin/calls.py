"""Calls and their research areas; each agency's staff see and edit their own agency's."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from directory.admin.mending import SaysHowToMend, slips_of_a_call
from directory.admin.site import Kept
from directory.models import Call, CallArea, Edition

# What a call obliges its teams to, and which it is: an approver changes the first on pages of the
# portal, with a reason that teams read; nobody changes the second.
SETTLED = ("code", "owner", "opens_at", "closes_at", "reference_on", "edition", "is_practice")


class CallForm(SaysHowToMend, forms.ModelForm):
    """A new call begins under a published edition of its own agency's list."""

    def clean(self):
        found = super().clean()
        edition, owner = found.get("edition"), found.get("owner")
        if edition and owner and edition.owner != owner:
            self.add_error("edition", _("This is the other agency's list."))
        return found

    def slips(self, given):
        return slips_of_a_call(given)


class CallAreaInline(admin.TabularInline):
    model = CallArea
    extra = 0
    ordering = ("position",)


@admin.register(Call)
class CallAdmin(Kept):
    form = CallForm
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
            published = Edition.objects.published()
            if not request.user.is_superuser:
                published = published.of(request.user.staff_agency)
            kwargs["queryset"] = published.newest_first()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        shown = tuple(super().get_readonly_fields(request, obj))
        return shown if obj is None else tuple(dict.fromkeys((*shown, *SETTLED)))
