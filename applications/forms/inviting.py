"""Forms about invitations and the lead's place: what is sent, where, and who decides it."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import ExactField, ForgivingEmailField
from applications.forms.grants import ANOTHER, funder_choices
from applications.models import Membership
from applications.queries.catalogue import Catalogue
from applications.rules.facts import EditionFacts
from directory.addresses import canonical
from directory.models import Agency


class SendForm(forms.Form):
    """One button that sends the mail shown beside it, and no other."""

    # The fingerprint of the preview: what was not shown is not sent.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("send", button))


class InviteForm(SendForm):
    """An invitation; the funder, where it is known, is offered to the partner."""

    funder = forms.ChoiceField(
        label=_("Funder of the partner"),
        required=False,
        help_text=_("As far as you know. The partner finds it filled in and can change it."),
    )
    field_order = ("funder", "seen")

    def __init__(self, *args: Any, catalogue: Catalogue, edition: EditionFacts, **kwargs: Any):
        super().__init__(*args, **kwargs)
        groups = funder_choices(catalogue, edition)[1:]
        self.fields["funder"].choices = [
            ("", _("I do not know")),
            *((words, [one for one in rows if one[0] != ANOTHER]) for words, rows in groups),
        ]

    @property
    def agency_id(self) -> int | None:
        return (
            Agency.objects.filter(slug=self.cleaned_data["funder"])
            .values_list("pk", flat=True)
            .first()
        )


class AddressForm(forms.Form):
    """A mended address, to which the invitation goes at once."""

    email = ForgivingEmailField(
        label=_("Right e-mail address"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}
        ),
    )

    # The address about which the page has asked: it is not asked about twice.
    told = forms.CharField(widget=forms.HiddenInput, required=False, max_length=254)

    def __init__(self, *args: Any, former: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.former = former
        self.helper = FormHelper()
        self.helper.layout = Layout("email", "told", Submit("send", _("Save and send it there")))

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if canonical(email) == canonical(self.former):
            raise forms.ValidationError(
                _("This is the address that is recorded already. Write the right one.")
            )
        return email

    @property
    def told_already(self) -> bool:
        return self.cleaned_data.get("told") == self.cleaned_data["email"]

    def remember(self) -> None:
        """Show the form again, and note which address was asked about."""
        renewed = self.data.copy()
        renewed[self.add_prefix("told")] = self.cleaned_data["email"]
        self.data = renewed


class ButtonForm(forms.Form):
    """One button that names its act, and nothing else."""

    def __init__(self, *args: Any, button: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(Submit("do", button))


class HandOverForm(forms.Form):
    """Who of the Japan side becomes the lead, and why."""

    member = forms.TypedChoiceField(
        label=_("New lead"), coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    reason = ExactField(
        label=_("Reason"), lines=True, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, candidates: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [(one.pk, _named(one)) for one in candidates]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "member", "reason", Submit("hand_over", _("Hand the lead over"))
        )


def _named(member: Membership) -> Any:
    person = member.researcher
    gap = {"name": person.name, "role": member.get_role_display()}
    if person.user_id is None:
        return _("%(name)s, %(role)s (has not joined with an account yet)") % gap
    return _("%(name)s, %(role)s") % gap
