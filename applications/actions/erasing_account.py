"""The part of an erasure that belongs to no team: the account, its ways to sign in, its sessions and mails."""

import json

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q

from applications.actions.mentions import erase_mails, take_out_of_the_logs
from applications.models import Message
from applications.queries.erasing import addresses_among, known_as
from applications.queries.erasures import ERASED, WITHDRAWN
from directory.append_only import MARK
from directory.models import ErasureRequest, StaffRoleChange, User

# A reserved name: no mail ever reaches it.
NOWHERE = "erased.invalid"


def erase_account(user: User, pseudonym: str) -> None:
    """Close the account for good under its pseudonym. Inside an action, which holds its row."""
    known = known_as([], user)
    addresses = addresses_among(known)
    to_them = Q(pk__in=[])
    for one in addresses:
        to_them |= Q(recipient__iexact=one)
    erase_mails(Message.objects.filter(to_them), addresses)
    _end_sessions(user, addresses)
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    ErasureRequest.objects.filter(user=user).exclude(note="").update(note=MARK)
    ErasureRequest.objects.filter(user=user).exclude(answer__in=["", WITHDRAWN, ERASED]).update(
        answer=MARK
    )
    StaffRoleChange.objects.filter(user=user).update(reason=MARK)
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).update(object_repr=pseudonym, change_message="")
    take_out_of_the_logs(known)
    user.email, user.name = f"{pseudonym.lower()}@{NOWHERE}", pseudonym
    user.language, user.time_zone = "en", "Asia/Tokyo"
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()


def _end_sessions(user: User, addresses: set[str]) -> None:
    """End the account's sessions, and those of a sign-in that had come no further than the address."""
    UserSession.objects.filter(user=user).delete()
    for session in Session.objects.iterator():
        kept = session.get_decoded()
        told = json.dumps(kept, default=str).casefold()
        if kept.get("_auth_user_id") == str(user.pk) or any(one in told for one in addresses):
            session.delete()
