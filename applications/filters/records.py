"""The filters of the mail queue and of the record of readings and exports."""

import django_filters
from django.db.models import BooleanField, Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from applications.filters.fields import (
    Choice,
    Day,
    StaffFilter,
    YesNo,
)
from applications.models import (
    DataUseKind,
    MessageKind,
    MessageState,
)
from applications.models.message import UNSENT
from directory.models import User, search_key

NOT_SENT_YET, STOPPED = "NOT_SENT_YET", "STOPPED"
SEVERAL_STATES = {NOT_SENT_YET: UNSENT, STOPPED: (MessageState.HELD, MessageState.FAILED)}


class MailFilter(StaffFilter):
    q = django_filters.CharFilter(
        label=_("Recipient, subject or receipt number"), method="by_words", max_length=200
    )
    state = Choice(
        label=_("State"),
        choices=[
            *MessageState.choices,
            (NOT_SENT_YET, _("Not yet handed to the mail server")),
            (STOPPED, _("Held, or needs a person")),
        ],
        method="in_state",
    )
    kind = Choice(label=_("Kind"), choices=MessageKind.choices)
    call = Choice(field_name="application__call__code", label=_("Call"))
    order = django_filters.ChoiceFilter(
        label=_("Order"),
        choices=[("oldest", _("What has waited longest first"))],
        empty_label=_("Newest first"),
        method="in_order",
    )

    def by_words(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for typed in value.split():
            found = Q(application__receipt__iexact=typed)
            for word in (typed, search_key(typed)):
                found |= Q(recipient__icontains=word) | Q(subject__icontains=word)
            queryset = queryset.filter(found)
        return queryset

    def in_state(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(state__in=SEVERAL_STATES.get(value, (value,)))

    def in_order(self, queryset: QuerySet, _name: str, _value: str) -> QuerySet:
        waits = Case(When(state__in=UNSENT, then=True), default=False, output_field=BooleanField())
        return queryset.order_by(waits.desc(), "created_at", "pk")


class UseFilter(django_filters.FilterSet):
    """Narrows the record of readings and exports; who is a choice only where colleagues are seen."""

    by = Choice(field_name="by", label=_("Who"))
    mine = YesNo(label=_("Only my own"), method="only_mine")
    kind = Choice(label=_("What"), choices=DataUseKind.choices)
    personal = YesNo(label=_("With personal data"), method="only_personal")
    since = Day(field_name="at", lookup_expr="date__gte", label=_("On or after (Japan time)"))
    until = Day(field_name="at", lookup_expr="date__lte", label=_("On or before (Japan time)"))

    def __init__(self, *args, queryset: QuerySet, colleagues: bool, **kwargs) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        if colleagues:
            people = User.objects.filter(pk__in=queryset.order_by().values("by"))
            self.filters["by"].extra["choices"] = [
                (str(one.pk), one.get_full_name()) for one in people.order_by("name", "pk")
            ]
        else:
            del self.filters["by"], self.filters["mine"]

    def only_personal(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(personal=value == "true")

    def only_mine(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        mine = Q(by=self.request.user.pk)
        return queryset.filter(mine if value == "true" else ~mine)
