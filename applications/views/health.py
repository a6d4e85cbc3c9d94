"""Whether the portal lives: the database answers, and mail does not pile up."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from applications.models import Message


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 with the age in seconds of the oldest unsent message; a dead database gives 503."""
    from django.db import Error

    try:
        oldest = (
            Message.objects.unsent()
            .order_by("created_at")
            .values_list("created_at", flat=True)
            .first()
        )
    except Error:
        return JsonResponse({"database": "unreachable"}, status=503)
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    return JsonResponse({"database": "ok", "oldest_unsent_seconds": int(age)})
