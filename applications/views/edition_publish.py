"""Publishing a draft: all that was read before, every obstacle by name, and the button of a second person."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import actions, permissions
from applications.forms.publishing import PublishForm
from applications.queries.effect_found import Found
from applications.queries.effect_rows import calls_that_may_take
from applications.queries.publishing import DraftRead, read_draft
from applications.views.edition import case_counts
from applications.views.edition_places import own_edition, page_of, trail
from applications.views.edition_refusals import names_of, outdated_in_words, told
from applications.views.edition_words import changes_in_words
from applications.views.effect_shown import in_short
from directory.contradiction_words import acronyms
from directory.models import Edition

REFUSALS = (
    *(actions.AlreadyPublished, actions.Conflict, actions.OwnDraft, actions.Overtaken),
    *(actions.RowsUnfinished, actions.Contradictory, actions.CasesFail, actions.CasesMissing),
    *(actions.EffectNotSeen, actions.AddressesUnread),
)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, edition: str) -> HttpResponse:
    """Show what publishing would do and what stands against it; publish."""
    found = own_edition(request, edition)
    if not permissions.may_publish(request.user, found, frozenset()):
        raise PermissionDenied
    if found.published_at is not None:
        if request.method == "POST":
            return _refused_page(request, found, actions.AlreadyPublished(found))
        return redirect(page_of(found))
    read = read_draft(found, timezone.now())
    if request.method != "POST":
        return _page(request, read, _form(read))
    form = _form(read, data=request.POST)
    if not form.is_valid():
        return _page(request, read, form)
    given = form.cleaned_data
    try:
        actions.publish_edition(
            edition_id=found.pk,
            seen=given["seen"],
            calls=given.get("calls", []),
            addresses_read=given.get("addresses_read", False),
            reason_en=given.get("reason_en", ""),
            reason_ja=given.get("reason_ja", ""),
            by=request.user,
            at=timezone.now(),
        )
    except actions.NotPermitted as refusal:
        raise PermissionDenied from refusal
    except actions.AlreadyPublished as refusal:
        return _refused_page(request, found, refusal)
    except REFUSALS as refusal:
        read = read_draft(found, timezone.now())
        # What was ticked and written stays; what the page shows now is what counts.
        form.data = form.data.copy()
        form.data["seen"] = read.fingerprint
        return _page(request, read, form, refused=refusal)
    messages.success(
        request, _("%(code)s is published. It never changes from now on.") % {"code": found.code}
    )
    return redirect(page_of(found))


def _form(read: DraftRead, data: Any = None) -> PublishForm:
    offered = list(calls_that_may_take(read.edition, timezone.now()))
    initial = {
        "seen": read.fingerprint,
        "calls": _chosen(read, [one.pk for one in offered]),
    }
    return PublishForm(data, offered=offered, asks_addresses=bool(read.addresses), initial=initial)


def _chosen(read: DraftRead, offered: Collection[int]) -> list[int]:
    """The calls for which the effect was worked out; all that may take it where it was not yet."""
    return [pk for pk in offered if read.preview is None or pk in read.preview.calls]


def _page(
    request: HttpRequest, read: DraftRead, form: PublishForm, refused: Exception | None = None
) -> HttpResponse:
    names, edition = acronyms(), read.edition
    ticked = form["calls"].value() if "calls" in form.fields else []
    offered = {str(pk): pk for pk, _words in form.fields["calls"].choices} if ticked else {}
    calls = {offered[str(one)] for one in ticked or [] if str(one) in offered}
    # Whether the addresses were read is asked with the button, not before.
    against = actions.obstacles(read, by=request.user, calls=calls, addresses_read=True)
    context = {
        "trail": trail(edition),
        "edition": edition,
        "base": read.base,
        "form": form,
        "refused": refused and told(refused, edition, names),
        "obstacles": [told(one, edition, names) for one in against],
        "changes": changes_in_words(read.changes, names),
        "addresses": read.addresses,
        "cases": case_counts(read),
        "effect": read.effect,
        "effect_outdated": outdated_in_words(read.outdated) if read.worked_out else "",
        "effect_says": in_short(Found.read(read.effect.found)) if read.effect else [],
        "authors": names_of(read.authors),
        "pages": {page: page_of(edition, page) for page in ("cases", "effect")},
    }
    status = 409 if refused else 200
    return render(request, "staff/edition_publish.html", context, status=status)


def _refused_page(request: HttpRequest, found: Edition, refusal: Exception) -> HttpResponse:
    context = {"trail": trail(found), "refused": told(refusal, found, acronyms())}
    return render(request, "staff/edition_refused.html", context, status=409)
