"""Narrow the list of funders; what is asked stands in the address."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from directory.listing import country_place, folded
from directory.models import Country, Participation, ParticipationKind, Programme, Strength

ANY_PROGRAMME = "ANY"


class FunderFilter(django_filters.FilterSet):
    """Rows of one edition by country, participation, strength, programme and words in their names."""

    q = django_filters.CharFilter(
        label=_("Name or acronym"), method="with_words", max_length=100, strip=True
    )
    country = django_filters.ChoiceFilter(
        field_name="agency__country", label=_("Country or area"), empty_label=_("All")
    )
    participation = django_filters.ChoiceFilter(
        field_name="kind",
        choices=ParticipationKind,
        label=_("Participation"),
        empty_label=_("All"),
    )
    strength = django_filters.ChoiceFilter(
        field_name="notice_rule__strength",
        choices=Strength,
        label=_("What the list asks"),
        empty_label=_("All"),
    )
    programme = django_filters.ChoiceFilter(
        label=_("Targeted programme"), method="with_programme", empty_label=_("All")
    )

    class Meta:
        model = Participation
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = self.queryset.order_by()
        countries = Country.objects.filter(pk__in=listed.values("agency__country"))
        programmes = Programme.objects.filter(pk__in=listed.values("programmes"))
        by_name = sorted((country_place(c), c.pk, c.name) for c in countries)
        self.filters["country"].extra["choices"] = [(code, name) for _key, code, name in by_name]
        self.filters["programme"].extra["choices"] = [
            (ANY_PROGRAMME, _("No particular programme")),
            *((one.code, str(one)) for one in sorted(programmes, key=lambda one: one.code)),
        ]

    def with_words(self, rows: QuerySet, name: str, words: str) -> QuerySet:
        """Keep rows whose names, aliases or acronym hold every word, whatever its case or width."""
        wanted = folded(words).split()
        texts = self.queryset.order_by().values_list(
            "pk",
            "agency__acronym",
            "agency__name_en",
            "agency__name_ja",
            "agency__name_own",
            "agency__name_published",
            "agency__aliases",
        )
        found = [
            pk
            for pk, *names, aliases in texts
            if all(word in folded(" ".join([*names, *map(str, aliases)])) for word in wanted)
        ]
        return rows.filter(pk__in=found)

    def with_programme(self, rows: QuerySet, name: str, code: str) -> QuerySet:
        if code == ANY_PROGRAMME:
            return rows.filter(programmes__isnull=True)
        return rows.filter(pk__in=self.queryset.filter(programmes__code=code).values("pk"))
