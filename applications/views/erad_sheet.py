"""The answers to copy into e-Rad, one field after the other: exact text, with its length.

The order is that of AMED's older application forms (project, lead with reading, institution,
department and position, researcher number, period, cost, co-investigators). What e-Rad itself asks
for, in which order and how long, the portal does not know, and the page says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from applications import permissions
from applications.forms.project import ABSTRACT_LENGTH
from applications.models import Application, Role
from applications.queries.application import Workspace, workspace
from applications.queries.snapshots import shown
from applications.queries.submitted import last_submitted
from applications.views.frame import of_team, pending_changes, team_page
from directory.formatting import script_language

CO_INVESTIGATORS = (Role.DEPUTY, Role.MEMBER)
Answers = Mapping[str, Any]  # ``inputs`` and ``beside``, as ``snapshots.shown`` returns them


@dataclass(frozen=True, slots=True)
class Field:
    """One text to copy, exactly as it stands; ``limit`` is the call's own, where it has one."""

    slug: str
    label: str
    text: str
    limit: int | None = None
    lang: str = ""

    @property
    def rows(self) -> int:
        return 12 if self.limit or "\n" in self.text else 1

    @property
    def length(self) -> str:
        """How many characters the text has, a line break counted as one."""
        count = len(self.text)
        if self.limit:
            return _("%(count)s of at most %(limit)s characters") % {
                "count": f"{count:,}",
                "limit": f"{self.limit:,}",
            }
        words = ngettext("%(count)s character", "%(count)s characters", count)
        return words % {"count": f"{count:,}"}


@of_team
@require_safe
def erad_sheet(request: HttpRequest, application: Application) -> HttpResponse:
    """Show what stands: a draft's answers, after a submission those submitted."""
    if not permissions.may_open_copy_sheet(request.user, application):
        raise PermissionDenied
    space = workspace(application)
    submitted = bool(application.version)
    answers = last_submitted(application) if submitted else shown(space)
    context = {
        "groups": list(groups_of(answers)),
        "submitted": submitted,
        "pending": submitted and pending_changes(space),
        "erad_number": application.erad_number,
        "may_record": permissions.may(request.user, permissions.EDIT, application),
        "for_staff": _outside(space, request),
    }
    return team_page(
        request, "applications/erad_sheet.html", application, context, here=_("e-Rad copy sheet")
    )


def _outside(space: Workspace, request: HttpRequest) -> bool:
    """Whether the reader is none of the team, and so came from the staff's page."""
    return all(one.researcher.user_id != request.user.pk for one in space.members)


def groups_of(answers: Answers) -> Iterator[tuple[str, list[Field]]]:
    """Return the fields under their headings; a field without a text is left out by the page."""
    given = answers["inputs"]["answers"]
    people = answers["inputs"]["people"]
    yield (
        _("Project"),
        [
            Field("title-ja", _("Project title in Japanese"), given["title_ja"], lang="ja"),
            Field("title-en", _("Project title in English"), given["title_en"], lang="en"),
        ],
    )
    for one in people:
        if one["role"] == Role.LEAD:
            yield _("Lead"), list(_person(one, answers["beside"], "lead"))
    yield (
        _("Period and cost"),
        [
            Field("years", _("Years"), _digits(given["years"])),
            Field(
                "budget",
                _("Requested budget in yen, without indirect costs"),
                _digits(given["budget_jpy"]),
            ),
        ],
    )
    others = [one for one in people if one["role"] in CO_INVESTIGATORS]
    for place, one in enumerate(others, start=1):
        yield (
            _("Co-investigator %(number)s") % {"number": place},
            list(_person(one, answers["beside"], f"person-{place}")),
        )
    yield (
        _("Abstract"),
        [
            Field(
                "abstract",
                _("Abstract in English"),
                given["abstract_en"],
                limit=ABSTRACT_LENGTH,
                lang="en",
            )
        ],
    )


def _digits(number: int | None) -> str:
    return "" if number is None else str(number)


def _person(one: Mapping[str, Any], beside: Mapping[str, Any], slug: str) -> Iterator[Field]:
    """The fields of one person, from the version and the names beside it (gone after an erasure)."""
    own = beside.get(one["id"], {})
    for name, label in (
        ("name", _("Name")),
        ("reading", _("Reading in kana")),
        ("name_latin", _("Name in Latin letters")),
    ):
        yield _field(slug, name, label, own.get(name, ""))
    yield _field(slug, "institution", _("Institution"), one["institution"])
    yield _field(slug, "institution-en", _("Institution, in English"), one["institution_latin"])
    for name, label in (
        ("department", _("Department")),
        ("position", _("Position")),
        ("erad_number", _("e-Rad researcher number")),
    ):
        yield _field(slug, name, label, own.get(name, ""))


def _field(slug: str, name: str, label: str, text: str) -> Field:
    lang = script_language(text)
    return Field(f"{slug}-{name}".replace("_", "-"), label, text, lang=lang or "")
