"""The part of an erasure that belongs to no team: the account, its ways to sign in, its sessions and mails."""

import json
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction

from applications.actions.mentions import erase_mails, take_out_of_mails, take_out_of_the_logs
from applications.models import Message
from applications.queries.erasing import mails_of_account
from applications.queries.erasures import ERASED, WITHDRAWN
from applications.queries.traces import addresses_among, known_as, mails_to
from directory.addresses import canonical
from directory.append_only import MARK
from directory.models import ErasureRequest, StaffRoleChange, User

# A reserved name: no mail ever reaches it.
NOWHERE = "erased.invalid"


def erase_account(user: User, pseudonym: str, *, by: User, at: datetime) -> None:
    """Close the account for good under its pseudonym; its open request is answered with that.

    Inside an action, which holds its row and the applications of ``mails_of_account``.
    """
    known = known_as([], user)
    addresses = addresses_among(known)
    mails = mails_of_account(user)
    erase_mails(mails, addresses)
    take_out_of_mails(mails, known)
    _end_sessions(user, addresses)
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    ErasureRequest.objects.filter(user=user, handled_at=None).update(
        handled_at=at, handled_by=by, answer=ERASED
    )
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


@transaction.atomic
def erase_mails_of_sign_in(*, email: str) -> None:
    """Empty the mails of sign-in to a proved address that its account has given up.

    They name no account, so that an erasure of it would not find them later.
    """
    mails = Message.objects.filter(mails_to([email]), application=None)
    erase_mails(mails, {canonical(email)})


def _end_sessions(user: User, addresses: set[str]) -> None:
    """End the account's sessions, and those of a sign-in that had come no further than the address."""
    UserSession.objects.filter(user=user).delete()
    for session in Session.objects.iterator():
        kept = session.get_decoded()
        told = json.dumps(kept, default=str).casefold()
        if kept.get("_auth_user_id") == str(user.pk) or any(one in told for one in addresses):
            session.delete()
