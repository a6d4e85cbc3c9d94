"""Which calls would take a draft of the list, when its effect is worked out."""

from collections.abc import Collection
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Call


class EffectForm(forms.Form):
    """The calls, all ticked to begin with; ``go_on`` instead of them: with those it was begun for."""

    calls = forms.TypedMultipleChoiceField(
        label=_("Calls that would take this list"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Calls that are open or ahead, under another list today."),
    )
    go_on = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, calls: Collection[Call], button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calls"].choices = [(one.pk, f"{one.code} – {one.title}") for one in calls]
        if not calls:
            self.fields["calls"].widget = forms.MultipleHiddenInput()
        self.helper = FormHelper()
        self.helper.layout = Layout("calls", Submit("do", button))
