"""How a member comes to their own pages: by an invitation, by a personal link, or signed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from applications import actions, permissions
from applications.models import Actor, Application, Invitation, Membership
from applications.queries.invitations import (
    Standing,
    answers_until,
    invitation_of,
    is_invited,
    link_of,
    newest_application,
    standing,
)
from applications.views import refusals
from applications.views.frame import find
from applications.workflow import EDITABLE
from directory.formatting import known_zone

Page = Callable[..., HttpResponse]
METHODS = ("GET", "HEAD", "POST")
# Not ``no-referrer``: under it browsers send forms with ``Origin: null``, which the protection
# against forged requests refuses. This never sends the path either.
REFERRER = "strict-origin"


@dataclass(frozen=True, slots=True)
class Way:
    """The member, who acts for them, and the addresses of their pages on this way."""

    name: str  # "invitation", "personal" or "mine"
    key: str  # the link's secret, or the team's reference
    application: Application
    member: Membership
    actor: Actor

    def at(self, page: str = "", *more: int) -> str:
        name = f"{self.name}_{page}" if page else self.name
        return reverse(f"applications:{name}", args=[self.key, *more])

    @property
    def takes_answers(self) -> bool:
        """Whether entries may be corrected now; the actions ask again by the database's clock."""
        call = self.application.call
        return (
            self.application.status in EDITABLE
            and call.opens_at <= timezone.now() < answers_until(self.application)
        )


def private(view: Page) -> Page:
    """Open a page to whoever has its link, and keep the link from caches, logs and other sites."""

    @login_not_required
    @wraps(view)
    def closed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answered(view, request, *args, **kwargs)
        add_never_cache_headers(response)
        response["Referrer-Policy"] = REFERRER
        response["X-Robots-Tag"] = "noindex, nofollow"
        # Django would write the address of every answer above 399 into its log.
        response._has_been_logged = True
        return response

    return closed


def _answered(view: Page, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    try:
        return view(request, *args, **kwargs)
    except Http404:
        return unknown(request)
    except PermissionDenied:
        return render(request, "403.html", status=403)


def unknown(request: HttpRequest) -> HttpResponse:
    """The same page for every link that was never mailed."""
    return render(request, "invited/unknown.html", status=404)


def by_invitation(view: Page) -> Page:
    """Give a page of the member the way by an open invitation; any other state has its own page."""

    @private
    @wraps(view)
    def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        invitation = found(token)
        account = account_in(request)
        other = account is not None and not is_invited(account, invitation)
        if other or standing(invitation, timezone.now()) != Standing.OPEN:
            return redirect("applications:invitation", token)
        return _run(view, request, way_of(invitation, token, request), rest)

    return opened


def found(token: str) -> Invitation:
    """Return the invitation of a link.

    :raises Http404: there is none
    """
    invitation = invitation_of(token)
    if invitation is None:
        raise Http404
    return invitation


def way_of(invitation: Invitation, token: str, request: HttpRequest) -> Way:
    member = invitation.membership
    return Way("invitation", token, invitation.application, member, _actor(request, member))


def by_personal_link(view: Page) -> Page:
    """Give a page of the member the way by their personal link; a dead one leads to its own page."""

    @private
    @wraps(view)
    def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        link = link_of(token)
        if link is None:
            raise Http404
        member = link.membership
        if link.revoked_at or link.expires_at <= timezone.now() or member.removed_at:
            context = {"link": link, "gone": member.removed_at is not None, "token": token}
            return render(request, "invited/dead_link.html", context, status=410)
        application = newest_application(member.team_id)
        way = Way("personal", token, application, member, _actor(request, member))
        return _run(view, request, way, rest)

    return opened


def signed_in(view: Page) -> Page:
    """Give a page of the member the way by their own account."""

    @wraps(view)
    def opened(request: HttpRequest, ref: str, **rest: Any) -> HttpResponse:
        application = find(request.user, ref)
        member = permissions.membership_of(request.user, application)
        if member is None:
            raise Http404
        return _run(view, request, Way("mine", ref, application, member, request.user), rest)

    return opened


def _actor(request: HttpRequest, member: Membership) -> Actor:
    """The account, where it is the member's own; else the member, by their link."""
    account = account_in(request)
    return account if account is not None and member.is_of(account) else member


def account_in(request: HttpRequest) -> Any:
    """Return who is signed in, None for a visitor."""
    return request.user if request.user.is_authenticated else None


def _run(view: Page, request: HttpRequest, way: Way, rest: Mapping[str, Any]) -> HttpResponse:
    try:
        return view(request, way, **rest)
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except refusals.MENDED as refusal:
        return refusals.refusal_page(request, way.application, refusal, ref="", back=way.at())


def own_page(
    request: HttpRequest,
    template: str,
    way: Way,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render one page of a member."""
    application = way.application
    account = account_in(request)
    shared = {
        "way": way,
        "application": application,
        "call": application.call,
        "member": way.member,
        "account": account,
        "is_own_account": account is not None and way.member.is_of(account),
        "practice_banner": application.call.is_practice,
        "deadline": {
            "closes": answers_until(application),
            "zone": known_zone(request.COOKIES.get("zone")) or getattr(account, "time_zone", ""),
            "now": timezone.now(),
        },
    }
    return render(request, template, {**shared, **context}, status=status)
