"""All answers of an application as summary lists, each with the page that changes it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.models import Membership
from applications.queries.application import Workspace
from directory.formatting import long_date, person_name, yen
from directory.models import JAPAN_TIME, Researcher

Section = dict[str, Any]


def answers_shown(space: Workspace, *, may_edit: bool) -> list[Section]:
    """Return the sections: a title and rows of key, value and the address that changes them."""
    one, ref = space.application, space.application.team.ref

    def row(key: str, value: Any, page: str, *more: int) -> dict[str, Any]:
        href = reverse(f"applications:{page}", args=[ref, *more]) + "?back=check"
        return {"key": key, "value": value, "href": href if may_edit else "", "hidden": key}

    budget = yen(one.budget_jpy, get_language()) if one.budget_jpy is not None else ""
    field = one.get_field_display() if one.field else ""
    return [
        {
            "title": _("The project"),
            "rows": [
                row(_("Field of research"), field, "team_project"),
                row(_("Project title in Japanese"), one.title_ja, "team_project"),
                row(_("Project title in English"), one.title_en, "team_project"),
                row(_("Abstract in English"), one.abstract_en, "team_project"),
            ],
        },
        {
            "title": _("The Japan side"),
            "rows": [
                row(member.get_role_display(), _person(member), "person_edit", member.pk)
                for member in space.japan_side
            ],
        },
        {
            "title": _("Partners abroad"),
            "rows": [
                row(_first_name(member), _person(member, named=False), "person_edit", member.pk)
                for member in space.partners
            ],
        },
        {
            "title": _("The call's questions"),
            "rows": [
                row(_("Research area of the call"), one.area.name if one.area else "", "answers"),
                row(_("Years"), one.years, "answers"),
                row(_("Requested budget in yen, without indirect costs"), budget, "answers"),
                row(_("Explanation where no grant fits"), one.explanation, "answers"),
            ],
        },
        {
            "title": _("e-Rad"),
            "rows": [
                row(_("The formal proposal in e-Rad"), one.get_erad_status_display(), "erad"),
                row(_("e-Rad proposal number"), one.erad_number, "erad"),
            ],
        },
    ]


def institution_of(person: Researcher) -> str:
    """The institution with its country, in the reader's language."""
    if person.institution is None:
        return ""
    return f"{person.institution}, {person.institution.country.name}"


def _first_name(member: Membership) -> str:
    who = member.researcher
    return person_name(who.name, who.name_latin, get_language())[0]


def _person(member: Membership, *, named: bool = True) -> str:
    """A person on a few lines: name, institution, address, number, confirmation."""
    who = member.researcher
    first, beside = person_name(who.name, who.name_latin, get_language())
    lines = [first if named else "", beside, institution_of(who)]
    lines.append(who.email)
    if who.erad_number:
        lines.append(_("e-Rad researcher number: %(number)s") % {"number": who.erad_number})
    if member.role == "PARTNER":
        lines.append(confirmation(member))
    return "\n".join(line for line in lines if line)


def confirmation(member: Membership) -> str:
    """Whether and how a partner confirmed, in words."""
    if not member.confirmed_at:
        return _("Not yet confirmed")
    day = long_date(member.confirmed_at.astimezone(JAPAN_TIME).date(), get_language())
    if member.confirmed_how == "ON_BEHALF":
        return _("Confirmed, recorded on behalf on %(day)s") % {"day": day}
    return _("Confirmed on %(day)s") % {"day": day}
