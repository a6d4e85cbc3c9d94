"""How allauth's mails leave: through the portal's outbox, like every other mail."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils import timezone

from applications import outbox


class AccountAdapter(DefaultAccountAdapter):
    """Names the portal by its setting, never by the Host header, and mails through the outbox."""

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        context = {**context, "email": email, "portal_url": settings.PORTAL_URL}
        message = self.render_mail(template_prefix, email, context)
        outbox.record_account_mail(
            recipient=email, subject=message.subject, text=message.body, at=timezone.now()
        )
