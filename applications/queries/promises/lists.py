"""Promises about the editions of the list: who published them, that they are whole, and who stands under which."""

from collections.abc import Iterable

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from applications.models import Application, Publication
from applications.queries.promises.asking import Promise, rows
from directory.listing import of_edition
from directory.models import Call, CallChange, Edition, OwningAgency, Participation


def _published_on_record() -> Iterable[str]:
    """Editions that staff made; a shipped one is published by the command that loads it."""
    made = Edition.objects.published().filter(based_on__isnull=False)
    unrecorded = made.exclude(pk__in=Publication.objects.values("edition"))
    yield from rows(lambda: unrecorded)()
    yield from rows(lambda: Publication.objects.filter(edition__published_at__isnull=True))()


def _published_by_a_second_person() -> Iterable[str]:
    published = Publication.objects.order_by("pk").values_list(
        "pk", "by", "authors", "edition__made_by"
    )
    for pk, by, authors, made_by in published:
        if by in authors or by == made_by:
            yield f"Publication {pk}"


def _rows_with_a_rule() -> QuerySet[Participation]:
    published = Participation.objects.filter(edition__published_at__isnull=False)
    return published.filter(notice_rule__isnull=True)


def _newest_lists_agree_with_themselves() -> Iterable[str]:
    # The newest alone: a funder's name may change later, and an older list cannot be mended.
    for owner in OwningAgency:
        newest = Edition.objects.newest(owner)
        if newest and of_edition(newest):
            yield f"Edition {newest.pk}"


def _calls_under_what_their_last_change_says() -> QuerySet[Call]:
    last = CallChange.objects.filter(call=OuterRef("pk")).order_by("-at", "-pk")
    calls = Call.objects.annotate(put=Subquery(last.values("edition_after")[:1]))
    return calls.filter(
        Q(edition__published_at__isnull=True) | Q(put__isnull=False) & ~Q(put=F("edition"))
    )


def _submitted_under_a_published_list() -> QuerySet[Application]:
    return Application.objects.filter(edition__isnull=False, edition__published_at__isnull=True)


LISTS = (
    Promise(
        "An edition that staff made is published exactly when its publication is on record.",
        _published_on_record,
    ),
    Promise(
        "An edition is published by nobody who wrote in it.",
        _published_by_a_second_person,
    ),
    Promise(
        "Each row of a published edition says what is asked of holders.", rows(_rows_with_a_rule)
    ),
    Promise(
        "The newest list of each agency does not speak against itself.",
        _newest_lists_agree_with_themselves,
    ),
    Promise(
        "A call stands under a published edition: the one that its last change put in force.",
        rows(_calls_under_what_their_last_change_says),
    ),
    Promise(
        "A submitted application is judged by a published edition.",
        rows(_submitted_under_a_published_list),
    ),
)
