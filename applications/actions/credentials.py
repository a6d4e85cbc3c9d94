"""What opens an account, removed where nobody knows who put it there."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction

from applications.actions.orcids import unlink_orcid
from directory.models import User


@transaction.atomic
def remove_credentials(*, of: User) -> bool:
    """Remove password, ORCID iDs and second factors of an account, and end its sessions.

    Returns whether there was any. The account itself stays: its owner opens it by mail.
    """
    linked = SocialAccount.objects.select_for_update().filter(user=of)
    had_any = of.has_usable_password() or linked.exists()
    for account in linked:
        unlink_orcid(by=of, orcid=account.uid)
    linked.delete()
    Authenticator.objects.filter(user=of).delete()
    for session in UserSession.objects.filter(user=of):
        session.end()
    of.set_unusable_password()
    of.save(update_fields=["password"])
    return had_any
