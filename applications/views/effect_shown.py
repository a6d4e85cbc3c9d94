"""What working out an edition's effect has found, in words: a picture, sums, and application by application."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.exports.grants import CAUTIONS
from applications.models import Application
from applications.pictures.cells import column
from applications.pictures.rule_effect import (
    ARROW,
    RuleEffect,
    Shift,
    draw_effect,
    effect_finding,
    effect_table,
)
from applications.queries.application import VERDICTS
from applications.queries.effect_found import KEEPS, LISTED, MOVES, Found
from applications.rules.effects import Kind
from applications.views.dashboard_figures import pictured
from applications.wording import verdict_label
from directory.models import Agency, User

NOTICES = {
    Kind.ADDED: gettext_lazy("Notices added"),
    Kind.GONE: gettext_lazy("Notices that fall away"),
    Kind.CHANGED: gettext_lazy("Notices asked for otherwise"),
}
WHAT = {
    "strength": gettext_lazy("how strongly it is asked for"),
    "trigger": gettext_lazy("the occasion"),
    "recipient": gettext_lazy("who is to be told"),
    "address": gettext_lazy("the address"),
}


def what_was_found(user: User, found: Found) -> dict[str, Any]:
    """Return what the page of the effect shows; applications are read again for ``user``."""
    shown = _as_picture(found)
    return {
        "picture": pictured(
            "rule-effect", shown, effect_finding(shown), effect_table(shown), draw_effect
        ),
        "notices": _notices(found),
        "cautions_new": _cautions(found.cautions["NEW"]),
        "cautions_gone": _cautions(found.cautions["GONE"]),
        **one_by_one(user, found),
    }


def one_by_one(user: User, found: Found) -> dict[str, Any]:
    """Return the table of applications that differ, and how many more there are than it tells."""
    return {
        "applications": _applications(user, found),
        "untold": max(sum(found.differ.values()) - LISTED, 0),
    }


def in_short(found: Found) -> list[str]:
    """Return the finding and its sums, a sentence each."""
    warned = [
        *((_("New warning"), *one) for one in _cautions(found.cautions["NEW"])),
        *((_("Warning that falls away"), *one) for one in _cautions(found.cautions["GONE"])),
    ]
    return [
        effect_finding(_as_picture(found)),
        *(f"{words}: {count}" for words, count in _notices(found)),
        *(f"{what}: {words}: {count}" for what, words, count in warned),
    ]


def _as_picture(found: Found) -> RuleEffect:
    return RuleEffect(
        shifts=tuple(
            Shift(verdict_label(one), _counts(found, MOVES, one), _counts(found, KEEPS, one))
            for one in VERDICTS
        ),
        judged=found.seen,
        drafts=found.differ[MOVES],
        drafts_turn=found.turn[MOVES],
        submitted=found.differ[KEEPS],
    )


def _notices(found: Found) -> list[tuple[Any, int]]:
    return [(words, found.notices[kind.value]) for kind, words in NOTICES.items()]


def _counts(found: Found, side: str, verdict: str) -> tuple[int, int]:
    """How many of a side have the verdict at best, by their own list and by the draft."""
    before = after = 0
    for pair, count in found.verdicts[side].items():
        was, _sign, becomes = pair.partition(">")
        before += count * (was == verdict)
        after += count * (becomes == verdict)
    return before, after


def _cautions(counted: Mapping[str, int]) -> list[tuple[Any, int]]:
    return [(CAUTIONS[code], count) for code, count in sorted(counted.items())]


def _applications(user: User, found: Found) -> dict[str, Any]:
    """The applications that differ as a table; of those alone that ``user`` may read as staff."""
    lines = found.applications
    rows = Application.objects.of_staff(user).select_related("team")
    known = rows.in_bulk([line["pk"] for line in lines])
    slugs = {one["agency"] for line in lines for one in line["grants"]}
    slugs |= {one["body"] for line in lines for one in line["notices"]}
    names = dict(Agency.objects.filter(slug__in=slugs).values_list("slug", "acronym"))
    columns = [
        column(_("Application")),
        column(_("Which list")),
        column(_("Best verdict")),
        {**column(_("Grants that differ")), "words": True},
        {**column(_("Notices that differ")), "words": True},
    ]
    return {
        "columns": columns,
        "rows": [
            [
                _named(known[line["pk"]]),
                _("takes the new list") if line["side"] == MOVES else _("keeps its own list"),
                _turn(*line["best"]),
                _below(words for one in line["grants"] for words in _grant(one, names)),
                _below(_notice(one, names) for one in line["notices"]),
            ]
            for line in lines
            if line["pk"] in known
        ],
    }


def _named(application: Application) -> SafeString:
    return format_html(
        '<a href="{}">{}</a> <bdi>{}</bdi>',
        reverse("applications:staff_application", args=[application.pk]),
        application.receipt or application.team.ref,
        application.title,
    )


def _turn(was: str, becomes: str) -> str:
    if was == becomes:
        return verdict_label(was)
    return f"{verdict_label(was)} {ARROW} {verdict_label(becomes)}"


def _below(parts: Iterable[str]) -> SafeString | str:
    return format_html_join("", "<div>{}</div>", ((part,) for part in parts)) or "–"


def _grant(one: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[str]:
    """How the result of one grant differs: the verdict or its reasons, then what is warned of."""
    funder = names.get(one["agency"], one["agency"]) or _("Funder not known")
    was, becomes = one["verdicts"]
    if was != becomes:
        yield _("%(funder)s: %(turn)s") % {"funder": funder, "turn": _turn(was, becomes)}
    elif not one["new"] and not one["gone"]:
        said = {"funder": funder, "verdict": verdict_label(was)}
        yield _("%(funder)s: %(verdict)s, for other reasons") % said
    for sentence, codes in (
        (_("%(funder)s: new warning “%(warning)s”"), one["new"]),
        (_("%(funder)s: no longer warned of “%(warning)s”"), one["gone"]),
    ):
        for code in codes:
            yield sentence % {"funder": funder, "warning": CAUTIONS[code]}


def _notice(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    body = names.get(one["body"], one["body"])
    if one["kind"] == Kind.ADDED:
        return _("%(body)s: to be told") % {"body": body}
    if one["kind"] == Kind.GONE:
        return _("%(body)s: need no longer be told") % {"body": body}
    what = _(", ").join(str(WHAT[name]) for name in one["what"])
    return _("%(body)s: asked for otherwise (%(what)s)") % {"body": body, "what": what}
