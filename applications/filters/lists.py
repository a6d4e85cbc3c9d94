"""The filters of the lists of people, grants, notices and events."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.filters.fields import (
    ANY_TITLE_OR_NAME,
    Choice,
    Day,
    StaffFilter,
    VerdictChoices,
    YesNo,
    containing,
    search,
)
from applications.models import (
    Happening,
    Role,
)
from applications.queries.submitted import funders_as_submitted
from applications.workflow import Act, NoticeState
from directory.models import Strength


class MemberFilter(StaffFilter):
    q = search("researcher__search_text", _("Name or e-mail address"))
    call = Choice(field_name="call", label=_("Call"))
    role = Choice(label=_("Role"), choices=Role.choices)
    confirmed = YesNo(label=_("Confirmed"), method="only_confirmed")

    def only_confirmed(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(confirmed_at__isnull=value != "true")


class GrantFilter(StaffFilter):
    q = django_filters.CharFilter(
        label=_("Grant number or holder"), method="by_number_or_holder", max_length=200
    )
    call = Choice(field_name="application__call__code", label=_("Call"))
    agency = Choice(label=_("Funder"), method="only_funder")
    verdict = Choice(label=_("Result"), choices=VerdictChoices)

    def by_number_or_holder(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        number = Q(grant__reference__icontains=value) | Q(grant__key__icontains=value)
        return queryset.filter(number | containing("grant__holder__search_text", value))

    def only_funder(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        # By the funder that the row shows: a team may have changed it after it submitted, and a
        # file for one funder must hold no grant of another.
        moved = funders_as_submitted(queryset)
        here = [pk for pk, slug in moved.items() if slug == value]
        away = Q(pk__in=[pk for pk in moved if pk not in here])
        return queryset.filter(Q(grant__agency__slug=value) & ~away | Q(pk__in=here))


class NoticeFilter(StaffFilter):
    q = search("holder__researcher__search_text", _("Name of the holder"))
    call = Choice(field_name="application__call__code", label=_("Call"))
    agency = Choice(field_name="agency__slug", label=_("Funder"))
    strength = Choice(label=_("What is asked"), choices=Strength.choices)
    state = Choice(label=_("State"), choices=NoticeState.choices)
    proof = YesNo(label=_("With a proof"), method="only_with_proof")

    def only_with_proof(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(proof__isnull=value != "true")


class EventFilter(StaffFilter):
    q = search("application__search_text", ANY_TITLE_OR_NAME)
    call = Choice(field_name="application__call__code", label=_("Call"))
    act = Choice(label=_("Act"), choices=[*Act.choices, *Happening.choices])
    since = Day(field_name="at", lookup_expr="date__gte", label=_("On or after (Japan time)"))
    until = Day(field_name="at", lookup_expr="date__lte", label=_("On or before (Japan time)"))
