"""Filters of the staff lists: they narrow what a user may see, and never widen it."""

from collections.abc import Iterable
from datetime import date

import django_filters
from django import forms
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from applications.models import (
    DataUseKind,
    Happening,
    Membership,
    MessageKind,
    MessageState,
    Role,
)
from applications.models.message import UNSENT
from applications.permissions import DECIDES
from applications.queries import stages
from applications.queries.list_order import in_order
from applications.queries.overlaps import sharing
from applications.queries.submitted import funders_as_submitted
from applications.rules.findings import Verdict
from applications.wording import verdict_label
from applications.workflow import Act, NoticeState, Status
from directory.models import Agency, Call, Country, ParticipationKind, Strength, User, search_key

NOT_SENT_YET, STOPPED = "NOT_SENT_YET", "STOPPED"
SEVERAL_STATES = {NOT_SENT_YET: UNSENT, STOPPED: (MessageState.HELD, MessageState.FAILED)}


class _VerdictChoices:
    """Verdicts with their words, worded when a form is made."""

    def __iter__(self):
        return ((verdict.value, verdict_label(verdict)) for verdict in Verdict)


class _CountryChoices:
    """The world's countries. A class: a filter set copies what its filters hold, at each request."""

    def __iter__(self):
        return iter(countries)


def containing(field: str, text: str) -> Q:
    """Hold for rows whose folded ``field`` contains every word of ``text``.

    Of an address the index is asked for the part up to the ``@`` alone. The domain stands in very
    many rows, and a trigram index that must walk the lists of common letters gets slower with every
    row of the table; so the whole word is held against the few rows that are left.
    """
    found = Q()
    for word in search_key(text).split():
        mailbox, at, _domain = word.partition("@")
        indexed = mailbox + at if mailbox else word
        found &= Q(**{f"{field}__contains": indexed})
        if indexed != word:
            found &= Q(GreaterThan(StrIndex(F(field), Value(word)), 0))
    return found


class StaffFilter(django_filters.FilterSet):
    """Offers the calls of the user's own agency, and the funders: one statement each a page.

    A model choice would ask the database again for every drawing and every check of a choice.
    """

    # Fields that the form has only while the address asks for them, so that they can be changed and
    # removed: the dashboard's links do, and every other page is spared them.
    on_demand: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in self.on_demand:
            if not self.data.get(name):
                del self.filters[name]
        calls = Call.objects.visible_to(self.request.user).order_by("-closes_at", "pk")
        self._offer("call", calls.values_list("code", "code"))
        if "agency" in self.filters:
            self._offer("agency", Agency.objects.order_by("acronym").values_list("slug", "acronym"))

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        self.filters[name].extra["choices"] = list(choices)


class SearchFilter(django_filters.CharFilter):
    """Searches a folded text, so that half-width kana, capitals and width do not matter."""

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(containing(self.field_name, value)) if value else qs


class Choice(django_filters.ChoiceFilter):
    """One of several, or all of them."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, empty_label=_("All"), **kwargs)


class YesNo(Choice):
    """Yes, no, or both; the address says ``true`` or ``false``."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, choices=[("true", _("Yes")), ("false", _("No"))], **kwargs)


class Day(django_filters.DateFilter):
    """A day of Japan's calendar, typed as the address has it: what was typed wrong stays to be mended."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(
            *args,
            widget=forms.DateInput(format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            help_text=_("For example 2026-05-20"),
            error_messages={"invalid": _("Give the day like this: 2026-05-20.")},
            **kwargs,
        )


def search(field: str, label) -> SearchFilter:
    return SearchFilter(field_name=field, label=label, max_length=200)


ANY_TITLE_OR_NAME = _("Title, name or receipt number")
SEARCHED = _(
    "Searched are both titles, the receipt number, and the lead’s name in kanji, kana and Latin "
    "letters, e-mail address and institution. Width, capitals, hiragana and katakana make no difference."
)
# What staff have to weigh: an explanation that is written although a grant fits explains nothing.
EXPLAINED = ~Q(explanation="") & ~Q(best_verdict=Verdict.FITS)


class ApplicationFilter(StaffFilter):
    q = SearchFilter(
        field_name="search_text", label=ANY_TITLE_OR_NAME, max_length=200, help_text=SEARCHED
    )
    call = Choice(field_name="call__code", label=_("Call"))
    state = Choice(field_name="status", label=_("State"), choices=Status.choices)
    verdict = Choice(field_name="best_verdict", label=_("Best result"), choices=_VerdictChoices)
    explained = YesNo(label=_("Explained because no grant fits"), method="only_explained")
    assigned = Choice(label=_("Who looks after it"), method="only_assigned")
    country = Choice(
        label=_("Country of a partner"), choices=_CountryChoices, method="only_country"
    )
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
        asked = {
            field: value
            for field in ("agency", "funder_country", "participation")
            if (value := self.form.cleaned_data.get(field))
        }
        if name != next(iter(asked)):
            return queryset
        country = asked.pop("funder_country", "")
        return queryset.filter(stages.relying_on(country=country, **asked))

    def only_first_submitted(self, queryset: QuerySet, _name: str, value: date) -> QuerySet:
        return queryset.filter(stages.first_submitted_until(value))

    def only_late(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        late = stages.late_corrections(timezone.now())
        return queryset.filter(late if value == "true" else ~late)

    def only_with_letter(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        waits = stages.LETTER_WAITS
        return queryset.filter(waits if value == "true" else ~waits)

    def only_explained(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(EXPLAINED if value == "true" else ~EXPLAINED)

    def only_country(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        partners = Membership.objects.current().partners().filter(team=OuterRef("team"))
        return queryset.filter(Exists(partners.filter(researcher__institution__country=value)))

    def only_sharing(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        shares = Q(pk__in=self.shared)
        return queryset.filter(shares if value == "true" else ~shares)

    @cached_property
    def shared(self) -> set[int]:
        return sharing(self.queryset)

    def in_order(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return in_order(queryset, value)


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
    verdict = Choice(label=_("Result"), choices=_VerdictChoices)

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
