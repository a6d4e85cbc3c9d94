"""Forms of my data: the account's own particulars, and the request for erasure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.forms.conflicts import Watched
from applications.forms.fields import ExactField
from applications.forms.people import NAME_ATTRS
from directory import formatting

# The rest of the IANA list are old names, abbreviations and fixed differences.
AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)


def zone_choices(stored: str) -> list[tuple[Any, Any]]:
    """Return the zones in groups: first those of the list's countries, then area by area.

    A zone already stored is offered whatever it is, so that saving a name does not change it.
    """
    offered = [name for name, _label in formatting.ZONES]
    rest = [name for name in sorted(available_timezones()) if name not in offered]
    groups: list[tuple[Any, Any]] = [
        (_("Japan and the countries of the list"), _worded(offered)),
        *((area, _worded(one for one in rest if one.startswith(f"{area}/"))) for area in AREAS),
    ]
    if stored not in offered and stored.partition("/")[0] not in AREAS:
        groups.insert(0, (_("As saved"), [(stored, stored)]))
    return groups


def _worded(names: Iterable[str]) -> list[tuple[str, str]]:
    """``Oslo`` alone is no name for a zone: two areas have a Kentucky."""
    offered = dict(formatting.ZONES)
    return [
        (name, f"{offered[name]} – {name}" if name in offered and "/" in name else name)
        for name in names
    ]


class ProfileForm(Watched):
    """Name, language and time zone of an account; ``actions.save_profile`` writes."""

    name = ExactField(
        label=_("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=NAME_ATTRS | {"autocomplete": "name"}),
        help_text=_(
            "Shown where the portal says who did something. In a team you are named as the team wrote you."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("ja", "日本語"), ("en", "English")],
        widget=forms.RadioSelect,
        help_text=_(
            "Mails to you are written in it, and the pages of this browser change to it. Each page can be read in the other language too."
        ),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        error_messages={
            "invalid_choice": _("There is no time zone of that name. Choose one from the list.")
        },
    )

    def __init__(self, *args: Any, stored: Mapping[str, Any], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, initial=dict(stored), **kwargs)
        self.watch(stored)
        self.fields["time_zone"].choices = zone_choices(stored["time_zone"])
        sent = self.data.get(self.add_prefix("time_zone")) if self.is_bound else None
        chosen = formatting.known_zone(sent or stored["time_zone"])
        if chosen:
            self.fields["time_zone"].help_text = _(
                "Deadlines are shown in it beside Japan time. Now in %(zone)s: %(moment)s."
            ) % {
                "zone": formatting.zone_label(chosen),
                "moment": formatting.moment(now, chosen, get_language()),
            }
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "name", "language", "time_zone", "seen", Submit("save", _("Save"))
        )


class ErasureForm(forms.Form):
    """What the person wants to say to those who will erase; nothing need be said."""

    note = ExactField(
        label=_("Note to the agency"),
        required=False,
        lines=True,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example which team, or which entries. You need not give a reason."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("note", Submit("request", _("Ask for erasure")))
