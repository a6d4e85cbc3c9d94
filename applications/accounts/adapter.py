"""Accounts made by signing up: their language, and how allauth's mails leave, through the outbox."""

import time

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from applications import outbox
from applications.forms.fields import refuse_address
from aspire import sessions
from directory.addresses import canonical
from directory.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Names the portal by its setting, never by the Host header, and mails through the outbox."""

    def new_user(self, request: HttpRequest) -> User:
        """A new account reads its mails, the receipt among them, in the language it was made in."""
        user = super().new_user(request)
        user.language = (get_language() or settings.LANGUAGE_CODE)[:2]
        return user

    def clean_email(self, email: str) -> str:
        """Refuse look-alikes, and give every spelling of one address the same account.

        Mail then goes to the very address that was compared, never to another spelling of it.
        """
        refuse_address(email)
        return canonical(email)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request.session, time.time())

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        context = {**context, "email": email, "portal_url": settings.PORTAL_URL}
        message = self.render_mail(template_prefix, email, context)
        outbox.record_account_mail(
            recipient=email, subject=message.subject, text=message.body, at=timezone.now()
        )
