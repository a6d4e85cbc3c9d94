"""Letters to the team: read, edited, released or dropped by staff of the call's agency."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.conflicts import differing
from applications.forms.mail import ReasonForm
from applications.forms.screening import TeamLetterForm
from applications.models import TeamLetter
from applications.queries import screening
from applications.queries.fingerprints import fingerprint
from applications.views.kept_view import back_to_application, kept_view, places
from applications.views.staff import staff_applications
from directory.addresses import with_punycode

REFUSALS = (actions.NotAllowed, actions.NoLongerOfUse, actions.NoAddress)


def _find(request: HttpRequest, pk: int, *, to_act: bool) -> TeamLetter:
    """Return a letter of an application of the reader's agency.

    :raises Http404: there is none in their scope
    :raises PermissionDenied: ``to_act``, and they only look
    """
    mine = staff_applications(request)
    letters = TeamLetter.objects.filter(application__in=mine).select_related(
        "application__call", "application__team", "drafted_by", "released_by"
    )
    letter = get_object_or_404(letters, pk=pk)
    if to_act and not permissions.may(request.user, permissions.SCREEN, letter.application):
        raise PermissionDenied
    return letter


def team_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a letter to the team; save the words of a draft."""
    letter = _find(request, pk, to_act=request.method == "POST")
    form = TeamLetterForm(
        request.POST if request.method == "POST" else None,
        initial=screening.words_of(letter),
        receipt=letter.application.receipt,
    )
    form.watch(screening.words_of(letter))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_team_letter(
                letter_id=pk,
                values=form.values,
                seen=form.seen_fingerprint,
                by=request.user,
                at=timezone.now(),
            )
        except actions.Conflict as conflict:
            rows = differing(form, conflict.stored, form.values)
            form.accept(conflict.stored)
            return _page(request, letter, form, status=409, conflict_rows=rows)
        except actions.NotAllowed as refusal:
            return _refused(request, pk, refusal)
        messages.success(request, _("Saved. Read the letter once more, then release it."))
        return redirect(_address(request, pk))
    return _page(request, letter, form)


def _address(request: HttpRequest, pk: int) -> str:
    return reverse("applications:staff_team_letter", args=[pk]) + kept_view(request)


def _page(
    request: HttpRequest,
    letter: TeamLetter,
    form: TeamLetterForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    application = letter.application
    actions.record_reading(
        name=f"letter {letter.pk}", application=application, by=request.user, at=timezone.now()
    )
    is_draft = not (letter.released_at or letter.dropped_at)
    may_act = is_draft and permissions.may(request.user, permissions.SCREEN, application)
    recipients = screening.recipients_of_team(application)
    context = {
        "application": application,
        "title": _("Letter to the team: %(act)s") % {"act": letter.get_act_display()},
        "letter": letter,
        "is_draft": is_draft,
        "may_act": may_act,
        "of_use": screening.is_of_use(letter, application, timezone.now()),
        "recipients": [(one.get_full_name(), with_punycode(one.email)) for one in recipients],
        "seen": fingerprint(screening.as_read(letter, recipients)),
        "more": _others(request, letter).count() if may_act else 0,
        "goes_on": may_act and _after(request, letter) is not None,
        "form": form,
        "practice_banner": application.call.is_practice,
        "view": kept_view(request),
    }
    return render(request, "staff/team_letter.html", context | more, status=status)


def _refused(request: HttpRequest, pk: int, refusal: Exception) -> HttpResponse:
    """Show the letter as it stands now, with what was not done and why."""
    if isinstance(refusal, actions.NoLongerOfUse):
        words = _(
            "The application stands elsewhere now, or the date for the correction has passed: the "
            "letter says what is no longer so."
        )
    elif isinstance(refusal, actions.NoAddress):
        words = _("Neither the lead nor a deputy has an account that works. Nothing was sent.")
    elif isinstance(refusal, actions.Conflict):
        words = _(
            "The words or the recipients have changed meanwhile. Nothing was sent; please read the "
            "letter below."
        )
    else:
        words = _("The letter was released or dropped already.")
    letter = _find(request, pk, to_act=False)
    form = TeamLetterForm(initial=screening.words_of(letter), receipt=letter.application.receipt)
    form.watch(screening.words_of(letter))
    return _page(request, letter, form, status=409, refusal=words)


def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the letter go to the lead and deputies, once."""
    letter = _find(request, pk, to_act=True)
    if request.method != "POST":
        return redirect(_address(request, pk))  # a reload after a refusal
    try:
        actions.release_team_letter(
            letter_id=pk, seen=request.POST.get("seen", ""), by=request.user, at=timezone.now()
        )
    except (*REFUSALS, actions.Conflict) as refusal:
        return _refused(request, pk, refusal)
    messages.success(request, _("Released. The letter waits to be handed to the mail server."))
    if "next" in request.POST and (following := _following(request, letter)):
        return redirect(_address(request, following.pk))
    if "onwards" in request.POST and (after := _after(request, letter)):
        return redirect(after)
    return back_to_application(request, letter.application_id)


def _after(request: HttpRequest, letter: TeamLetter) -> str | None:
    """The address of the application that follows in the list as the reader left it."""
    around = places(request, staff_applications(request), letter.application)
    return around.get("after_url")


def _others(request: HttpRequest, letter: TeamLetter) -> QuerySet[TeamLetter]:
    """The other letters of the reader's agency that wait to be read."""
    return screening.letters_waiting(staff_applications(request), timezone.now()).exclude(
        pk=letter.pk
    )


def _following(request: HttpRequest, letter: TeamLetter) -> TeamLetter | None:
    """The letter that waits after this one; after the last comes the first."""
    others = _others(request, letter)
    return others.filter(pk__gt=letter.pk).first() or others.first()


def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a draft for good, with a reason."""
    letter = _find(request, pk, to_act=True)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, button=_("Drop the letter")
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.drop_team_letter(
                letter_id=pk,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except actions.NotAllowed as refusal:
            return _refused(request, pk, refusal)
        messages.success(request, _("Dropped. The team gets no letter about this act."))
        return back_to_application(request, letter.application_id)
    context = {
        "application": letter.application,
        "title": _("Drop the letter"),
        "letter": letter,
        "form": form,
        "practice_banner": letter.application.call.is_practice,
        "view": kept_view(request),
    }
    return render(request, "staff/team_letter_drop.html", context)
