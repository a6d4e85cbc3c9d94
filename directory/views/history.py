"""What changed between two editions of the list, for everybody: a page and the same rows as a file."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.as_of import AskedEdition, asked_edition, none_kept
from directory.changes import Difference, differences
from directory.history import cells_of, columns, fields_of, told
from directory.listing import said_by
from directory.models import Agency, Edition, OwningAgency
from directory.spreadsheets import csv_response


@dataclass(frozen=True, slots=True)
class Asked:
    """The two editions that are compared, or what is wrong with the question, in words."""

    before: Edition | None
    after: Edition | None
    problem: str = ""
    status: int = 200

    def changes(self) -> list[Difference]:
        """What changed of each funder; nothing where there are no two editions."""
        if self.before is None or self.after is None:
            return []
        said = said_by(self.before, self.after)
        return told(differences(said[self.before.pk], said[self.after.pk]))


def _asked(params: Mapping[str, str]) -> Asked:
    """Read ``from`` and ``to``: codes or days; the newest list and the one before it if left out."""
    after = _edition(params, "to") or AskedEdition(Edition.objects.newest(OwningAgency.AMED))
    before = _edition(params, "from") or AskedEdition(after.edition and _one_before(after.edition))
    wrong = next((one for one in (after, before) if one.problem), AskedEdition(None))
    # That no list of a day is kept is an answer, not a mistake.
    status = 400 if wrong.problem and wrong.day is None else 200
    return Asked(before.edition, after.edition, wrong.problem, status)


def _edition(params: Mapping[str, str], name: str) -> AskedEdition | None:
    text = params.get(name, "").strip()
    if not text:
        return None
    found = asked_edition({"edition": text}, OwningAgency.AMED)
    if found.edition is None and not found.problem:
        return AskedEdition(None, none_kept(found, OwningAgency.AMED), found.day)
    return found


def _one_before(edition: Edition) -> Edition | None:
    """The list that the same agency's page showed before this one."""
    lists = list(Edition.objects.of(edition.owner).published().newest_first())
    place = lists.index(edition)
    return next(iter(lists[place + 1 :]), None)


@login_not_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """What changed between two published editions; 400 where one of them does not exist."""
    asked = _asked(request.GET)
    changes = asked.changes()
    agencies = _agencies(changes)
    names = {slug: one.acronym for slug, one in agencies.items()}
    context = {
        "asked": asked,
        "editions": Edition.objects.published().newest_first(),
        "by_funder": [
            {
                "agency": agencies[one.slug],
                "kind": one.kind,
                "rows": cells_of(fields_of(one), names),
            }
            for one in changes
        ],
        "columns": [_("What"), _("Before"), _("After")],
        "file_columns": columns(agencies),
    }
    return render(request, "directory/history.html", context, status=asked.status)


def _agencies(changes: list[Difference]) -> dict[str, Agency]:
    """The funders whose rows changed, and the bodies that these name, by their slugs."""
    slugs = {one.slug for one in changes}
    slugs |= {
        side.body for one in changes for side in (one.before, one.after) if side and side.body
    }
    return {one.slug: one for one in Agency.objects.filter(slug__in=slugs)}


@login_not_required
@require_safe
def history_csv(request: HttpRequest) -> HttpResponseBase:
    """The same rows as CSV; a list that is not kept leads back to the page, which says so.

    Where there is no earlier list, nothing changed: headings alone.
    """
    asked = _asked(request.GET)
    if asked.problem:
        return redirect(f"{reverse('directory:funders_history')}?{request.GET.urlencode()}")
    codes = request.GET.get("headers") == "codes"
    changes = asked.changes()
    rows = [row for one in changes for row in fields_of(one)]
    return csv_response("funders-history.csv", columns(_agencies(changes)), rows, codes)
