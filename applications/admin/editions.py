"""Windows on what stands behind an edition: its golden cases, its effect, its publication."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.models import EffectPreview, GoldenCase, Publication
from directory.admin.site import Window


class OfOwnEdition(Window):
    """Rows of the own agency's editions: what a list would do speaks of that agency's calls."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        found = super().get_queryset(request)
        if request.user.is_superuser:
            return found
        # Nobody's agency owns no edition.
        return found.filter(edition__owner=request.user.staff_agency)


@admin.register(GoldenCase)
class GoldenCaseAdmin(OfOwnEdition):
    """Cases that an edition must answer as stated; new ones are stated on the edition's page."""

    list_display = ("edition", "agency", "reference", "expected_verdict", "why", "stated_by")
    list_filter = ("expected_verdict",)
    list_select_related = ("edition", "agency", "stated_by")
    search_fields = ("edition__code", "agency__acronym", "reference", "why")
    search_help_text = _("Edition, funder, grant number or reason")
    ordering = ("-stated_at", "-pk")


@admin.register(EffectPreview)
class EffectPreviewAdmin(OfOwnEdition):
    """How far the effect of a draft was worked out; it is read on the edition's page."""

    list_display = ("edition", "by", "started_at", "finished_at", "seen", "total")
    list_select_related = ("edition", "by")
    search_fields = ("edition__code",)
    search_help_text = _("Edition")
    ordering = ("-started_at", "-pk")


@admin.register(Publication)
class PublicationAdmin(OfOwnEdition):
    """Who published which edition, and on what."""

    list_display = ("at", "edition", "by", "reason")
    list_select_related = ("edition", "by")
    search_fields = ("edition__code", "reason")
    search_help_text = _("Edition or reason")
    ordering = ("-at", "-pk")
