"""The ORCID iD of people who signed in with it: written, never typed."""

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
