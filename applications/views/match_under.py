"""The match under another list: what each grant's result was by one edition, and what it is by another."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application
from applications.queries.application import JudgedGrant, Workspace, in_force
from applications.queries.as_of import judged_under, moved_list
from applications.views.frame import of_team, team_page
from applications.views.matching import shown_grant
from directory.as_of import AskedEdition, asked_edition
from directory.models import Edition


@of_team
def match_under(request: HttpRequest, application: Application, edition: str) -> HttpResponse:
    """A published edition beside the one in force, the earlier first; what differs stands on top."""
    own = in_force(application)
    # The edition in force is the team's to see in any case: its match page rests on it.
    known = Edition.objects.filter(Q(published_at__isnull=False) | Q(pk=own.pk))
    asked = get_object_or_404(known, code=edition)
    before, after = sorted([asked, own], key=_place)
    pairs = judged_under(application, before, after)
    context = {
        "own": own,
        "asked": asked,
        "differing": [
            {
                "grant": shown_grant(pair.after),
                "sides": (_side(before, pair.before), _side(after, pair.after)),
            }
            for pair in pairs
            if pair.differs
        ],
        "same": [shown_grant(pair.after) for pair in pairs if not pair.differs],
        "total": len(pairs),
        **other_lists(application, but=asked),
    }
    return team_page(
        request,
        "applications/match_under.html",
        application,
        context,
        here=_("The match under another list"),
    )


def led_to_list(request: HttpRequest, application: Application) -> HttpResponse | AskedEdition:
    """Lead an address that names a day or an edition to its list; else return what was asked."""
    asked = asked_edition(request.GET, application.call.owner)
    if asked.edition is None:
        return asked
    return redirect(_address(application, asked.edition))


def other_lists(application: Application, but: Edition) -> dict[str, Any]:
    """Return the lists of the call's agency that its match can be asked by, the newest first."""
    kept = Edition.objects.of(application.call.owner).published().newest_first()
    others = [(one, _address(application, one)) for one in kept.exclude(pk=but.pk)]
    return {
        "other_lists": others,
        "as_of_action": reverse("applications:match", args=[application.team.ref]),
    }


def list_banner(space: Workspace) -> Mapping[str, Any] | None:
    """Return what to say of a list that was replaced since the draft was begun."""
    moved = moved_list(space)
    if moved is None:
        return None
    return {
        "on": moved.replaced_at,
        "differing": moved.differing,
        "href": _address(space.application, moved.edition),
    }


def _address(application: Application, edition: Edition) -> str:
    return reverse("applications:match_under", args=[application.team.ref, edition.code])


def _place(edition: Edition) -> tuple:
    """The order in which lists were published; one that is not yet, last of its day."""
    unpublished = edition.published_at is None
    return edition.as_of, edition.updated_on, unpublished, edition.pk


def _side(edition: Edition, one: JudgedGrant) -> dict[str, Any]:
    """One list's answer about a grant, with what it asks of the holder and whom to tell."""
    told = (one.row.address or one.row.body_acronym) if one.row else ""
    return {"edition": edition, **shown_grant(one), "told": told}
