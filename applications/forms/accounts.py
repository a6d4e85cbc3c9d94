"""Forms of signing in and up: allauth's, with an e-mail field that reads every spelling alike."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.socialaccount import forms as social_forms
from django import forms

from applications.forms.fields import ForgivingEmailField
from directory.addresses import canonical


class AccountEmailField(ForgivingEmailField):
    """An address in the form in which accounts are compared, and to which their mail goes.

    A mail to what was typed instead could reach somebody whose address is spelt alike.
    """

    def clean(self, value: Any) -> str:
        return canonical(super().clean(value))


class OneSpelling(forms.Form):
    """Puts that field in the place of allauth's, which reads half width only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("login", "email"):
            if field := self.fields.get(name):
                attrs = {"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
                self.fields[name] = AccountEmailField(
                    label=field.label,
                    required=field.required,
                    widget=forms.TextInput(attrs=attrs),  # a browser's own check refuses full width
                )


class LoginForm(OneSpelling, allauth_forms.LoginForm):
    pass


class SignupForm(OneSpelling, allauth_forms.SignupForm):
    pass


class AddEmailForm(OneSpelling, allauth_forms.AddEmailForm):
    pass


class ChangeEmailForm(OneSpelling, allauth_forms.ChangeEmailForm):
    pass


class ResetPasswordForm(OneSpelling, allauth_forms.ResetPasswordForm):
    pass


class RequestLoginCodeForm(OneSpelling, allauth_forms.RequestLoginCodeForm):
    pass


class OrcidSignupForm(OneSpelling, social_forms.SignupForm):
    pass
