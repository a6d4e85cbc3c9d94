"""A later list of a few rows, and a call that takes it."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from directory.models import Agency, Call, CallChange, Edition
from tests.directory.factories import (
    ConditionFactory,
    EditionFactory,
    NoticeRuleFactory,
    ParticipationFactory,
    ProgrammeFactory,
    UserFactory,
)

SHIPPED, LATER = "amed-2024-07-01", "amed-2025-04-01"
LATER_FROM = date(2025, 4, 2)
PUBLISHED_AT = datetime(2025, 4, 2, 1, 0, tzinfo=UTC)


def later_list(**rows: dict[str, Any]) -> Edition:
    """Publish a list as of April 2025 with these rows alone, by slug.

    A row may say ``condition`` (a code), ``programme`` (a code), and what its notice rule says.
    """
    later = EditionFactory(
        code=LATER, as_of=date(2025, 4, 1), updated_on=LATER_FROM, published_at=None
    )
    for slug, said in rows.items():
        agency, said = Agency.objects.get(slug=slug), dict(said)
        row = ParticipationFactory(edition=later, agency=agency)
        if code := said.pop("condition", ""):
            ConditionFactory(participation=row, code=code)
        if code := said.pop("programme", ""):
            row.programmes.add(ProgrammeFactory(agency=agency, code=code))
        NoticeRuleFactory(participation=row, **said)
    later.published_at = PUBLISHED_AT
    later.save()
    return later


def take(call: Call, later: Edition, at: datetime | None = None) -> CallChange:
    """Let the call take another list, with its record, and leave its applications as they are."""
    same = {
        f"{name}_{when}": getattr(call, field)
        for name, field in (("opens", "opens_at"), ("closes", "closes_at"), ("reference", "reference_on"))
        for when in ("before", "after")
    }  # fmt: skip
    change = CallChange.objects.create(
        call=call,
        at=at or timezone.now(),
        by=UserFactory(),
        reason_en="The page was changed.",
        reason_ja="掲載ページの変更のため。",
        edition_before=call.edition,
        edition_after=later,
        **same,
    )
    call.edition = later
    call.save()
    return change
