"""allauth's views where the portal asks for more: a proof, a clean slate, one session at a time."""

from allauth.account.internal.flows.password_reset_by_code import (
    PasswordResetVerificationProcess,
)
from allauth.account.models import EmailAddress, Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import (
    CompletePasswordResetView,
    ConfirmLoginCodeView,
    ConfirmPasswordResetCodeView,
    PasswordResetView,
)
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, RemoveWebAuthnView
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from applications import actions
from applications.accounts.forms import EndSessionForm
from applications.accounts.fresh import proved_just_now
from applications.accounts.orcid import PortalOrcidAdapter


class CleanSlate:
    """The owner of an address proves it for the first time: what others left here is removed.

    Somebody may have made an account with another's address and waits, with a password or an
    ORCID iD of their own, for the owner to confirm it. Nobody can have signed in before.
    """

    def form_valid(self, form) -> HttpResponse:
        user = self._process.user
        if user is None or getattr(self, "_action", "verify") != "verify":
            return super().form_valid(form)
        addresses = EmailAddress.objects.filter(user=user)
        removed = False
        with transaction.atomic():
            if addresses.exists() and not addresses.filter(verified=True).exists():
                removed = actions.remove_credentials(of=user)
            response = super().form_valid(form)
        if removed:
            messages.warning(
                self.request,
                _(
                    "Your e-mail address is confirmed for the first time. A password or ORCID iD that was set before, by you or by somebody else, has been removed; you can set a new one."
                ),
            )
        return response


class ConfirmLoginCode(CleanSlate, ConfirmLoginCodeView):
    pass


class UnchangedPassword:
    """A reset code dies when the password is changed by other means."""

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        process = PasswordResetVerificationProcess.resume(request)
        if process and process.user:
            stamp = process.user.get_session_auth_hash()
            if process.state.setdefault("stamp", stamp) != stamp:
                process.abort()
                messages.error(
                    request, _("The password was changed meanwhile. Ask for a new code.")
                )
                return HttpResponseRedirect(reverse("account_reset_password"))
            process.persist()
        return super().dispatch(request, *args, **kwargs)


class AskForReset(PasswordResetView):
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        process = PasswordResetVerificationProcess.resume(self.request)
        if process and process.user:
            process.state["stamp"] = process.user.get_session_auth_hash()
            process.persist()
        return response


class ConfirmPasswordResetCode(UnchangedPassword, CleanSlate, ConfirmPasswordResetCodeView):
    pass


class CompletePasswordReset(UnchangedPassword, CompletePasswordResetView):
    pass


class Enrolled:
    """Whoever has just enrolled a second factor has just shown it: this session counts."""

    kind: Authenticator.Type

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        mine = Authenticator.objects.filter(user=self.request.user, type=self.kind)
        post_authentication(self.request, mine.latest("pk"))
        return response


class ActivateTOTP(Enrolled, ActivateTOTPView):
    kind = Authenticator.Type.TOTP


class AddPasskey(Enrolled, AddWebAuthnView):
    kind = Authenticator.Type.WEBAUTHN


class DeactivateTOTP(DeactivateTOTPView):
    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        end_other_sessions(self.request, self.request.user)
        return response


class RemovePasskey(RemoveWebAuthnView):
    """A key that is lost opens nothing any more; sessions begun with it end.

    Only the form removes it: Django's own answer to DELETE would skip every question below.
    """

    http_method_names = ("get", "head", "post", "options")

    def form_valid(self, form) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return HttpResponseRedirect(reverse("mfa_index"))
        response = super().form_valid(form)
        end_other_sessions(self.request, self.request.user)
        return response


class PasskeySignIn(LoginWebAuthnView):
    """As allauth's, and afterwards back to the page that was asked for."""

    def form_valid(self, form) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        return flows.perform_passwordless_login(self.request, authenticator, login)


class Sessions(ListUserSessionsView):
    form_class = EndSessionForm


orcid_login_view = OAuth2LoginView.adapter_view(PortalOrcidAdapter)
orcid_callback_view = OAuth2CallbackView.adapter_view(PortalOrcidAdapter)
link_orcid_view = proved_just_now(orcid_login_view)


@login_not_required
def orcid_login(request: HttpRequest) -> HttpResponse:
    """Send somebody to ORCID: to sign in, or to link the iD to the account they are in."""
    if not settings.ORCID_CLIENT_ID:
        raise Http404
    asked = request.POST.get("process") or request.GET.get("process")
    return (link_orcid_view if asked == "connect" else orcid_login_view)(request)


@login_not_required
def orcid_callback(request: HttpRequest) -> HttpResponse:
    if not settings.ORCID_CLIENT_ID:
        raise Http404
    return orcid_callback_view(request)
