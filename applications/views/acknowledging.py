"""The page behind the link in a letter: its recipient confirms receipt, without an account."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from applications import actions
from applications.forms.notices import AcknowledgeForm
from applications.queries.released import letter_of
from applications.views.invited.ways import private

GONE = 410


@private
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the letter was about; only the button confirms, for mail scanners open links, too."""
    letter = letter_of(token)
    if letter is None:
        return render(request, "acknowledge/unknown.html", status=404)
    now = timezone.now()
    context = {
        "letter": letter,
        "notice": letter.notice,
        "practice_banner": letter.notice.application.call.is_practice,
    }
    if letter.acknowledged_at is None and letter.expires_at <= now:
        return render(request, "acknowledge/expired.html", context, status=GONE)
    form = AcknowledgeForm(request.POST if request.method == "POST" else None)
    if letter.acknowledged_at is None and form.is_bound and form.is_valid():
        with suppress(actions.LinkExpired):  # its page says so
            actions.acknowledge_letter(letter_id=letter.pk, note=form.cleaned_data["note"], at=now)
        return redirect("applications:acknowledge", token)
    return render(request, "acknowledge/letter.html", {**context, "form": form})
