"""How far an application has come, and on which funders it relies: the dashboard counts what the lists' filters find."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from applications.models import (
    Invitation,
    Membership,
    ReliedGrant,
    Role,
    Version,
)
from applications.queries.screening import drafts_of_use
from applications.queries.submitted import as_submitted, funder_as_submitted
from applications.workflow import Status
from directory.models import JAPAN_TIME, Participation

OFF_THE_LIST = "other"  # a funder that the edition in force does not name


class Stage(TextChoices):
    """The steps of a call, each of which counts whoever came further."""

    BEGUN = "BEGUN", _("Begun")
    ASKED = "ASKED", _("A partner was asked")
    CONFIRMED = "CONFIRMED", _("A partner has confirmed")
    SUBMITTED = "SUBMITTED", _("Submitted")


_LIVE = ~Q(status=Status.WITHDRAWN)
# The table itself holds that whoever is past these was submitted; no act leads back.
_SUBMITTED = ~Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
_PARTNERS = Membership.objects.current().partners().filter(team=OuterRef("team"))
_INVITED = Invitation.objects.filter(
    application=OuterRef("pk"),
    membership__role=Role.PARTNER,
    membership__removed_at__isnull=True,
)
# What was submitted is looked at first: the database then asks about people of drafts alone.
_CONFIRMED = _SUBMITTED | Q(Exists(_PARTNERS.filter(confirmed_at__isnull=False)))
_ASKED = _CONFIRMED | Q(Exists(_INVITED))
STAGES: Mapping[Stage, Q] = MappingProxyType(
    {
        Stage.BEGUN: _LIVE,
        Stage.ASKED: _LIVE & _ASKED,
        Stage.CONFIRMED: _LIVE & _CONFIRMED,
        Stage.SUBMITTED: _LIVE & _SUBMITTED,
    }
)


def letter_waits(at: datetime) -> Q:
    """Hold for applications with a letter to the team that somebody has still to read and release."""
    return _LIVE & Q(Exists(drafts_of_use(at).filter(application=OuterRef("pk"))))


def late_corrections(at: datetime) -> Q:
    """Hold for returned applications whose team has no time left: ``Application.team_has_until``."""
    call_is_over = Q(call__is_practice=True) | Q(call__closes_at__lte=at)
    return Q(status=Status.RETURNED, returned_until__lte=at) & call_is_over


def first_submitted_until(day: date) -> Q:
    """Hold for applications whose first submission was made on that day of Japan's calendar or before."""
    first = (
        Version.objects.filter(application=OuterRef("pk"), number=1)
        .annotate(day=TruncDate("database_clock", tzinfo=JAPAN_TIME))
        .filter(day__lte=day)
    )
    return Q(Exists(first))


def grants_meeting(
    relied: QuerySet[ReliedGrant],
    funders: Mapping[int, str],
    *,
    agency: str = "",
    funder_country: str = "",
    participation: str = "",
) -> QuerySet[ReliedGrant]:
    """Return the standing grants that meet all that is given, each with its ``funder``'s slug.

    ``agency`` is a funder's slug, or ``OFF_THE_LIST``; ``funder_country`` is the funder's;
    ``participation`` is how the funder takes part by the edition of the call. ``funders`` are those
    of ``submitted.moved``: a grant counts for the funder that was submitted.
    """
    grants = as_submitted(relied).annotate(funder=funder_as_submitted(funders))
    row = Participation.objects.filter(
        edition=OuterRef("application__call__edition"), agency__slug=OuterRef("funder")
    )
    if agency == OFF_THE_LIST:
        grants = grants.exclude(Exists(row))
    elif agency:
        grants = grants.filter(funder=agency)
    if funder_country:
        row = row.filter(agency__country=funder_country)
    if participation:
        row = row.filter(kind=participation)
    return grants.filter(Exists(row)) if funder_country or participation else grants


def relying_on(funders: Mapping[int, str], **asked: str) -> Q:
    """Hold for applications with one standing grant that meets all that is asked; see above."""
    relied = ReliedGrant.objects.filter(application=OuterRef("pk"))
    return Q(Exists(grants_meeting(relied, funders, **asked)))


def with_partner_in(country: str, countries: Mapping[int, frozenset[str]]) -> Q:
    """Hold for applications with a partner there, as submitted where it was; see ``submitted.moved``."""
    there = Q(Exists(_PARTNERS.filter(researcher__institution__country=country)))
    if not countries:
        return there
    submitted = [pk for pk, found in countries.items() if country in found]
    return there & ~Q(pk__in=countries) | Q(pk__in=submitted)
