"""Coverage of the list: how many teams rely on a grant of each country's funders, and of each funder."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications.pictures.canvas import Bar, bars
from applications.pictures.cells import column, linked
from applications.pictures.funnel import listed
from applications.pictures.sayings import joined

NAMED = 3  # countries that the finding names


@dataclass(frozen=True, slots=True)
class Place:
    """One country or area: its teams, and those of them with a funder that may add a grant."""

    name: str
    teams: int
    additional: int
    address: str = ""
    additional_address: str = ""


@dataclass(frozen=True, slots=True)
class Funder:
    """One row of the list, and its teams."""

    acronym: str
    name: str
    place: str
    participation: str
    teams: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Places with most teams first; funders in the order of the list."""

    places: tuple[Place, ...]
    funders: tuple[Funder, ...]
    others: int  # teams with a funder that is not on the list
    others_address: str = ""


def coverage_finding(coverage: Coverage) -> str:
    """Say how much of the list is there, and where most teams are."""
    there = sum(1 for funder in coverage.funders if funder.teams)
    said = [
        _("%(there)s of the %(count)s funders on the list have at least one team.")
        % {"there": there, "count": len(coverage.funders)}
    ]
    most = [f"{place.name} {place.teams}" for place in coverage.places if place.teams][:NAMED]
    if most:
        said.append(_("Most teams: %(parts)s.") % {"parts": _(", ").join(most)})
    return joined(said)


def places_table(coverage: Coverage) -> dict[str, Any]:
    """Return the countries and areas as columns and rows."""
    columns = [
        column(_("Country or area")),
        column(_("Teams"), numeric=True),
        column(_("Of these, with a chance of an additional grant"), numeric=True),
    ]
    rows = [
        [
            place.name,
            linked(place.address, place.teams),
            linked(place.additional_address, place.additional),
        ]
        for place in coverage.places
    ]
    return {"columns": columns, "rows": rows}


def funders_table(coverage: Coverage) -> dict[str, Any]:
    """Return every row of the list, and below them the funders that are on no row."""
    columns = [
        column(_("Funder")),
        column(_("Country or area")),
        column(_("Participation")),
        column(_("Teams"), numeric=True),
    ]
    rows = [
        [
            f"{funder.acronym} – {funder.name}",
            funder.place,
            funder.participation,
            linked(funder.address, funder.teams),
        ]
        for funder in coverage.funders
    ]
    others = [_("Not on the list"), "–", "–", linked(coverage.others_address, coverage.others)]
    return {"columns": columns, "rows": [*rows, others]}


def draw_coverage(coverage: Coverage, slug: str) -> SafeString:
    """Draw a bar for each country or area; the solid part may get an additional grant."""
    shown = [
        Bar(
            place.name,
            place.teams,
            _("(%(count)s may get more)") % {"count": place.additional} if place.additional else "",
            place.additional,
        )
        for place in coverage.places
    ]
    each = [f"{place.name} {place.teams}" for place in coverage.places]
    return bars(
        shown,
        slug=slug,
        title=_("Teams by the country or area of the funder"),
        desc=joined([coverage_finding(coverage), listed(each)]),
    )
