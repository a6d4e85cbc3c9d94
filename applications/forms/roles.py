"""Giving, changing and taking a staff role."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import ExactField
from directory.models import OwningAgency, StaffRole, User

NO_ROLE = "NONE"


class RoleForm(forms.Form):
    """Whose role, which one, and why. ``by`` decides for the own agency; a superuser names it."""

    email = forms.EmailField(
        label=_("E-mail address of the account"),
        max_length=254,
        help_text=_("The person must have an account and must have confirmed this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    agency = forms.ChoiceField(label=_("Staff of"), choices=OwningAgency.choices)
    role = forms.ChoiceField(
        label=_("Role from now on"),
        widget=forms.RadioSelect,
        choices=[
            (StaffRole.VIEWER, _("Viewer: reads")),
            (StaffRole.OFFICER, _("Officer: reads, screens and keeps the directory")),
            (StaffRole.APPROVER, _("Approver: as an officer, and decides about roles")),
            (NO_ROLE, _("No role: not staff any more")),
        ],
    )
    reason = ExactField(
        label=_("Reason"),
        lines=True,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the change and shown to the staff of your agency."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by.is_superuser:
            del self.fields["agency"]
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("change", _("Change the role")))

    def clean_role(self) -> str:
        role = self.cleaned_data["role"]
        return "" if role == NO_ROLE else role
