"""The ORCID iD of people who signed in with it: written, never typed."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from directory.models import Researcher, User


@transaction.atomic
def link_orcid(*, by: User, orcid: str) -> None:
    """Write the iD into every entry that this account has claimed as its own."""
    Researcher.objects.select_for_update().filter(user=by).exclude(orcid=orcid).update(orcid=orcid)


@transaction.atomic
def unlink_orcid(*, by: User, orcid: str) -> None:
    """Take the iD out of the entries that this account has claimed as its own."""
    Researcher.objects.select_for_update().filter(user=by, orcid=orcid).update(orcid="")


def give_entry(researcher: Researcher, account: User) -> Researcher:
    """Make an entry the account's own, with the iD that this account has linked, or none. Inside an action."""
    linked = SocialAccount.objects.filter(user=account, provider=settings.ORCID_ISSUER).first()
    researcher.user, researcher.orcid = account, linked.uid if linked else ""
    return researcher
