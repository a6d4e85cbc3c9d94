"""Second factors: what staff may not do without, and whose domain a passkey belongs to."""

from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.models import User


class AuthenticatorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "Staff need a second factor. Add another one first, then remove this one."
        ),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep one second factor at least; recovery codes alone are none."""
        if (
            not authenticator.user.is_staff
            or authenticator.type == Authenticator.Type.RECOVERY_CODES
        ):
            return True
        others = Authenticator.objects.filter(user=authenticator.user_id)
        others = others.exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Suggest a name for a new key: a number; the person may write a better one."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Key %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the portal's own domain, never to what the Host header says."""
        return {"id": urlsplit(settings.PORTAL_URL).hostname or "", "name": "ASPIRE"}
