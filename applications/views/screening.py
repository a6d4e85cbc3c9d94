"""What officers do on an application's page: the acts of screening, notes, and whose it is."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.conflicts import in_words
from applications.forms.screening import AssignForm, DecideForm, NoteForm
from applications.models import Application
from applications.queries import screening
from applications.queries.application import Workspace
from applications.views import refusals
from applications.views.changes import version_changes
from applications.views.kept_view import application_url, back_to_application, kept_view
from applications.views.screening_refusals import why
from applications.views.staff_acts import own_application
from applications.workflow import (
    NEEDS_DATE,
    NEEDS_REASON,
    STAFF_ACTS,
    TELLS_TEAM,
    Act,
    Status,
    acts_from,
)

MOST_MAILS = 10
BY_SLUG = {act.value.lower().replace("_", "-"): act for act in STAFF_ACTS}
SLUGS = {act: slug for slug, act in BY_SLUG.items()}


def panel(
    request: HttpRequest, found: Application, space: Workspace, *, may_act: bool
) -> dict[str, Any]:
    """Return what the application's page shows of its screening."""
    mine = found.assigned_to_id == request.user.pk
    seen_move = screening.last_move(found)
    acts = [act for act in acts_from(found.status) if act in STAFF_ACTS] if may_act else []
    waits = Act.TAKE_INTO_SCREENING in acts and _still_the_teams(found)
    if waits:
        acts.remove(Act.TAKE_INTO_SCREENING)
    return {
        "may_act": may_act,
        "acts": [_button(request, found, act, seen_move) for act in acts],
        "screening_from": found.screening_from if waits else None,
        "seen_move": seen_move,
        "letters": screening.letters_of(found),
        "notes": screening.notes_of(found),
        "note_form": NoteForm() if may_act else None,
        "may_take": may_act and not mine and request.user.staff_agency == found.call.owner,
        "mails": screening.mails_of(found, MOST_MAILS),
        "version_changes": version_changes(space),
    }


def _still_the_teams(found: Application) -> bool:
    return found.screening_from is not None and timezone.now() < found.screening_from


def _button(request: HttpRequest, found: Application, act: Act, seen_move: int) -> dict[str, Any]:
    """An act as the page offers it; one that wants no words and tells nobody is done at once.

    The address of another carries where the page showed the application: its form is about that.
    """
    again = act == Act.RETURN and found.status == Status.RETURNED
    url = reverse("applications:staff_decide", args=[found.pk, SLUGS[act]]) + kept_view(request)
    at_once = act not in TELLS_TEAM | NEEDS_REASON | NEEDS_DATE
    seen = urlencode({"seen_status": found.status, "seen_move": seen_move})
    return {
        "label": _("Return again, with another date") if again else act.label,
        "url": url if at_once else f"{url}{'&' if '?' in url else '?'}{seen}",
        "at_once": at_once,
    }


def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one act of staff, with its reason and date where it wants them."""
    if act not in BY_SLUG:
        raise Http404
    meant = BY_SLUG[act]
    found = own_application(request, pk, meant)
    form = _decide_form(request, found, meant)
    if request.method == "POST" and form.is_valid():
        return _decided(request, found, meant, form)
    if request.method != "POST" and (refused := _refused_unasked(request, found, meant)):
        return refused
    return _decide_page(request, found, meant, form)


def _decide_page(
    request: HttpRequest, found: Application, act: Act, form: DecideForm
) -> HttpResponse:
    context = _page(request, found, act.label) | {"form": form, "tells_team": act in TELLS_TEAM}
    return render(request, "staff/decide.html", context)


def _refused_unasked(request: HttpRequest, found: Application, act: Act) -> HttpResponse | None:
    """Say at once what the act would say: that the page is an old one, or that it does not follow."""
    seen = request.GET.get("seen_status"), request.GET.get("seen_move")
    if seen != (None, None) and seen != (found.status, str(screening.last_move(found))):
        return _faster(request, found, act, "")
    if act not in acts_from(found.status):
        return refusals.refusal_page(request, found, actions.NotAllowed(act, found.status))
    if act == Act.TAKE_INTO_SCREENING and found.screening_from and _still_the_teams(found):
        return _refused(request, found, actions.StillTheTeams(found.screening_from))
    return None


def _refused(request: HttpRequest, found: Application, refusal: Exception) -> HttpResponse:
    return refusals.refusal_page(request, found, refusal, reason=why(refusal))


def _decide_form(request: HttpRequest, found: Application, act: Act) -> DecideForm:
    if request.method == "POST":
        return DecideForm(request.POST, act=act, receipt=found.receipt)
    shown = {"seen_status": found.status, "seen_move": screening.last_move(found)}
    if act == Act.RETURN:
        shown["reason"] = found.return_reason  # returned again, most often for the date alone
    return DecideForm(act=act, receipt=found.receipt, initial=shown)


def _decided(request: HttpRequest, found: Application, act: Act, form: DecideForm) -> HttpResponse:
    try:
        actions.decide(
            application_id=found.pk,
            act=act,
            by=request.user,
            at=timezone.now(),
            seen_status=form.cleaned_data["seen_status"],
            seen_move=form.cleaned_data["seen_move"] or 0,
            reason=form.cleaned_data["reason"],
            until=form.until,
        )
    except actions.Conflict:
        return _faster(request, found, act, form.cleaned_data["reason"])
    except actions.NotAllowed as refusal:
        return refusals.refusal_page(request, found, refusal)
    except actions.StillTheTeams as refusal:
        return _refused(request, found, refusal)
    except actions.DateNeeded as refusal:
        form.add_error("day", why(refusal))
        return _decide_page(request, found, act, form)
    found.refresh_from_db()
    done = _("Done: %(act)s. The application is now in the state “%(state)s”.")
    messages.success(request, done % {"act": act.label, "state": found.get_status_display()})
    letter = screening.letters_of(found).filter(act=act, released_at=None).first()
    if act in TELLS_TEAM and letter:
        address = reverse("applications:staff_team_letter", args=[letter.pk])
        return redirect(address + kept_view(request))
    return back_to_application(request, found.pk)


def _faster(request: HttpRequest, found: Application, act: Act, reason: str) -> HttpResponse:
    """Say what somebody did meanwhile, and keep what was typed."""
    found.refresh_from_db()
    last = screening.moves(found).first()
    context = _page(request, found, _("Somebody was faster")) | {
        "act": act.label,
        "reason": reason,
        "last": last,
        "last_act": Act(last.act).label if last else "",
        "who": _actor(last),
    }
    return render(request, "staff/faster.html", context, status=409)


def _actor(event: Any) -> str:
    if event is None:
        return ""
    if event.user:
        return str(event.user.get_full_name())
    return str(event.membership.researcher.name) if event.membership else ""


def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write an internal note; the page shows the earlier ones."""
    found = own_application(request, pk, permissions.SCREEN)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.write_note(
            application_id=found.pk,
            text=form.cleaned_data["text"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The note is kept. Only staff of your agency see it."))
        return redirect(application_url(request, pk) + "#notes")
    context = _page(request, found, _("Internal notes")) | {
        "form": form,
        "notes": screening.notes_of(found),
    }
    return render(request, "staff/notes.html", context)


def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the application to a colleague, to oneself or to nobody."""
    found = own_application(request, pk, permissions.SCREEN)
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        colleagues=screening.colleagues_of(found),
        initial={"seen": found.assigned_to_id, "to": found.assigned_to_id or ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.assign(
                application_id=found.pk,
                to=form.colleague,
                seen=form.cleaned_data["seen"],
                by=request.user,
                at=timezone.now(),
            )
        except actions.Conflict:
            found.refresh_from_db()
            saved = found.assigned_to
            rows = [
                {
                    "key": form.fields["to"].label,
                    "yours": in_words(form.fields["to"], form.colleague or ""),
                    "stored": saved.get_full_name() if saved else _("Nobody"),
                }
            ]
            form.data = form.data.copy()
            form.data["seen"] = found.assigned_to_id or ""
            return _assign_page(request, found, form, 409, conflict_rows=rows)
        messages.success(request, _("Saved."))
        return back_to_application(request, pk)
    return _assign_page(request, found, form, 200)


def _assign_page(
    request: HttpRequest, found: Application, form: AssignForm, status: int, **more: Any
) -> HttpResponse:
    context = _page(request, found, _("Who looks after it")) | {"form": form} | more
    return render(request, "staff/assign.html", context, status=status)


def _page(request: HttpRequest, found: Application, title: Any) -> dict[str, Any]:
    return {
        "application": found,
        "title": title,
        "practice_banner": found.call.is_practice,
        "view": kept_view(request),
    }
