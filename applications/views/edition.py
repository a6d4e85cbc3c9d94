"""The staff page of one edition: what it says otherwise than the one before, and what stands against publishing it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications import permissions
from applications.models import Publication
from applications.queries.golden_cases import Standing
from applications.queries.publishing import DraftRead, read_draft
from applications.views.edition_places import page_of, trail, visible_edition
from applications.views.edition_refusals import names_of
from applications.views.edition_words import changes_in_words
from directory.changes import differences
from directory.contradiction_words import acronyms, contradiction_in_words
from directory.listing import said_by
from directory.models import Edition


@require_safe
def edition(request: HttpRequest, edition: str) -> HttpResponse:
    """Show a published edition of either agency, or a draft of the own one."""
    found = visible_edition(request, edition)
    of_agency = request.user.works_for(found.owner)
    context: dict[str, Any] = {
        "trail": trail(),
        "edition": found,
        "of_agency": of_agency,
        "pages": {page: page_of(found, page) for page in ("compare", "cases", "effect", "publish")},
    }
    if found.published_at is None:
        context |= _draft(request, found)
    else:
        context |= _published(found, of_agency=of_agency)
    return render(request, "staff/edition.html", context)


def _published(found: Edition, *, of_agency: bool) -> dict[str, Any]:
    base = found.based_on
    said = said_by(found, base) if base else {}
    changes = differences(said[base.pk], said[found.pk]) if base else ()
    publications = Publication.objects.filter(edition=found).select_related("by")
    return {
        "base": base,
        "changes": changes_in_words(changes, acronyms()) if changes else [],
        # Who published it, and on what, speaks of the agency's own people and calls.
        "publication": publications.first() if of_agency else None,
    }


def _draft(request: HttpRequest, found: Edition) -> dict[str, Any]:
    read = read_draft(found, timezone.now())
    names = acronyms()
    return {
        "base": read.base,
        "changes": changes_in_words(read.changes, names),
        "addresses": read.addresses,
        "contradictions": [contradiction_in_words(one, names) for one in read.contradictions],
        "unfinished": [names[slug] for slug in read.unfinished],
        "cases": case_counts(read),
        "without_case": [(slug, names[slug]) for slug in read.without_case],
        "is_overtaken": read.is_overtaken,
        "newest": read.newest,
        "authors": names_of(read.authors),
        "may_draft": permissions.may_draft_edition(request.user, found.owner),
        "may_publish": permissions.may_publish(request.user, found, frozenset()),
    }


def case_counts(read: DraftRead) -> dict[str, int]:
    """How many cases are answered as agreed, otherwise, and superseded."""
    found = [one.status for one in read.cases]
    return {status.lower(): found.count(status) for status in Standing}
