"""Pages behind a mailed link: the invitation, and a member's own page. No account is needed."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse


@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    raise Http404


@login_not_required
def personal(request: HttpRequest, token: str) -> HttpResponse:
    raise Http404
