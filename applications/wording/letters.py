"""Words about the words of letters: what each gap of a template holds."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

GAPS: Mapping[str, object] = MappingProxyType(
    {
        "greeting": _("The greeting: the recipient by name, or the body"),
        "asked": _("A sentence that says what the list asks, as strongly as the list does"),
        "body": _("The body that is written to"),
        "agencies": _("The funders of the holder's grants"),
        "grants": _("The holder's grants, one on each line"),
        "references": _("The numbers of these grants, in one line"),
        "call": _("The title of the call"),
        "project": _("The project's title in English"),
        "lead": _("The lead researcher in Japan"),
        "institution": _("The institution of the lead researcher"),
        "standing": _(
            "A sentence that says how far the application has come, with its receipt number"
        ),
        "receipt": _("The receipt number alone; open until there is one"),
        "contact": _("Who answers questions about the call"),
        "holder": _("The name of the grant holder, who signs"),
        "affiliation": _("The institution of the grant holder"),
        "told_on": _("The day on which the body was told, or “earlier”"),
    }
)
