"""Who sits there now: what opens an account is changed only by whoever proved it just now."""

import time
from collections.abc import Callable
from functools import wraps

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows import reauthentication
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _


def must_prove_again(request: HttpRequest) -> bool:
    """Whether nobody proved to be the owner within the last minutes.

    allauth asks nothing of somebody without password and second factor. For them (a mailed
    code, ORCID) the sign-in itself must be recent.
    """
    if not request.user.is_authenticated:
        return True
    if reauthentication.get_reauthentication_flows(request.user):
        return not reauthentication.did_recently_reauthenticate(request)
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0)
    return time.time() - newest >= app_settings.REAUTHENTICATION_TIMEOUT


def proved_just_now(view: Callable, *, on_reading: bool = True) -> Callable:
    """Let in only whoever proved it just now; others do so first, and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        reading = request.method in ("GET", "HEAD")
        if (reading and not on_reading) or not must_prove_again(request):
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if reauthentication.get_reauthentication_flows(request.user):
            raise ReauthenticationRequired
        logout(request)
        messages.info(
            request, _("Please sign in once more: this changes how your account is opened.")
        )
        return redirect_to_login(request.get_full_path())

    return guarded
