"""The staff's list of applications as the reader left it: carried in the address from page to page."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_countries import countries
from django_filters import FilterSet

from applications.filters import EXPLAINED, ApplicationFilter
from applications.models import Application, ApplicationQuerySet
from applications.queries.facets import facets
from applications.queries.list_order import neighbours
from applications.queries.staff import applications_in
from directory.models import Country

KNOWN = frozenset({*ApplicationFilter.base_filters, "page"})


def kept_view(request: HttpRequest) -> str:
    """Return filter, order and page of the list, as ``?…`` to put behind an address; "" for none."""
    kept = request.GET.copy()
    for name in set(kept) - KNOWN:
        del kept[name]
    words = kept.urlencode()
    return f"?{words}" if words else ""


def application_url(request: HttpRequest, pk: int) -> str:
    """The address of an application's page, which leads back to the list as it was left."""
    return reverse("applications:staff_application", args=[pk]) + kept_view(request)


def back_to_application(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect(application_url(request, pk))


def places(request: HttpRequest, mine: ApplicationQuerySet, found: Application) -> dict[str, Any]:
    """Return the way back to the list, and to the applications before and after this one in it.

    Where the address asks for something that the list does not know, there are none: the list says
    what is wrong with it.
    """
    view = kept_view(request)
    context = {"view": view, "list_url": reverse("applications:staff_applications") + view}
    rows, order = applications_in(mine).order_by(), ""
    if set(request.GET) - {"page"}:
        asked = ApplicationFilter(request.GET, queryset=rows, request=request)
        if set(request.GET) - KNOWN or not asked.is_valid():
            return context
        rows, order = asked.qs, asked.form.cleaned_data["order"]
    before, after = neighbours(rows, found, order)
    return context | {
        "before_url": before and application_url(request, before),
        "after_url": after and application_url(request, after),
    }


class Counted(str):
    """A choice with its number of applications; ``plain`` without."""

    plain: str

    @classmethod
    def of(cls, label: Any, number: int) -> "Counted":
        made = cls(_("%(choice)s (%(number)s)") % {"choice": label, "number": number})
        made.plain = str(label)
        return made


def show_counts(found: FilterSet) -> bool:
    """Put the numbers beside the choices of the filter; False where there are too many to count.

    Of the world's countries those are offered that occur, or else those of the list.
    """
    fields, chosen = found.form.fields, found.form.cleaned_data["country"]
    counts = facets(found, EXPLAINED)
    if counts is None:
        listed = set(Country.objects.exclude(pk="EU").values_list("pk", flat=True))
        fields["country"].choices = _by_name({*listed, chosen})
        return False
    for name, numbers in counts.items():
        choices = _by_name({*numbers, chosen}) if name == "country" else fields[name].choices
        fields[name].choices = [
            (value, Counted.of(label, numbers[value])) for value, label in choices if value
        ]
    return True


def _by_name(codes: Iterable[str]) -> list[tuple[str, str]]:
    named = ((code, countries.name(code) or code) for code in codes if code)
    return sorted(named, key=lambda one: one[1])
