"""Addresses that are surely right, to hold a newly typed one against."""

from applications.models import Application, Membership
from directory.models import NoticeRule


def trusted_addresses(application: Application, *, besides: Membership) -> tuple[str, ...]:
    """Return the addresses of the rest of the team and those the lists publish."""
    team = (
        Membership.objects.current()
        .filter(team=application.team_id)
        .exclude(pk=besides.pk)
        .values_list("researcher__email", flat=True)
    )
    return tuple(filter(None, (*team, *published_addresses())))


def published_addresses() -> tuple[str, ...]:
    """Return the addresses of funders that the lists print."""
    listed = NoticeRule.objects.exclude(address="").values_list("address", flat=True)
    return tuple(dict.fromkeys(listed))
