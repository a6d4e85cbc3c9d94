"""One row of an edition: what is asked of its funder's researchers, on one page, refused where it contradicts another."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.addresses import doubts
from directory.admin.editions import InDraft, drafts_of, editions_of, next_place
from directory.admin.mending import SaysHowToMend, slips_of_a_row
from directory.admin.refusing import RefusedForm, RefusesContradictions
from directory.admin.rules import ConditionInline, NoticeRuleInline
from directory.admin.site import Kept
from directory.contradiction_words import acronyms, contradiction_in_words
from directory.contradictions import Contradiction
from directory.identifiers import doubt_in_words
from directory.models import Agency, Edition, NoticeRule, Participation


class RowForm(SaysHowToMend, RefusedForm):
    """One row; where its funder or its place is taken, the other row is named."""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        edition = given.get("edition") or getattr(self.instance, "edition", None)
        agency, position = given.get("agency"), given.get("position")
        others = Participation.objects.filter(edition=edition).exclude(pk=self.instance.pk)
        if edition and agency and others.filter(agency=agency).exists():
            self.add_error("agency", _told("SAME_AGENCY", agency.slug, agency.slug))
        elif edition and agency and (other := others.filter(position=position).first()):
            place = {"place": str(position)}
            self.add_error("position", _told("SAME_PLACE", agency.slug, other.agency.slug, place))
        return given

    def slips(self, given: dict[str, Any]):
        return slips_of_a_row(given)


def _told(code: str, first: str, second: str, params: dict[str, str] | None = None) -> str:
    return contradiction_in_words(Contradiction(code, first, second, params or {}), acronyms())


@admin.register(Participation)
class ParticipationAdmin(RefusesContradictions, InDraft, Kept):
    form = RowForm
    list_display = ("agency", "edition", "position", "kind", "notice", "added_on")
    # Editions of the rows that are listed, or the filter would name the other agency's drafts.
    list_filter = (("edition", admin.RelatedOnlyFieldListFilter), "kind", "notice_rule__strength")
    list_select_related = ("agency", "edition", "notice_rule")
    search_fields = ("agency__acronym", "agency__name_en", "agency__name_ja", "edition__code")
    search_help_text = _("Funder or edition")
    ordering = ("-edition__as_of", "position")
    autocomplete_fields = ("agency", "programmes")
    show_facets = admin.ShowFacets.ALWAYS
    inlines = (NoticeRuleInline, ConditionInline)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(edition__in=editions_of(request.user))

    def get_readonly_fields(self, request, obj=None):
        # A row stays in the edition that it was written for.
        return (*super().get_readonly_fields(request, obj), *(["edition"] if obj else []))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "edition":
            kwargs["queryset"] = drafts_of(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def editions_touched(self, request, obj):
        return [obj.edition]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self._doubt(request, form.instance)

    # Who writes in a list goes on in that list. Saving to go on with the same row, and what was
    # opened beside another form, stay as Django has them.
    def response_post_save_add(self, request, obj):
        return _to_the_edition(obj.edition_id)

    response_post_save_change = response_post_save_add

    def response_add(self, request, obj, post_url_continue=None):
        answer = super().response_add(request, obj, post_url_continue)
        return _to_another(obj.edition) if _asks_for_another(request) else answer

    def response_change(self, request, obj):
        answer = super().response_change(request, obj)
        return _to_another(obj.edition) if _asks_for_another(request) else answer

    def delete_model(self, request, obj):
        request.edition_left = obj.edition_id
        super().delete_model(request, obj)

    def response_delete(self, request, obj_display, obj_id):
        answer = super().response_delete(request, obj_display, obj_id)
        beside = IS_POPUP_VAR in request.POST
        return answer if beside else _to_the_edition(request.edition_left)

    def _doubt(self, request, row: Participation) -> None:
        """Ask about an address that looks unusual; it is saved all the same."""
        address = row.notice_rule.address
        others = NoticeRule.objects.exclude(participation__agency=row.agency).exclude(address="")
        sites = Agency.objects.exclude(site="").values_list("site", flat=True)
        known = {*others.values_list("address", flat=True), *map(_domain, sites)}
        for doubt in doubts(address, known=known) if address else ():
            messages.warning(request, doubt_in_words(address, doubt))

    @admin.display(
        description=NoticeRule._meta.get_field("strength").verbose_name,
        ordering="notice_rule__strength",
    )
    def notice(self, row: Participation) -> str:
        rule = getattr(row, "notice_rule", None)
        return rule.get_strength_display() if rule else ""


def _asks_for_another(request) -> bool:
    return "_addanother" in request.POST and not {IS_POPUP_VAR, "_continue"} & set(request.POST)


def _to_the_edition(edition_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:directory_edition_change", args=[edition_id]))


def _to_another(edition: Edition) -> HttpResponseRedirect:
    filled_in = urlencode({"edition": edition.pk, "position": next_place(edition)})
    return HttpResponseRedirect(f"{reverse('admin:directory_participation_add')}?{filled_in}")


def _domain(site: str) -> str:
    """The domain of a site as addresses at it have it."""
    host = urlsplit(site).hostname or ""
    return host.removeprefix("www.")
