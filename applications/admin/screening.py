"""Windows on what staff add to an application: notes among themselves, and letters to the team."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from applications.admin.windows import OwnCallFilter, OwnWindow
from applications.models import InternalNote, TeamLetter


@admin.register(InternalNote)
class InternalNoteAdmin(OwnWindow):
    """Notes for colleagues of the same agency; new ones are written on the application's page."""

    list_display = ("at", "application", "by", "text")
    list_filter = (("application__call", OwnCallFilter), ("at", admin.DateFieldListFilter))
    list_select_related = ("application", "by")
    search_fields = ("text", "application__receipt", "by__name")
    search_help_text = _("Words of the note, its writer or the receipt number")
    ordering = ("-at", "-pk")


@admin.register(TeamLetter)
class TeamLetterAdmin(OwnWindow):
    """Letters to teams; they are edited, released and dropped on their own page."""

    list_display = ("drafted_at", "application", "act", "subject", "released_at", "dropped_at")
    list_filter = (
        "act",
        ("released_at", admin.EmptyFieldListFilter),
        ("drafted_at", admin.DateFieldListFilter),
    )
    list_select_related = ("application",)
    search_fields = ("subject", "application__receipt")
    search_help_text = _("Subject or receipt number")
    ordering = ("-drafted_at", "-pk")
