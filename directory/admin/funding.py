"""Funders with their programmes and number formats, and the areas they belong to."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from directory.admin.lines import OnePerLine
from directory.admin.mending import SaysHowToMend, slips_of_an_agency
from directory.admin.refusing import RefusedForm, RefusesContradictions
from directory.admin.site import Kept, Scoped
from directory.models import Agency, Country, Edition, GrantFormat, Participation, Programme

EUROPEAN_UNION = "EU"


class GrantFormatForm(forms.ModelForm):
    class Meta:
        field_classes = {"examples": OnePerLine}
        help_texts = {
            "pattern": _(
                "A regular expression that fits the whole number, read in capitals and with single "
                "spaces at most, such as “([A-Z]{2}[0-9]{6})” for RC123456."
            ),
            "examples": _("One number on each line. The pattern must fit each of them."),
        }


class GrantFormatInline(admin.StackedInline):
    """One below the other, so that what each box wants can be read beside it."""

    model = GrantFormat
    form = GrantFormatForm
    extra = 0
    fields = ("position", "pattern", "key", "suggests", "examples")


class NeverDeleted:
    """A published edition never changes: deleting what its rows name would take it out of them."""

    def has_delete_permission(self, request, obj=None):
        return False


class ProgrammeForm(forms.ModelForm):
    """Published rows target a programme by its code: another code would be another rule."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "code" in self.fields:
            self.fields["code"].disabled = True


class ProgrammeInline(NeverDeleted, admin.TabularInline):
    model = Programme
    form = ProgrammeForm
    extra = 0
    fields = ("code", "name_en", "name_ja", "name_own", "to_institutions")


class CountryForm(forms.ModelForm):
    """A list may gain a country: by its code in ISO 3166, or the area that is none."""

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].upper()
        if code != EUROPEAN_UNION and code not in dict(countries):
            words = _(
                "Write the two letters of ISO 3166, such as GB for the United Kingdom, or EU."
            )
            raise ValidationError(words)
        return code


@admin.register(Country)
class CountryAdmin(NeverDeleted, Scoped):
    form = CountryForm
    list_display = ("code", "name_en", "name_ja")
    search_fields = ("code", "name_en", "name_ja")
    search_help_text = _("Code or name")
    ordering = ("code",)

    def get_readonly_fields(self, request, obj=None):
        # It is the key: with another code this would be another country.
        return ("code",) if obj else ()


class AgencyForm(SaysHowToMend, RefusedForm):
    class Meta:
        field_classes = {"aliases": OnePerLine}
        help_texts = {
            "slug": _(
                "Lower-case letters, digits and hyphens; stands in the address of the funder's page. "
                "It cannot be changed once a published list names the funder."
            ),
            "acronym": _("What the portal calls the funder where there is little room."),
            "name_published": _(
                "As the published list prints it: comparing with the page finds the row by it."
            ),
            "aliases": _("Other names and acronyms that count as this funder, one on each line."),
            "ror": _("The nine characters at the end of the funder's address at ror.org."),
        }

    def slips(self, given):
        return slips_of_an_agency(given, self.instance)


@admin.register(Agency)
class AgencyAdmin(RefusesContradictions, Kept):
    form = AgencyForm
    list_display = ("acronym", "name_en", "name_ja", "country", "institute_code")
    list_filter = ("country", "parent")
    list_select_related = ("country",)
    search_fields = ("slug", "acronym", "name_en", "name_ja", "name_own", "aliases")
    search_help_text = _("Acronym or name")
    ordering = ("country_id", "acronym")
    autocomplete_fields = ("country", "parent")
    show_facets = admin.ShowFacets.ALWAYS
    inlines = (GrantFormatInline, ProgrammeInline)
    published_meanwhile = _(
        "A list that names this funder was published while you wrote: nothing that you typed was "
        "saved. What that list calls it by stays as it is; save again what else you changed."
    )
    shown_again = {}

    def editions_touched(self, request, obj):
        # A name or a number that two funders share makes every list that has one of them ambiguous.
        return Edition.objects.visible_to(request.user)

    def get_readonly_fields(self, request, obj=None):
        # Published rows name a funder by its slug and country; by its code a number leads to it.
        published = Participation.objects.filter(edition__published_at__isnull=False)
        named = (
            published.filter(Q(agency=obj) | Q(notice_rule__body=obj)) if obj else published.none()
        )
        fixed = ("slug", "country", "parent", "institute_code") if named.exists() else ()
        return (*super().get_readonly_fields(request, obj), *fixed)


@admin.register(Programme)
class ProgrammeAdmin(RefusesContradictions, NeverDeleted, Kept):
    """Registered so that rows of an edition can look programmes up."""

    list_display = ("code", "agency", "name_en", "name_ja")
    list_select_related = ("agency",)
    search_fields = ("code", "name_en", "name_ja", "agency__acronym")
    search_help_text = _("Code, name or funder")
    list_filter = ("agency",)
    show_facets = admin.ShowFacets.ALWAYS
    ordering = ("agency_id", "code")
    autocomplete_fields = ("agency",)

    def editions_touched(self, request, obj):
        return Edition.objects.visible_to(request.user).filter(rows__agency=obj.agency_id)

    def get_readonly_fields(self, request, obj=None):
        # Published rows target a programme by its code: another code would be another rule.
        return ("code", "agency") if obj else ()
