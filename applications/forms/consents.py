"""What a partner said: confirmation and attestation, recorded on behalf with a reason and a copy."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import ExactField
from applications.forms.uploads import ProofField
from applications.rules.facts import Attestation


def reason_field(**kwargs: Any) -> ExactField:
    """Why something is recorded for somebody else."""
    return ExactField(
        label=_("Reason for recording it on behalf"),
        lines=True,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: answered by e-mail on a day that you name."),
        **kwargs,
    )


class ConfirmForm(forms.Form):
    """A partner's confirmation, recorded by somebody of the team."""

    reason = reason_field()
    upload = ProofField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "reason", "upload", Submit("confirm", _("Record the confirmation"))
        )


class AttestForm(forms.Form):
    """The holder's answer about one condition of the list."""

    answer = forms.ChoiceField(
        label=_("The holder's answer"),
        widget=forms.RadioSelect,
        choices=[
            (Attestation.GIVEN.value, _("Yes, the holder confirms it")),
            (Attestation.DECLINED.value, _("No, the holder does not confirm it")),
        ],
    )

    def __init__(self, *args: Any, on_behalf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_behalf:
            self.fields["reason"] = reason_field()
            self.fields["upload"] = ProofField()
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("attest", _("Record the answer")))
