"""How many applications each choice of the staff's filter would show while the other filters stay."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, QuerySet, Value, When
from django_filters import FilterSet

from applications.models import Application, Membership, ReliedGrant
from applications.queries.stages import OFF_THE_LIST, grants_meeting
from directory.models import Participation

# Of more applications no numbers are shown: a call has a few hundred, and the list must stay quick.
MOST_FACETED = 2000
# One statement counts all of these together, by the columns that they choose in.
TOGETHER = ("state", "verdict", "explained", "assigned")
# One and the same grant is asked for all of these.
RELYING = ("agency", "funder_country", "participation")
Counts = dict[str, Counter[str]]


def relying_asked(chosen: Mapping[str, Any]) -> dict[str, str]:
    """Return what the filter asks of one and the same grant."""
    return {name: chosen[name] for name in RELYING if chosen.get(name)}


def facets(found: FilterSet, explained: Any) -> Counts | None:
    """Count the applications of each choice of a valid filter; None where there are too many to count.

    Six statements, whatever is asked, and two where a team changed something after it submitted.
    ``explained`` is the condition of that choice; ``found.moved`` is what was changed.
    """
    chosen = found.form.cleaned_data
    of_call = found.filters["call"].filter(found.queryset.order_by(), chosen["call"])
    if of_call[: MOST_FACETED + 1].count() > MOST_FACETED:
        return None
    counts = _together(found, explained)
    counts["call"] = Counter(
        dict(_but(found, ["call"]).values_list("call__code").annotate(number=Count("pk")))
    )
    counts["country"] = _of_partners(found)
    counts["agency"] = _of_funders(found)
    return counts


def _of_partners(found: FilterSet) -> Counter[str]:
    """Count by country of a partner: of an application that was changed, those submitted."""
    within, changed = _but(found, ["country"]), found.moved.countries
    partners = (
        Membership.objects.current()
        .partners()
        .annotate(application=F("team__applications"))
        .filter(application__in=within.values("pk"))
        .exclude(application__in=changed)
        .order_by()
        .values_list("researcher__institution__country")
        .annotate(number=Count("application", distinct=True))
    )
    counts = Counter({code: number for code, number in partners if code})
    if changed:
        for key in within.filter(pk__in=changed).values_list("pk", flat=True):
            counts.update(code for code in changed[key] if code)
    return counts


def _of_funders(found: FilterSet) -> Counter[str]:
    """Count by funder; one that the call's edition does not name counts among the others, too.

    One and the same grant must meet what else is asked of a grant, as in the list.
    """
    asked = relying_asked(found.form.cleaned_data)
    asked.pop("agency", None)
    relied = ReliedGrant.objects.filter(application__in=_but(found, RELYING))
    named = Participation.objects.filter(
        edition=OuterRef("application__call__edition"), agency__slug=OuterRef("funder")
    )
    applications: dict[str, set[int]] = defaultdict(set)
    grants = grants_meeting(relied, found.moved.funders, **asked).order_by()
    for application, slug, listed in grants.annotate(listed=Exists(named)).values_list(
        "application_id", "funder", "listed"
    ):
        if slug:
            applications[slug].add(application)
        if not listed:
            applications[OFF_THE_LIST].add(application)
    return Counter({slug: len(keys) for slug, keys in applications.items()})


def _but(found: FilterSet, names: Iterable[str]) -> QuerySet[Application]:
    """The applications that all filters but these leave."""
    rows = found.queryset.order_by()
    for name, value in found.form.cleaned_data.items():
        if name not in (*names, "order"):
            rows = found.filters[name].filter(rows, value)
    return rows


def _together(found: FilterSet, explained: Any) -> Counts:
    chosen, reader = found.form.cleaned_data, found.request.user.pk
    rows = (
        _but(found, TOGETHER)
        .annotate(
            is_explained=Case(
                When(explained, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )
        .values_list("status", "best_verdict", "is_explained", "assigned_to")
        .annotate(number=Count("pk"))
    )
    counts: Counts = {name: Counter() for name in TOGETHER}
    for state, verdict, is_explained, assigned, number in rows:
        # The choices of each filter that hold for these applications.
        holds = {
            "state": {state},
            "verdict": {verdict},
            "explained": {"true" if is_explained else "false"},
            "assigned": {str(assigned) if assigned else "nobody"}
            | ({"me"} if assigned == reader else set()),
        }
        for name, choices in holds.items():
            if all(not chosen[one] or chosen[one] in holds[one] for one in TOGETHER if one != name):
                counts[name].update(dict.fromkeys(choices, number))
    return counts
