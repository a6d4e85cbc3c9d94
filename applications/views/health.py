"""Whether the portal lives: the database answers, and mail does not pile up."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from applications import outbox
from applications.models import Message, MessageState
from applications.queries.mail_queue import backlog


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 with what the outbox holds; a dead database gives 503.

    The age in seconds of the oldest unsent message, how many need a person (held, failed), and
    whether the switch of all mail is open.
    """
    try:
        found = backlog(Message.objects.all())
        gate = outbox.shut_gate()
    except Error:
        return JsonResponse({"database": "unreachable"}, status=503)
    age = (timezone.now() - found.oldest).total_seconds() if found.oldest else 0
    return JsonResponse(
        {
            "database": "ok",
            "oldest_unsent_seconds": int(age),
            "held": found.counts[MessageState.HELD],
            "failed": found.counts[MessageState.FAILED],
            "mail": "held" if gate else "open",
        }
    )
