"""How many applications each choice of the staff's filter would show while the other filters stay."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, QuerySet, Value, When
from django_filters import FilterSet

from applications.models import Application, Membership, ReliedGrant
from applications.queries.stages import OFF_THE_LIST
from applications.queries.submitted import as_submitted
from directory.models import Participation

# Of more applications no numbers are shown: a call has a few hundred, and the list must stay quick.
MOST_FACETED = 2000
# One statement counts all of these together, by the columns that they choose in.
TOGETHER = ("state", "verdict", "explained", "assigned")
Counts = dict[str, Counter[str]]


def facets(found: FilterSet, explained: Any) -> Counts | None:
    """Count the applications of each choice of a valid filter; None where there are too many to count.

    Four statements, whatever is asked. ``explained`` is the condition of that choice.
    """
    chosen = found.form.cleaned_data
    of_call = found.filters["call"].filter(found.queryset.order_by(), chosen["call"])
    if of_call[: MOST_FACETED + 1].count() > MOST_FACETED:
        return None
    counts = _together(found, explained)
    partners = (
        Membership.objects.current()
        .partners()
        .annotate(application=F("team__applications"))
        .filter(application__in=_but(found, ["country"]).values("pk"))
        .order_by()
        .values_list("researcher__institution__country")
    )
    counts["country"] = Counter(
        {code: number for code, number in _of_applications(partners) if code}
    )
    relied = as_submitted(ReliedGrant.objects.filter(application__in=_but(found, ["agency"])))
    counts["agency"] = _of_funders(relied)
    return counts


def _of_funders(relied: QuerySet[ReliedGrant]) -> Counter[str]:
    """Count by funder; one that the call's edition does not name counts among the others, too."""
    named = Participation.objects.filter(
        edition=OuterRef("application__call__edition"), agency=OuterRef("grant__agency")
    )
    applications: dict[str, set[int]] = defaultdict(set)
    pairs = relied.order_by().annotate(listed=Exists(named))
    for application, slug, listed in pairs.values_list(
        "application_id", "grant__agency__slug", "listed"
    ):
        if slug:
            applications[slug].add(application)
        if not listed:
            applications[OFF_THE_LIST].add(application)
    return Counter({slug: len(found) for slug, found in applications.items()})


def _of_applications(rows: QuerySet[Any]) -> Iterable[tuple[str, int]]:
    return rows.annotate(number=Count("application", distinct=True))


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
