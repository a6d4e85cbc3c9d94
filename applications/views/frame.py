"""The frame of a team's pages: who may open them, what every page shows, how forms and conflicts look."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.conflicts import differing
from applications.models import Application, Membership, Role
from applications.queries.application import Workspace
from applications.queries.as_of import with_moved_list
from applications.queries.snapshots import shown_fingerprint
from applications.views import refusals
from applications.workflow import EDITABLE, NotAllowed
from directory.formatting import known_zone
from directory.models import User

Page = Callable[..., HttpResponse]


def find(user: User, ref: str) -> Application:
    """Return the newest application of a team that ``user`` may see; 404 otherwise."""
    found = (
        with_moved_list(Application.objects.visible_to(user))
        .filter(team__ref=ref)
        .select_related("team", "call__edition", "edition", "area", "submitted_by")
        .order_by("-created_at", "-pk")
        .first()
    )
    if found is None:
        raise Http404
    return found


def read_by_staff(
    request: HttpRequest, application: Application, response: HttpResponse
) -> HttpResponse:
    """Return the answer; where staff of the call's agency are shown one of a team's pages, on record.

    Nobody records what members read of their own team. ``application`` comes with its call.
    """
    shown = not 300 <= response.status_code < 400
    if (
        shown
        and permissions.reads_as_staff(request.user, application)
        and permissions.role_of(request.user, application) is None
    ):
        match = request.resolver_match
        row = match.kwargs.get("pk")
        actions.record_reading(
            name=f"team {match.url_name}",
            application=application,
            filters="" if row is None else f"row={row}",
            by=request.user,
            at=timezone.now(),
        )
    return response


def of_team(view: Page) -> Page:
    """Give the view the team's application instead of its reference; answer refusals with pages."""

    @wraps(view)
    def shown(request: HttpRequest, ref: str, **rest: Any) -> HttpResponse:
        application = find(request.user, ref)
        try:
            return read_by_staff(request, application, view(request, application, **rest))
        except actions.NotPermitted as refusal:
            raise PermissionDenied from refusal
        except ObjectDoesNotExist as error:
            raise Http404 from error
        except refusals.MENDED as refusal:
            return refusals.refusal_page(request, application, refusal)

    return shown


def writing(view: Page) -> Page:
    """As ``of_team``, for pages that change something: 403 for readers, 409 when nothing may change."""

    @wraps(view)
    def guarded(request: HttpRequest, application: Application, **rest: Any) -> HttpResponse:
        if not permissions.may(request.user, permissions.EDIT, application):
            raise PermissionDenied
        if application.status not in EDITABLE:
            raise NotAllowed(permissions.EDIT, application.status)
        return view(request, application, **rest)

    return of_team(guarded)


def reader_zone(request: HttpRequest) -> str:
    """The zone beside Japan's: the one chosen on a call's page, else the account's."""
    return known_zone(request.COOKIES.get("zone")) or request.user.time_zone


def deadline_of(request: HttpRequest, application: Application, now: datetime) -> dict[str, Any]:
    """Return what the deadline component shows; a returned application has a date of its own."""
    return {
        "closes": application.team_has_until,
        "zone": reader_zone(request),
        "now": now,
    }


def team_page(
    request: HttpRequest,
    template: str,
    application: Application,
    context: Mapping[str, Any],
    *,
    here: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render one page of a team with where it stands."""
    trail = [(_("My teams"), reverse("applications:teams"))]
    if here:
        trail.append((_("Team"), reverse("applications:team", args=[application.team.ref])))
    shared = {
        "application": application,
        "call": application.call,
        "ref": application.team.ref,
        "trail": trail,
        "here": here or application.title or _("Team"),
        "title": here,
        "practice_banner": application.call.is_practice,
    }
    return render(request, template, {**shared, **context}, status=status)


def form_page(
    request: HttpRequest,
    application: Application,
    form: Any,
    title: str,
    *,
    status: int = 200,
    template: str = "applications/form_page.html",
    **context: Any,
) -> HttpResponse:
    """Render a page that is one form."""
    return team_page(
        request, template, application, {"form": form, **context}, here=title, status=status
    )


def conflict_page(
    request: HttpRequest,
    application: Application,
    form: Any,
    conflict: actions.Conflict,
    title: str,
    **context: Any,
) -> HttpResponse:
    """Show both texts; sending the form again saves what is in it, knowingly."""
    rows = differing(form, conflict.stored, form.values)
    form.accept(conflict.stored)
    return form_page(
        request,
        application,
        form,
        title,
        status=409,
        conflict_rows=rows,
        in_conflict=True,
        **context,
    )


def after_saving(
    request: HttpRequest, application: Application, page: str = "team"
) -> HttpResponse:
    """Say that it is saved, and go back to where the writer came from."""
    messages.success(request, _("Saved."))
    back = "check_answers" if request.GET.get("back") == "check" else page
    return redirect(f"applications:{back}", application.team.ref)


def role_in(space: Workspace, user: User) -> Role | None:
    """The strongest role of ``user`` among the current members."""
    own = [one.role for one in space.members if one.researcher.user_id == user.pk]
    return Role(own[0]) if own else None


def senders(space: Workspace) -> list[Membership]:
    """Who can submit and withdraw: the role gives the right, an account that works the means."""
    return [
        one
        for one in space.japan_side
        if one.role in permissions.SENDS and one.researcher.user and one.researcher.user.is_active
    ]


def pending_changes(space: Workspace) -> bool:
    """Whether something was changed since the last submission."""
    one = space.application
    return bool(one.version) and shown_fingerprint(space) != one.submitted_fingerprint


def member_of(space: Workspace, pk: int) -> Membership:
    """Return a current member of the team; 404 for anybody else."""
    found = next((one for one in space.members if one.pk == pk), None)
    if found is None:
        raise Http404
    return found
