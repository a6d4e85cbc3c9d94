"""What a draft of the list would change, for staff before they publish it: worked out press by press."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import actions, permissions
from applications.forms.edition_effect import EffectForm
from applications.models import EffectPreview
from applications.queries.effect_found import Found
from applications.queries.effect_rows import calls_that_may_take
from applications.queries.publishing import outdated
from applications.views.edition_places import trail
from applications.views.edition_refusals import outdated_in_words
from applications.views.effect_shown import what_was_found
from directory.listing import fingerprint_of_edition
from directory.models import Call, Edition

GOING = "going"  # of the address after a press: only then the script presses again


def effect(request: HttpRequest, edition: str) -> HttpResponse:
    """Show how far the effect is worked out, and what was found; a press works on it for a while.

    Reading changes nothing (hazard 8): the work is done by the press of a button alone.
    """
    draft = _own(request, edition)
    if request.method != "POST":
        return _page(request, draft)
    if not permissions.may_draft_edition(request.user, draft.owner):
        raise PermissionDenied
    preview = _preview(draft)
    form = _form(request.POST, draft, preview, timezone.now())
    if not form.is_valid():
        return _page(request, draft, form=form)
    calls = form.cleaned_data["calls"]
    if form.cleaned_data["go_on"]:
        if preview is None or preview.finished_at:  # a second press of the last button
            return redirect(_address(draft))
        calls = preview.calls
    try:
        preview = actions.work_out_effect(
            edition_id=draft.pk, calls=calls, by=request.user, at=timezone.now()
        )
    except (actions.AlreadyPublished, actions.AnothersList):
        return redirect(_address(draft))
    going = "" if preview.finished_at else f"?{urlencode({GOING: 'on'})}"
    return redirect(_address(draft) + going)


def _own(request: HttpRequest, code: str) -> Edition:
    """Return an edition of the reader's own agency's list.

    :raises Http404: there is none, or the account is not staff
    """
    if not request.user.is_staff:
        raise Http404
    lists = Edition.objects.all()
    if not request.user.is_superuser:
        lists = lists.of(request.user.staff_agency)
    return get_object_or_404(lists, code=code)


def _address(draft: Edition) -> str:
    return reverse("applications:staff_edition_effect", args=[draft.code])


def _preview(draft: Edition) -> EffectPreview | None:
    return EffectPreview.objects.filter(edition=draft).select_related("by").first()


def _form(data: Any, draft: Edition, preview: EffectPreview | None, at: datetime) -> EffectForm:
    calls = list(calls_that_may_take(draft, at))
    asked = set(preview.calls) if preview else {one.pk for one in calls}
    return EffectForm(
        data,
        calls=calls,
        button=_("Work it out again") if preview else _("Work out the effect"),
        initial={"calls": [one.pk for one in calls if one.pk in asked]},
    )


def _page(request: HttpRequest, draft: Edition, *, form: EffectForm | None = None) -> HttpResponse:
    preview, now = _preview(draft), timezone.now()
    current = preview is not None and preview.fingerprint == fingerprint_of_edition(draft)
    done = preview is not None and current and preview.finished_at is not None
    may_act = draft.published_at is None and permissions.may_draft_edition(
        request.user, draft.owner
    )
    context = {
        "title": _("Effect of the list %(code)s") % {"code": draft.code},
        "trail": trail(draft),
        "edition": draft,
        "preview": preview if current else None,
        "changed_since": preview is not None and not current,
        "going": current and not done and GOING in request.GET,
        "done": done,
        "outdated": outdated_in_words(outdated(preview, now)) if done and may_act else "",
        "calls": Call.objects.filter(pk__in=preview.calls) if preview and current else (),
        "form": form or (_form(None, draft, preview, now) if may_act else None),
        "may_act": may_act,
    }
    if done and preview:
        context |= what_was_found(request.user, Found.read(preview.found))
    return render(request, "staff/edition_effect.html", context)
