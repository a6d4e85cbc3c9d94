"""Forms about a draft of the list: a golden case, and publishing."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications import wording
from applications.forms.checker import Choices, ShortField
from applications.forms.fields import DayField, ExactField
from applications.rules.findings import Verdict
from directory.models import Call


def _lines(**kwargs: Any) -> ExactField:
    widget = forms.Textarea(attrs={"rows": 3, **kwargs.pop("attrs", {})})
    return ExactField(lines=True, max_length=2000, widget=widget, **kwargs)


class CaseForm(forms.Form):
    """A grant, asked as in the checker; the answer that the draft should give; and why."""

    agency = forms.ChoiceField(label=_("Funder"))
    programme = ShortField(
        label=_("Programme"), help_text=_("Where the list targets one, such as CFREF.")
    )
    reference = ShortField(
        label=_("Grant number"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("A made-up one, as the funder writes them. Name no grant of a real person."),
    )
    starts_on = DayField(label=_("First day of the grant"), required=False)
    ends_on = DayField(label=_("Last day of the grant"), required=False)
    country = forms.ChoiceField(label=_("Country where its holder works"), required=False)
    on = DayField(label=_("Reference date"))
    expected_verdict = forms.ChoiceField(
        label=_("This grant should have the answer"), widget=forms.RadioSelect
    )
    why = _lines(
        label=_("because"),
        help_text=_("Where the list or its source says so. It is kept; name no private person."),
    )

    def __init__(
        self, *args: Any, funders: Choices, places: Choices, stating: bool, **kwargs: Any
    ) -> None:
        """``stating``: to be kept; merely asked, a case needs no answer and no reason."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = funders
        self.fields["country"].choices = places
        self.fields["expected_verdict"].choices = [
            (one.value, wording.verdict_label(one)) for one in Verdict
        ]
        if not stating:
            self.fields["expected_verdict"].required = self.fields["why"].required = False

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("starts_on"), found.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day of the grant is before its first day."))
        return found


class PublishForm(forms.Form):
    """What is published, for which calls, and that its addresses were read."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    addresses_read = forms.BooleanField(
        label=_("I have read each of these addresses against the source."), required=False
    )
    calls = forms.TypedMultipleChoiceField(
        label=_("Calls that take this list"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Those for which the effect was worked out are ticked. Drafts follow their call; "
            "submitted applications keep the list that they were submitted under."
        ),
    )
    reason_en = _lines(
        label=_("Why the list changes, in English"),
        required=False,
        attrs={"lang": "en"},
        help_text=_("Teams and everybody who reads the call see it. Needed where a call takes it."),
    )
    reason_ja = _lines(
        label=_("Why the list changes, in Japanese"), required=False, attrs={"lang": "ja"}
    )

    def __init__(
        self, *args: Any, offered: Iterable[Call], asks_addresses: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calls"].choices = [(one.pk, f"{one.title} ({one.code})") for one in offered]
        if not self.fields["calls"].choices:
            for name in ("calls", "reason_en", "reason_ja"):
                del self.fields[name]
        if not asks_addresses:
            del self.fields["addresses_read"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("calls"):
            needed = {
                "reason_en": _("Say why in English, for the teams of the calls that take it."),
                "reason_ja": _("Say why in Japanese, for the teams of the calls that take it."),
            }
            for name, words in needed.items():
                if name not in self.errors and not found.get(name):
                    self.add_error(name, ValidationError(words, code="required"))
        return found
