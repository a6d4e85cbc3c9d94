"""What the filters of the staff lists are made of: choices, days, search, and the scope of their calls."""

from collections.abc import Iterable

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from applications.rules.findings import Verdict
from applications.wording import verdict_label
from directory.models import Agency, Call, search_key


class VerdictChoices:
    """Verdicts with their words, worded when a form is made."""

    def __iter__(self):
        return ((verdict.value, verdict_label(verdict)) for verdict in Verdict)


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
