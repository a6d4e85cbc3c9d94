"""Windows on letters to funders: the words staff keep, and the letters that holders released."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from applications.admin.windows import OwnWindow
from applications.models import LetterTemplate, ReleasedLetter
from applications.queries.letter_templates import owners_of
from directory.admin.site import Window


@admin.register(LetterTemplate)
class LetterTemplateAdmin(Window):
    """Versions of the words of letters; new ones are made on the staff pages, after a preview."""

    list_display = ("made_at", "owner", "occasion", "body", "number", "withdrawn", "made_by")
    list_filter = ("occasion", "withdrawn")
    list_select_related = ("body", "made_by")
    search_fields = ("subject", "reason", "body__acronym")
    search_help_text = _("Subject, reason or funder")
    show_facets = admin.ShowFacets.ALWAYS
    date_hierarchy = "made_at"
    ordering = ("-made_at", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(owner__in=owners_of(request.user))


@admin.register(ReleasedLetter)
class ReleasedLetterAdmin(OwnWindow):
    """Letters as their holders released them; the link to acknowledge is shown nowhere."""

    to_application = "notice__application"
    list_display = ("released_at", "notice", "template_version", "edited", "acknowledged_at")
    list_filter = (
        "edited",
        ("acknowledged_at", admin.EmptyFieldListFilter),
        ("released_at", admin.DateFieldListFilter),
    )
    list_select_related = ("notice__body", "notice__application")
    search_fields = ("notice__application__receipt", "template_version")
    search_help_text = _("Receipt number or version of the words")
    ordering = ("-released_at", "-pk")
    fields = (
        *("notice", "message", "template_version", "edited", "released_at", "released_by"),
        *("released_by_member", "expires_at", "acknowledged_at", "note"),
    )
