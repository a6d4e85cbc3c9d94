"""My teams, and forming a new one from the checker's answers."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Prefetch, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import actions
from applications.forms.fields import FIRST_YEAR, LAST_YEAR
from applications.forms.project import StartForm
from applications.models import Application, FieldOfResearch, Invitation, Membership, Role
from applications.queries.catalogue import OTHER, load_catalogue
from applications.views.frame import reader_zone
from directory.models import Agency, Call, Programme

# What the checker hands over in the address.
GRANT_ANSWERS = ("agency", "programme", "reference", "starts_on", "ends_on", "country")


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """The teams that the reader belongs to, newest application first, and invitations waiting."""
    now = timezone.now()
    own = Membership.objects.current().filter(researcher__user=request.user)
    found = (
        Application.objects.visible_to(request.user)
        .filter(team__in=own.values("team"))
        .select_related("call", "team")
        .prefetch_related(
            Prefetch("team__memberships", queryset=own.order_by("pk"), to_attr="own_places")
        )
        .order_by("-created_at", "-pk")
    )
    cards: dict[int, dict[str, Any]] = {}
    for one in found:
        card = cards.setdefault(one.team_id, {"application": one, "receipts": []})
        if one.receipt:
            card["receipts"].append(one)
        card["role"] = min(
            (Role(place.role) for place in one.team.own_places), key=Role.values.index
        ).label
    # Accounts often have no name; the team has one for whoever invites.
    inviter = Membership.objects.filter(
        team=OuterRef("application__team"), researcher__user=OuterRef("created_by")
    ).order_by("pk")
    context = {
        "cards": list(cards.values()),
        "waiting": Invitation.objects.waiting_for(request.user, now)
        .select_related("application__call", "created_by")
        .annotate(inviter=Subquery(inviter.values("researcher__name")[:1]))
        .order_by("expires_at", "pk"),
        "now": now,
        "zone": reader_zone(request),
        "practice_banner": any(card["application"].call.is_practice for card in cards.values()),
    }
    return render(request, "applications/teams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Form a team for an open call; the checker's answers in the address come along."""
    now = timezone.now()
    open_calls = Call.objects.open_at(now).order_by("closes_at")
    chosen = request.GET.get("call", "")
    calls = [one for one in open_calls if one.code == chosen] or list(open_calls)
    if not calls:
        newest = Call.objects.filter(is_practice=False).order_by("-closes_at").first()
        return render(request, "applications/no_open_call.html", {"newest": newest})
    carried = carried_grant(request)
    form = StartForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        calls=calls,
        country=carried["country"] if carried else None,
    )
    if request.method == "POST" and form.is_valid():
        field = request.GET.get("field", "")
        try:
            application = actions.start_application(
                call_id=form.cleaned_data["call"].pk,
                person=form.person,
                field=field if field in FieldOfResearch.values else "",
                grants=[_with_holder(carried, form)] if carried else [],
                by=request.user,
                at=now,
            )
        except actions.CallClosed:
            form.add_error("call", _("This call is not open any more."))
        else:
            messages.success(request, _("Your team is formed. Nothing is submitted yet."))
            return redirect("applications:team", application.team.ref)
    context = {
        "form": form,
        "carried": carried,
        "elsewhere": chosen and all(one.code != chosen for one in calls),
        "trail": [(_("My teams"), reverse("applications:teams"))],
        "practice_banner": any(one.is_practice for one in calls),
    }
    return render(request, "applications/start.html", context)


def carried_grant(request: HttpRequest) -> dict[str, Any] | None:
    """Read the grant that the checker was asked about; None when it was asked about none."""
    typed = {name: _visible(request.GET.get(name, "")) for name in GRANT_ANSWERS}
    if not any(typed[name] for name in ("agency", "reference", "starts_on", "ends_on")):
        return None
    facts = load_catalogue().typed_grant(
        agency=typed["agency"], reference=typed["reference"], programme=typed["programme"]
    )
    agency = Agency.objects.filter(slug=facts.agency).first()
    programme = Programme.objects.filter(agency=agency, code=facts.programme).first()
    other = "" if agency or not (typed["agency"] or facts.agency) else typed["agency"]
    starts_on, ends_on = _day(typed["starts_on"]), _day(typed["ends_on"])
    if starts_on and ends_on and ends_on < starts_on:
        starts_on = ends_on = None
    # "EU" is an agency's area, never where somebody works.
    country = typed["country"].upper()
    return {
        "agency": agency,
        "agency_other": _("Another funder") if other.lower() == OTHER else other,
        "programme": programme,
        "programme_other": "" if programme else facts.programme,
        "reference": typed["reference"][:100],
        "starts_on": starts_on,
        "ends_on": ends_on,
        "country": country if len(country) == 2 and country != "EU" else "",
    }


def _visible(text: str) -> str:
    """The answer without what no form of ours would take: an address can be written by anybody."""
    return "".join(one for one in text if one.isprintable()).strip()[:200]


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _with_holder(carried: dict[str, Any], form: StartForm) -> dict[str, Any]:
    partner = form.partner
    return carried | {"holder_name": partner["name"], "person": partner}
