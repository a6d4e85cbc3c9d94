"""Addresses that are surely right, to hold a newly typed one against."""

from applications.models import Application, Membership
from directory.models import Participation


def trusted_addresses(application: Application, *, besides: Membership) -> tuple[str, ...]:
    """Return the addresses of the rest of the team and those of the list, without empty ones."""
    team = (
        Membership.objects.current()
        .filter(team=application.team_id)
        .exclude(pk=besides.pk)
        .values_list("researcher__email", flat=True)
    )
    listed = Participation.objects.filter(edition=application.edition_id).values_list(
        "notice_rule__address", flat=True
    )
    return tuple(filter(None, (*team, *listed)))
