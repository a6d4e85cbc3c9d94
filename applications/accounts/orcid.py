"""Signing in with ORCID: identity is issuer and iD; an address from there proves nothing here."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.orcid.provider import OrcidAccount, OrcidProvider
from allauth.socialaccount.providers.orcid.views import OrcidOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import actions
from applications.accounts.fresh import must_prove_again
from directory import identifiers

logger = logging.getLogger(__name__)
LINKED_ELSEWHERE = gettext_lazy(
    "This ORCID iD is linked to another account here. Sign in to that account with ORCID; if it should be this one, remove it there first."
)


class PortalOrcidAdapter(OrcidOAuth2Adapter):
    """Talks to ORCID, and believes an iD only if the token and the record name the same one."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The return address is built from the setting, never from the Host header."""
        return settings.PORTAL_URL + reverse("orcid_callback")

    def get_access_token_data(self, request, app, client, pkce_code_verifier=None) -> dict:
        try:
            return super().get_access_token_data(request, app, client, pkce_code_verifier)
        except (KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("the token answer cannot be read") from error

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        return SocialToken(token=str(data["access_token"]))  # used once, never kept

    def complete_login(self, request: HttpRequest, app, token, **kwargs) -> SocialLogin:
        iD = genuine(kwargs["response"].get("orcid"))  # noqa: N806 -- ORCID's own spelling
        with get_adapter().get_requests_session() as session:
            answer = session.get(
                self.profile_url % iD, headers={"accept": "application/orcid+json"}
            )
            answer.raise_for_status()
            record = answer.json()
        identifier = record.get("orcid-identifier") if isinstance(record, dict) else None
        if not isinstance(identifier, dict):
            raise OAuth2Error("the record has no identifier")
        if (identifier.get("path"), identifier.get("host")) != (iD, settings.ORCID_ISSUER):
            raise OAuth2Error("the record belongs to another iD or another issuer")
        return self.get_provider().sociallogin_from_response(request, record)


def genuine(text: object) -> str:
    """Return the iD if it is one, written as ORCID writes it.

    :raises OAuth2Error: it is not
    """
    try:
        if isinstance(text, str) and identifiers.orcid(text) == text:
            return text
    except ValueError:
        pass
    raise OAuth2Error("the token answer names no ORCID iD")


class PortalOrcidAccount(OrcidAccount):
    def to_str(self) -> str:
        return self.account.uid

    def get_profile_url(self) -> str:
        return f"https://{self.account.provider}/{self.account.uid}"


class PortalOrcidProvider(OrcidProvider):
    name = "ORCID"
    account_class = PortalOrcidAccount
    oauth2_adapter_class = PortalOrcidAdapter
    package = "allauth.socialaccount.providers.orcid"

    def get_auth_params_from_request(self, request: HttpRequest, action) -> dict:
        return self.get_auth_params()  # what is asked of ORCID is not for a link to change

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return self.get_scope()

    def extract_extra_data(self, data: dict) -> dict:
        """Keep the iD and nothing else of the record: the rest is not needed here."""
        return {"orcid-identifier": data["orcid-identifier"]}


class SocialAdapter(DefaultSocialAccountAdapter):
    """Links only for whoever is signed in and proved it just now; never by an address."""

    def is_email_verified(self, provider, email: str) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link, or say why not. Signing in goes on as allauth does it: by (issuer, iD) alone."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            level, text = self.link(request, sociallogin)
            messages.add_message(request, level, text)
            back = sociallogin.get_redirect_url(request) or reverse("socialaccount_connections")
            raise ImmediateHttpResponse(HttpResponseRedirect(back))

    def link(self, request: HttpRequest, sociallogin: SocialLogin) -> tuple[int, str]:
        """Link the iD to the account signed in; return how to tell what came of it."""
        if must_prove_again(request):
            return messages.ERROR, _(
                "Your ORCID iD was not linked: it is linked only for whoever signed in or confirmed it a few minutes ago. Please try again."
            )
        if sociallogin.is_existing:
            if sociallogin.user == request.user:
                return messages.INFO, _("This ORCID iD is linked to your account already.")
            return messages.ERROR, LINKED_ELSEWHERE
        if request.user.socialaccount_set.filter(provider=settings.ORCID_ISSUER).exists():
            return messages.ERROR, _(
                "Another ORCID iD is linked to your account. Remove it first, then link this one."
            )
        try:
            with transaction.atomic():
                sociallogin.connect(request, request.user)
                actions.link_orcid(by=request.user, orcid=sociallogin.account.uid)
        except IntegrityError:  # somebody else linked it in this very moment
            return messages.ERROR, LINKED_ELSEWHERE
        return messages.SUCCESS, _("Your ORCID iD is linked. You can sign in with it from now on.")

    def on_authentication_error(
        self, request, provider, error=None, exception=None, extra_context=None
    ) -> None:
        logger.info("ORCID sign-in ended without success: %s", exception or error)

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None):
        """An account linked earlier can be shown and removed when the keys have gone."""
        try:
            return super().get_provider(request, provider, client_id)
        except SocialApp.DoesNotExist:
            app = SocialApp(provider="orcid", provider_id=provider, name="ORCID")
            return PortalOrcidProvider(request, app=app)
