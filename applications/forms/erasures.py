"""Carrying out an erasure that somebody asked for."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import ExactField


class ErasingForm(forms.Form):
    """Why it is done, and that whoever does it knows that there is no way back."""

    reason = ExactField(
        label=_("Reason"),
        lines=True,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept for good. Name nobody in it; the number of a letter is enough."),
    )
    sure = forms.BooleanField(label=_("I have read what goes. There is no way back."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "reason", "sure", Submit("erase", _("Erase this person's data"))
        )
