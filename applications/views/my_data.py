"""My data: what the portal keeps about the reader's account, to see, change, take along and have erased."""

import json
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import actions
from applications.forms.conflicts import differing
from applications.forms.profile import ErasureForm, ProfileForm
from applications.models import Application, Membership
from applications.queries.erasures import WITHDRAWN, open_request
from applications.queries.my_data import my_data as held_about
from applications.queries.my_data import rows_of_sign_in
from applications.queries.sections import profile_values
from directory import formatting
from directory.models import ErasureRequest
from directory.views.zones import COOKIE as ZONE_COOKIE

LANGUAGES = {"ja": "日本語", "en": "English"}


@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept about the account, each part with the page that changes it."""
    addresses = EmailAddress.objects.filter(user=request.user).order_by("-primary", "email")
    own = Membership.objects.current().filter(researcher__user=request.user)
    teams: dict[int, Application] = {}
    for one in (
        Application.objects.visible_to(request.user)
        .filter(team__in=own.values("team"))
        .select_related("team")
        .order_by("-created_at", "-pk")
    ):
        teams.setdefault(one.team_id, one)
    context = {
        "profile_rows": _profile_rows(request),
        "address_rows": [_address_row(one) for one in addresses],
        "sign_in_rows": _sign_in_rows(request),
        "teams": list(teams.values()),
        "open_request": open_request(request.user),
    }
    return render(request, "applications/my_data.html", context)


def _profile_rows(request: HttpRequest) -> list[dict[str, Any]]:
    account, page = request.user, reverse("applications:my_data_profile")
    zone = formatting.known_zone(account.time_zone)
    now = formatting.moment(timezone.now(), zone, get_language()) if zone else ""
    local = _("Now: %(moment)s") % {"moment": now} if now else ""
    return [
        {"key": _("Name"), "value": account.name, "href": f"{page}#id_name"},
        {
            "key": _("Language"),
            "value": LANGUAGES.get(account.language[:2], account.language),
            "href": f"{page}#div_id_language",
        },
        {
            "key": _("Time zone"),
            "value": "\n".join(part for part in (account.time_zone, local) if part),
            "href": f"{page}#id_time_zone",
        },
    ]


def _address_row(address: EmailAddress) -> dict[str, Any]:
    states = [_("Verified") if address.verified else _("Not verified yet")]
    if address.primary:
        states.insert(0, _("Preferred: mails go to it, and staff and funders see it"))
    return {"key": address.email, "value": "\n".join(states)}


def _sign_in_rows(request: HttpRequest) -> list[dict[str, Any]]:
    """The ways to sign in, with their pages as far as this installation has them."""
    has_password = request.user.has_usable_password()
    orcids = [one.uid for one in rows_of_sign_in("socialaccount", "SocialAccount", request.user)]
    factors = [str(one) for one in rows_of_sign_in("mfa", "Authenticator", request.user)]
    # Without keys of ORCID nobody can link; an older link can still be seen and taken away.
    linking = bool(orcids or getattr(settings, "ORCID_CLIENT_ID", ""))
    rows = [
        {
            "key": _("Password"),
            "value": _("Set") if has_password else _("None: you sign in with a mailed code"),
            "href": _page("account_change_password" if has_password else "account_set_password"),
        },
        {
            "key": _("ORCID iD"),
            "value": "\n".join(orcids) or _("Not linked"),
            "href": _page("socialaccount_connections") if linking else "",
        },
        {
            "key": _("Passkeys, one-time codes and recovery codes"),
            "value": "\n".join(factors) or _("None yet"),
            "href": _page("mfa_index"),
        },
        {
            "key": _("Sessions"),
            "value": _("The browsers in which you are signed in"),
            "href": _page("usersessions_list"),
        },
    ]
    return [row for row in rows if row["href"]]


def _page(name: str) -> str:
    """The address of a page of sign-in; empty where that part is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Change name, language and time zone."""
    now = timezone.now()
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        stored=profile_values(request.user),
        now=now,
    )
    conflict_rows, status = [], 200
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_profile(
                values=form.values, seen=form.seen_fingerprint, by=request.user, at=now
            )
        except actions.Conflict as conflict:
            conflict_rows, status = differing(form, conflict.stored, form.values), 409
            form.accept(conflict.stored)
        else:
            return _after_profile(request, saved.language)
    context = {
        "form": form,
        "title": _("Name, language and time zone"),
        "here": _("Name, language and time zone"),
        "trail": _trail(),
        "conflict_rows": conflict_rows,
        "in_conflict": bool(conflict_rows),
    }
    return render(request, "applications/my_data_profile.html", context, status=status)


def _after_profile(request: HttpRequest, language: str) -> HttpResponse:
    """Go back in the language chosen, which the browser keeps for addresses without one.

    A zone chosen on a call's page gives way: what the account says is the newer choice.
    """
    with translation.override(language):
        messages.success(request, _("Saved."))
        response = redirect("applications:my_data")
    response.delete_cookie(ZONE_COOKIE, samesite="Lax")
    return response


def _trail() -> list[tuple[str, str]]:
    return [(_("My data"), reverse("applications:my_data"))]


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """All that is held about the reader as JSON, made now and kept nowhere."""
    now = timezone.now()
    text = json.dumps(held_about(request.user, now), ensure_ascii=False, indent=2)
    day = now.astimezone(formatting.ZoneInfo(formatting.JAPAN)).date()
    return HttpResponse(
        text + "\n",
        content_type="application/json; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="aspire-my-data-{day.isoformat()}.json"',
            "Cache-Control": "private, no-store",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest) -> HttpResponse:
    """What erasure takes away and what stays; one button to ask for it, one to take that back."""
    now = timezone.now()
    if request.method == "POST" and "withdraw" in request.POST:
        actions.withdraw_erasure_request(by=request.user, at=now)
        messages.success(request, _("Your request for erasure is withdrawn."))
        return redirect("applications:my_data_erasure")
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.request_erasure(by=request.user, note=form.cleaned_data["note"], at=now)
        messages.success(request, _("Your request for erasure is recorded."))
        return redirect("applications:my_data_erasure")
    handled = ErasureRequest.objects.filter(user=request.user, handled_at__isnull=False)
    context = {
        "form": form,
        "open_request": open_request(request.user),
        "handled": handled.order_by("-handled_at"),
        "withdrawn": WITHDRAWN,
        "trail": _trail(),
        "here": _("Erasure"),
    }
    return render(request, "applications/my_data_erasure.html", context)
