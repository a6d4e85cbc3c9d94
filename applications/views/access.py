"""The matrix of who may see and do what, as a page that AMED can read, print and sign."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.access import ROLES, Cell, Outcome, rows
from directory.models import OwningAgency
from directory.models.places import in_language


@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """Show the matrix, one table a part of the portal."""
    if not request.user.is_staff:
        raise Http404
    words, roles, sections = _outcomes(), _roles(), _sections()
    columns = [_("Page or act"), *(roles[role] for role in ROLES)]
    tables = [
        {
            "slug": section,
            "title": sections[section],
            "columns": columns,
            "rows": [
                [
                    in_language(row.what_en, row.what_ja),
                    *(_worded(row.cells[role], words) for role in ROLES),
                ]
                for row in part
            ],
        }
        for section, part in groupby(rows(), lambda row: row.section)
    ]
    return render(request, "staff/access.html", {"tables": tables, "legend": _legend(words)})


def _worded(cell: Cell, words: dict[str, str]) -> str:
    own, other = words[cell.own], words[cell.other]
    return own if not cell.whose or own == other else f"{own} / {other}"


def _outcomes() -> dict[str, str]:
    return {
        Outcome.YES: _("yes"),
        Outcome.SEE: _("sees"),
        Outcome.REFUSED: _("no"),
        Outcome.ABSENT: _("hidden"),
        Outcome.SIGN_IN: _("sign-in"),
        Outcome.LED_ON: _("led on"),
    }


def _legend(words: dict[str, str]) -> list[tuple[str, str]]:
    meanings = {
        Outcome.YES: _("The page opens, and what it offers may be done."),
        Outcome.SEE: _("The page opens; doing what it offers is refused (403)."),
        Outcome.REFUSED: _("Refused: a page says that this is somebody else's to do (403)."),
        Outcome.ABSENT: _("Answered exactly as an address that never was (404)."),
        Outcome.SIGN_IN: _("The sign-in page comes first."),
        Outcome.LED_ON: _("Leads on to another page at once; there is nothing to do here."),
    }
    return [(words[one], meaning) for one, meaning in meanings.items()]


def _roles() -> dict[str, str]:
    staff = {"viewer": _("viewer"), "officer": _("officer"), "approver": _("approver")}
    named = {
        "visitor": _("Visitor"),
        "invited": _("Invited, with a link"),
        "partner": _("Partner"),
        "member": _("Member"),
        "deputy": _("Deputy"),
        "lead": _("Lead"),
        "superuser": _("Superuser (break-glass)"),
    }
    of_staff = {
        f"{agency.lower()}_{role}": _("%(agency)s %(role)s")
        % {"agency": agency.label, "role": word}
        for agency in OwningAgency
        for role, word in staff.items()
    }
    return named | of_staff


def _sections() -> dict[str, str]:
    return {
        "public": _("Public pages"),
        "sign_in": _("Signing in"),
        "invitation": _("Mailed links"),
        "team": _("A team's pages"),
        "own": _("Own data"),
        "staff": _("Staff pages"),
        "admin": _("Administration"),
    }
