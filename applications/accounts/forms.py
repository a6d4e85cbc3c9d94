"""Forms of opening an account, where allauth's own ask too little or say too little."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from allauth.socialaccount.forms import DisconnectForm
from allauth.usersessions.forms import ManageUserSessionsForm
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications import actions


class UnlinkForm(DisconnectForm):
    """Remove an ORCID iD; a mailed code stays as a way in, so no password is asked for."""

    def clean(self) -> dict | None:
        cleaned = forms.Form.clean(self)
        if not EmailAddress.objects.filter(user=self.request.user, verified=True).exists():
            raise get_account_adapter().validation_error("unverified_primary_email")
        return cleaned

    @transaction.atomic
    def save(self) -> None:
        account = self.cleaned_data["account"]
        super().save()
        actions.unlink_orcid(by=self.request.user, orcid=account.uid)


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("Name of this key"),
        required=False,
        max_length=60,
        help_text=_("So that you can tell it from another, for example: office laptop."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with this key alone, without a password"),
        required=False,
        initial=True,
        help_text=_(
            "The key then asks for your fingerprint, face or PIN each time. Switch this off for a key that cannot."
        ),
    )


class PasskeySignInForm(LoginWebAuthnForm):
    """A passkey alone is two factors only if it checked its owner: fingerprint, face or PIN.

    The challenge asked for that check, but one asked for as a *second* factor (after a
    password) does not, and both wait in the same place of the session.
    """

    def clean_credential(self) -> Authenticator:
        answer = parse_authentication_response(self.cleaned_data["credential"])
        if not answer.response.authenticator_data.is_user_verified():
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class EndSessionForm(ManageUserSessionsForm):
    """End one session, or, where none is named, every other one."""

    session = forms.ModelChoiceField(UserSession.objects.none(), required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = UserSession.objects.filter(user=self.request.user)

    def save(self, request: HttpRequest) -> None:
        if session := self.cleaned_data["session"]:
            end_sessions(request, [session])
        else:
            super().save(request)
