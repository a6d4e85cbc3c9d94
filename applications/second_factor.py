"""No staff page before a second factor: closed by construction, whatever page is added later."""

from collections.abc import Callable
from functools import cache

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from applications.models import Application

NEXT = "second_factor_next"


def is_shown(request: HttpRequest) -> bool:
    """Whether a second factor was shown in this session by this very account."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def is_waived() -> bool:
    """Whether staff may do without: a practice server that holds practice data only."""
    return (
        settings.STAFF_SECOND_FACTOR_WAIVED
        and settings.DEBUG
        and not Application.objects.filter(call__is_practice=False).exists()
    )


@cache
def account_pages() -> frozenset[str]:
    """The names of the pages on which a second factor is set up, used or asked for."""
    from applications.urls import accounts

    return frozenset(pattern.name for pattern in accounts.urlpatterns)


class SecondFactorMiddleware:
    """Lead staff who showed no second factor to where they can; every page but a few is closed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        user = request.user
        if not (user.is_authenticated and user.is_staff):
            return None
        if is_shown(request):
            request.second_factor_shown = True
            return None
        if is_waived():
            request.second_factor_waived = True
            return None
        if not getattr(view, "login_required", True):
            return None  # a page for everybody; it shows staff nothing more
        match = request.resolver_match
        if match and not match.namespaces and match.url_name in account_pages():
            return None
        return self.to_second_factor(request)

    @staticmethod
    def to_second_factor(request: HttpRequest) -> HttpResponse:
        """Say why, and go to where a second factor is used or, where there is none, set up."""
        wanted = (
            request.get_full_path() if request.method == "GET" else reverse("applications:staff")
        )
        kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
        if Authenticator.Type.WEBAUTHN in kinds and Authenticator.Type.TOTP not in kinds:
            page = "mfa_reauthenticate_webauthn"
        elif kinds:
            page = "mfa_reauthenticate"
        else:
            page = "mfa_index"
        if kinds:
            text = _("Staff pages open only after your second factor. Please show it now.")
        else:
            text = _(
                "Staff pages open only with a second factor. Please set one up now: a passkey or an authenticator app."
            )
        request.session[NEXT] = wanted
        messages.info(request, text)
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': wanted})}")
