"""What every request passes through: no bytes a database cannot hold, no personal page in a cache."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_from_path


class TidyCookiesMiddleware:
    """Forget cookies that hold NUL: we set none, and PostgreSQL cannot look such a session up.

    Stands before the session is read. A cookie may spell NUL as ``"\\000"``, which no proxy stops.
    A length that is no number, which any web server stops, is read as none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\0" in name + value]:
            del request.COOKIES[name]
        if not (request.META.get("CONTENT_LENGTH") or "0").lstrip("-").isdecimal():
            request.META["CONTENT_LENGTH"] = (
                "0"  # as Django itself reads the body of such a request
            )
        return self.get_response(request)


class TidyRequestMiddleware:
    """Refuse NUL bytes in the address or the query; keep signed-in pages out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        self.remember_language(request, response)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    @staticmethod
    def remember_language(request: HttpRequest, response: HttpResponse) -> None:
        """Keep the language of the page, so that addresses without one (the admin) follow it."""
        language = get_language_from_path(request.path_info)
        if language and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=365 * 24 * 60 * 60,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )

    def process_view(self, request: HttpRequest, view, args, kwargs) -> None:
        # PostgreSQL refuses NUL in text with an error that would become a 500.
        texts = [
            request.path,
            *kwargs.values(),
            *(v for k in request.GET.lists() for v in (k[0], *k[1])),
        ]
        if any(isinstance(text, str) and "\0" in text for text in texts):
            raise BadRequest("NUL in the address")


def environment() -> str:
    """Return which server this is: DEBUG, PRACTICE (mail leaves to a guest list alone) or PRODUCTION."""
    if settings.DEBUG:
        return "DEBUG"
    return "PRACTICE" if settings.RECIPIENT_GUEST_LIST else "PRODUCTION"


def portal_context(request: HttpRequest) -> dict[str, object]:
    """Return what every page may show: practice or not, the portal's address, ways to sign in."""
    return {
        "is_practice_server": settings.DEBUG,
        "environment": environment(),
        "portal_url": settings.PORTAL_URL,
        "orcid_offered": bool(settings.ORCID_CLIENT_ID),
        "second_factor_shown": getattr(request, "second_factor_shown", False),
        "second_factor_waived": getattr(request, "second_factor_waived", False),
    }
