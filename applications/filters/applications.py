"""The filter of the screening list, and of what the dashboard's numbers lead to."""

from datetime import date

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from applications.filters.fields import (
    ANY_TITLE_OR_NAME,
    Choice,
    Day,
    SearchFilter,
    StaffFilter,
    VerdictChoices,
    YesNo,
)
from applications.permissions import DECIDES
from applications.queries import stages
from applications.queries.facets import relying_asked
from applications.queries.list_order import in_order
from applications.queries.overlaps import sharing
from applications.queries.submitted import Moved, moved
from applications.rules.findings import Verdict
from applications.workflow import Status
from directory.models import Country, ParticipationKind, User

SEARCHED = _(
    "Searched are both titles, the receipt number, and the lead’s name in kanji, kana and Latin "
    "letters, e-mail address and institution. Width, capitals, hiragana and katakana make no difference."
)
# What staff have to weigh: an explanation that is written although a grant fits explains nothing.
EXPLAINED = ~Q(explanation="") & ~Q(best_verdict=Verdict.FITS)


class CountryChoices:
    """The world's countries. A class: a filter set copies what its filters hold, at each request."""

    def __iter__(self):
        return iter(countries)


class ApplicationFilter(StaffFilter):
    q = SearchFilter(
        field_name="search_text", label=ANY_TITLE_OR_NAME, max_length=200, help_text=SEARCHED
    )
    call = Choice(field_name="call__code", label=_("Call"))
    state = Choice(field_name="status", label=_("State"), choices=Status.choices)
    verdict = Choice(field_name="best_verdict", label=_("Best result"), choices=VerdictChoices)
    explained = YesNo(label=_("Explained because no grant fits"), method="only_explained")
    assigned = Choice(label=_("Who looks after it"), method="only_assigned")
    country = Choice(label=_("Country of a partner"), choices=CountryChoices, method="only_country")
    agency = Choice(label=_("Funder of a grant"), method="only_relying")
    shares = YesNo(label=_("Shares a grant or a person with another team"), method="only_sharing")
    stage = Choice(
        label=_("Stage reached (without those withdrawn)"),
        choices=stages.Stage.choices,
        method="only_from_stage",
    )
    funder_country = Choice(label=_("Country or area of the funder"), method="only_relying")
    participation = Choice(
        label=_("How the funder takes part"),
        choices=ParticipationKind.choices,
        method="only_relying",
    )
    first_until = Day(
        label=_("First submitted on or before (Japan time)"), method="only_first_submitted"
    )
    late = YesNo(label=_("Returned, and not corrected in time"), method="only_late")
    letter = YesNo(label=_("A letter to the team waits to be released"), method="only_with_letter")
    on_demand = ("stage", "funder_country", "participation", "first_until", "late", "letter")
    order = django_filters.ChoiceFilter(
        label=_("Order"),
        choices=[("first", _("First submitted first")), ("last", _("Last submitted first"))],
        empty_label=_("Last changed first"),
        method="in_order",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "agency" in self.filters:
            other = (stages.OFF_THE_LIST, _("A funder that is not on the list"))
            self._offer("agency", [*self.filters["agency"].extra["choices"], other])
        if "funder_country" in self.filters:
            places = Country.objects.order_by("code")
            self._offer("funder_country", [(place.code, place.name) for place in places])
        reader = self.request.user
        staff = User.objects.filter(is_active=True, staff_role__in=DECIDES)
        if not reader.is_superuser:
            staff = staff.filter(staff_agency=reader.staff_agency)
        self.filters["assigned"].extra["choices"] = [
            ("me", _("Me")),
            ("nobody", _("Nobody")),
            *((str(one.pk), one.get_full_name()) for one in staff.order_by("name", "pk")),
        ]

    def only_assigned(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        if value == "nobody":
            return queryset.filter(assigned_to__isnull=True)
        return queryset.filter(assigned_to=self.request.user.pk if value == "me" else int(value))

    def only_from_stage(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(stages.STAGES[stages.Stage(value)])

    def only_relying(self, queryset: QuerySet, name: str, _value: str) -> QuerySet:
        # One and the same grant meets all three: whichever comes first asks for all of them.
        asked = relying_asked(self.form.cleaned_data)
        if name != next(iter(asked)):
            return queryset
        return queryset.filter(stages.relying_on(self.moved.funders, **asked))

    def only_first_submitted(self, queryset: QuerySet, _name: str, value: date) -> QuerySet:
        return queryset.filter(stages.first_submitted_until(value))

    def only_late(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        late = stages.late_corrections(timezone.now())
        return queryset.filter(late if value == "true" else ~late)

    def only_with_letter(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        waits = stages.letter_waits(timezone.now())
        return queryset.filter(waits if value == "true" else ~waits)

    def only_explained(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(EXPLAINED if value == "true" else ~EXPLAINED)

    def only_country(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(stages.with_partner_in(value, self.moved.countries))

    def only_sharing(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        shares = Q(pk__in=self.shared)
        return queryset.filter(shares if value == "true" else ~shares)

    @cached_property
    def moved(self) -> Moved:
        """What the teams changed after they submitted: the list goes by what was submitted."""
        return moved(self.queryset.order_by())

    @cached_property
    def shared(self) -> set[int]:
        return sharing(self.queryset)

    def in_order(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return in_order(queryset, value)
