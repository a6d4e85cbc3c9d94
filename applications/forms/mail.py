"""Forms of the mail queue: why a mail, or all mail, is held, discarded or let go."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import ExactField


class ReasonForm(forms.Form):
    """A reason, which stays on record, and one button that names its act."""

    reason = ExactField(
        label=_("Reason"), lines=True, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("reason", Submit("do", button))


class SwitchForm(ReasonForm):
    """Where the switch of all mail is to stand, as the page that was looked at meant it, and why."""

    to = forms.ChoiceField(choices=[("HELD", "HELD"), ("OPEN", "OPEN")], widget=forms.HiddenInput)
    field_order = ("to", "reason")

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, button=button, **kwargs)
        self.helper.layout.insert(0, "to")
