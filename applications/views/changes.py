"""What differs between two states of an application's answers, in words: shown before, holds now."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from applications import wording
from applications.models import Application, Role
from applications.queries.application import Workspace
from applications.queries.screening import last_two_versions
from applications.queries.snapshots import shown
from applications.rules.facts import Attestation as Answer
from applications.views.receipts import answers_in_words
from directory.formatting import is_japanese, long_date, person_name
from directory.models import JAPAN_TIME

SALT = "applications.check"
# The page that changes each answer, in the order in which receipts show them.
PAGES = (*["team_project"] * 4, *["answers"] * 4)
Shown = Mapping[str, Any]  # as snapshots.shown returns it


def sealed(application: Application, state: Shown) -> str:
    """Return the answers that a page shows, signed and compressed, for its form to carry."""
    return signing.dumps({"application": application.pk, **state}, salt=SALT, compress=True)


def opened(application: Application, text: str) -> Shown | None:
    """Return what ``sealed`` carried; None where it is not ours or of another application."""
    try:
        carried = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return carried if carried["application"] == application.pk else None


def changes_since(before: Shown, space: Workspace) -> list[dict[str, str]]:
    """Return a row for each difference: its name, what was, what is, and the page that changes it."""
    return changes_between(before, shown(space), space)


def changes_between(before: Shown, now: Shown, space: Workspace) -> list[dict[str, str]]:
    """Return a row for each difference of two states, such as two versions, of one application."""
    was, holds = before["inputs"], now["inputs"]
    return [
        *_of_answers(was, holds, space),
        *_of_people(before, now, space),
        *_of_grants(was, holds, space),
        *_of_the_list(was, holds),
    ]


def version_changes(space: Workspace) -> list[dict[str, str]] | None:
    """Return what the last version changed against the one before it; None where there is no such one."""
    two = last_two_versions(space.application)
    return changes_between(*two, space) if two else None


def _address(space: Workspace, page: str, *more: int) -> str:
    return reverse(f"applications:{page}", args=[space.application.team.ref, *more])


def _of_answers(before: Shown, now: Shown, space: Workspace) -> Iterable[dict[str, str]]:
    if before["answers"] == now["answers"]:
        return
    application = space.application
    old = answers_in_words(application, before["answers"])
    new = answers_in_words(application, now["answers"])
    for was, is_now, page in zip(old, new, PAGES, strict=True):
        if was["value"] != is_now["value"]:
            yield _row(is_now["key"], was["value"], is_now["value"], _address(space, page))


def _row(key: str, was: Any, now: Any, href: str) -> dict[str, str]:
    return {"key": key, "was": _text(was), "now": _text(now), "href": href}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _of_people(before: Shown, now: Shown, space: Workspace) -> Iterable[dict[str, str]]:
    old, new = _people(before), _people(now)
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) == new.get(key):
            continue
        one = new.get(key) or old[key]
        page = "team_people" if one["role"] == Role.PARTNER else "team_japan"
        href = _address(space, page)
        yield _row(_name(one) or _("Person"), _person(old.get(key)), _person(new.get(key)), href)


def _people(state: Shown) -> dict[str, dict[str, Any]]:
    """Everybody with the particulars that stand beside the snapshot; none after an erasure."""
    return {
        one["id"]: {**state["beside"].get(one["id"], {}), **one}
        for one in state["inputs"]["people"]
    }


def _name(one: Mapping[str, Any]) -> str:
    first, beside = person_name(one.get("name", ""), one.get("name_latin", ""), get_language())
    if not beside:
        return first
    return f"{first}（{beside}）" if is_japanese(get_language()) else f"{first} ({beside})"


def _person(one: Mapping[str, Any] | None) -> str:
    if one is None:
        return _("Not in the team")
    country = countries.name(one["country"]) or one["country"]
    places = dict.fromkeys([one["institution"], one["institution_latin"], country])
    number = one.get("erad_number")
    lines = [
        _name(one),
        one.get("reading"),
        str(Role(one["role"]).label),
        ", ".join(filter(None, places)),
        ", ".join(filter(None, [one.get("department"), one.get("position")])),
        one.get("email"),
        one.get("orcid"),
        _("e-Rad researcher number: %(number)s") % {"number": number} if number else "",
        _confirmed(one["confirmed_at"]) if one["role"] == Role.PARTNER else "",
    ]
    return "\n".join(filter(None, lines))


def _confirmed(at: str) -> str:
    if not at:
        return _("Not yet confirmed")
    day = datetime.fromisoformat(at).astimezone(JAPAN_TIME).date()
    return _("Confirmed on %(day)s") % {"day": long_date(day, get_language())}


def _of_grants(before: Shown, now: Shown, space: Workspace) -> Iterable[dict[str, str]]:
    old = {one["id"]: one for one in before["grants"]}
    new = {one["id"]: one for one in now["grants"]}
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) == new.get(key):
            continue
        some = new.get(key) or old[key]
        yield _row(
            f"{_funder(some, space)} {some['reference']}".strip() or _("Grant"),
            _grant(old.get(key), space),
            _grant(new.get(key), space),
            _address(space, "grants"),
        )


def _funder(one: Mapping[str, Any], space: Workspace) -> str:
    entry = space.catalogue.agencies.get(one["agency"])
    return entry.acronym if entry else one["agency"] or one["agency_other"]


def _grant(one: Mapping[str, Any] | None, space: Workspace) -> str:
    if one is None:
        return _("Not relied on")
    days = [
        long_date(date.fromisoformat(text), get_language()) if text else ""
        for text in (one["starts_on"], one["ends_on"])
    ]
    return "\n".join(
        filter(
            None,
            [
                f"{_funder(one, space)} {one['reference']}".strip(),
                one["programme"],
                one["title"],
                one["role"],
                f"{one['amount']} {one['currency']}".strip(),
                " – ".join(days) if any(days) else "",
                wording.verdict_label(one["verdict"]),
                *(_condition(answer) for answer in one["attestations"].values()),
            ],
        )
    )


def _condition(answer: str) -> str:
    if answer == Answer.GIVEN:
        return _("The holder confirms the condition of the list.")
    return _("The holder does not confirm the condition of the list.")


def _of_the_list(before: Shown, now: Shown) -> Iterable[dict[str, str]]:
    """The agency's own changes: another edition of the list, another day that grants must run on."""
    if before["edition"] != now["edition"]:
        yield _row(_("Edition of the list"), before["edition"], now["edition"], "")
    if before["reference_on"] != now["reference_on"]:
        days = (date.fromisoformat(one["reference_on"]) for one in (before, now))
        was, is_now = (long_date(day, get_language()) for day in days)
        yield _row(_("Partner's grant runs on"), was, is_now, "")
