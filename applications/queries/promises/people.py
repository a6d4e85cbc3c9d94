"""Promises about teams, grants, conditions and notices: they belong together."""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from applications.models import (
    Application,
    Attestation,
    Invitation,
    Membership,
    Notice,
    ReliedGrant,
    Role,
    Team,
)
from applications.queries.promises.asking import Promise, rows
from applications.workflow import FINAL


def _one_lead() -> QuerySet[Team]:
    live = Application.objects.filter(team=OuterRef("pk")).exclude(status__in=FINAL)
    leads = Count(
        "memberships", filter=Q(memberships__role=Role.LEAD, memberships__removed_at=None)
    )
    return Team.objects.filter(Exists(live)).annotate(leads=leads).exclude(leads=1)


def _grant_is_of_the_team() -> QuerySet[ReliedGrant]:
    return ReliedGrant.objects.exclude(grant__holder__membership__team=F("application__team"))


def _removed_hold_nothing() -> QuerySet[ReliedGrant]:
    return ReliedGrant.objects.filter(
        removed_at__isnull=True, grant__holder__membership__removed_at__isnull=False
    )


def _holder_is_of_the_team() -> QuerySet[Notice]:
    return Notice.objects.exclude(holder__team=F("application__team"))


def _answer_has_its_proof() -> QuerySet[Attestation]:
    unproved = Q(on_behalf=True) & (Q(reason="") | Q(proof__isnull=True))
    elsewhere = Q(proof__isnull=False) & ~Q(proof__application=F("relied__application"))
    return Attestation.objects.filter(unproved | elsewhere)


def _answer_is_about_a_grant_relied_on() -> QuerySet[Attestation]:
    """An answer given after the grant was crossed out is about none."""
    return Attestation.objects.filter(relied__removed_at__lt=F("at"))


def _notice_proof_is_of_its_application() -> QuerySet[Notice]:
    return Notice.objects.filter(proof__isnull=False).exclude(proof__application=F("application"))


def _invited_is_of_the_team() -> QuerySet[Invitation]:
    astray = ~Q(membership__team=F("application__team"))
    gone = Q(ended_how="", membership__removed_at__isnull=False)
    return Invitation.objects.filter(astray | gone)


def _confirmed_is_whole() -> QuerySet[Membership]:
    half = Q(confirmed_at__isnull=True) & ~Q(confirmed_how="")
    half |= Q(confirmed_at__isnull=False, confirmed_how="")
    silent = Q(confirmed_how="ON_BEHALF") & (Q(confirmed_reason="") | Q(confirmed_by__isnull=True))
    return Membership.objects.filter(half | silent)


PEOPLE = (
    Promise("A team that goes on has exactly one lead.", rows(_one_lead)),
    Promise(
        "A grant relied on is held by somebody of the application's team.",
        rows(_grant_is_of_the_team),
    ),
    Promise("Who has left a team holds no grant it relies on.", rows(_removed_hold_nothing)),
    Promise("The holder of a notice is of the application's team.", rows(_holder_is_of_the_team)),
    Promise(
        "An answer on somebody's behalf has a reason and a copy, kept with its application.",
        rows(_answer_has_its_proof),
    ),
    Promise(
        "An answer to a condition was given while its grant was relied on.",
        rows(_answer_is_about_a_grant_relied_on),
    ),
    Promise(
        "The copy that proves a notice is kept with its application.",
        rows(_notice_proof_is_of_its_application),
    ),
    Promise("An open invitation asks somebody who is in the team.", rows(_invited_is_of_the_team)),
    Promise(
        "A confirmation says when and how, and on somebody's behalf also why and by whom.",
        rows(_confirmed_is_whole),
    ),
)
