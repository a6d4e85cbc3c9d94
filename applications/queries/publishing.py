"""What stands for and against publishing a draft: read once, shown on its page, asked again by the act."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from applications.models import EffectPreview
from applications.queries.authors import authors_of
from applications.queries.golden_cases import Answered, Standing, cases_of
from applications.rules.findings import Verdict
from directory.changes import Difference, RowSaid, differences
from directory.contradictions import Contradiction
from directory.listing import fingerprint_of_edition, of_edition, said_by
from directory.models import CallChange, Edition

# A case that says "this grant should fit": the other verdicts come of a grant's dates alone, too.
FITTING = frozenset({Verdict.FITS, Verdict.FITS_IF})
# Teams go on writing: what was read of their applications says little of them a day later.
EFFECT_LASTS = timedelta(days=1)


class Outdated(StrEnum):
    """Why an effect that was worked out for what the draft says counts no more."""

    OLD = "OLD"
    CALLS = "CALLS"


@dataclass(frozen=True, slots=True)
class AddressChange:
    """An address that the draft publishes for a funder, and what was published before; "" for none."""

    slug: str
    acronym: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DraftRead:
    """A draft, the newest list, the one that ``changes`` are told against, and all that publishing asks."""

    edition: Edition
    newest: Edition | None
    base: Edition | None
    fingerprint: str
    rows: dict[str, RowSaid]
    changes: tuple[Difference, ...]
    contradictions: tuple[Contradiction, ...]
    cases: tuple[Answered, ...]
    preview: EffectPreview | None
    outdated: Outdated | None
    authors: frozenset[int]

    @property
    def is_overtaken(self) -> bool:
        """Whether it would not become the newest list, or would leave out what the newest says.

        Neither of its days is before the newest list's: by its own it follows as a list, and from
        the day on which its page was updated it answers for that day and after.
        """
        newest = self.newest
        if newest is None:
            return self.edition.based_on_id is not None
        draft = self.edition
        dated_before = draft.as_of < newest.as_of or draft.updated_on < newest.updated_on
        return draft.based_on_id != newest.pk or dated_before

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The funders whose row does not say what is asked of holders."""
        return tuple(slug for slug, row in self.rows.items() if not row.strength)

    @property
    def addresses(self) -> tuple[AddressChange, ...]:
        """The addresses that somebody must have read: holders will write there."""
        return tuple(
            AddressChange(one.slug, one.after.acronym, one.before.address if one.before else "",
                          one.after.address)
            for one in self.changes
            if one.after and (one.before.address if one.before else "") != one.after.address
        )  # fmt: skip

    @property
    def failing(self) -> tuple[Answered, ...]:
        return tuple(one for one in self.cases if one.status == Standing.FAILS)

    @property
    def without_case(self) -> tuple[str, ...]:
        """New and changed rows for which no case of this edition says that a grant should fit."""
        tried = {
            one.slug
            for one in self.cases
            if one.case.edition == self.edition.code
            and one.status == Standing.PASSES
            and one.case.expected_verdict in FITTING
        }
        return tuple(one.slug for one in self.changes if one.needs_a_case and one.slug not in tried)

    @property
    def worked_out(self) -> EffectPreview | None:
        """The effect as it was worked out for what the draft says now, however long ago; else None."""
        seen = self.preview
        if seen is None or seen.finished_at is None or seen.fingerprint != self.fingerprint:
            return None
        return seen

    @property
    def effect(self) -> EffectPreview | None:
        """The effect that somebody may publish on; else None."""
        return None if self.outdated else self.worked_out


def outdated(preview: EffectPreview | None, at: datetime) -> Outdated | None:
    """Return why a finished preview counts no more at a moment: its age, or a change of its calls.

    Under another list, or on another day, its calls' applications are judged otherwise.
    """
    if preview is None or preview.finished_at is None:
        return None
    if at - preview.finished_at > EFFECT_LASTS:
        return Outdated.OLD
    changed = CallChange.objects.filter(call__in=preview.calls, at__gt=preview.started_at)
    return Outdated.CALLS if changed.exists() else None


def read_draft(edition: Edition, at: datetime) -> DraftRead:
    """Read a draft with all that publishing at a moment asks; in constant statements."""
    newest = Edition.objects.newest(edition.owner)
    base = edition.based_on or newest
    said = said_by(edition, *([base] if base else []))
    rows = said[edition.pk]
    preview = EffectPreview.objects.filter(edition=edition).select_related("by").first()
    return DraftRead(
        edition=edition,
        newest=newest,
        base=base,
        fingerprint=fingerprint_of_edition(edition),
        rows=rows,
        changes=differences(said[base.pk] if base else {}, rows),
        contradictions=of_edition(edition),
        cases=cases_of(edition),
        preview=preview,
        outdated=outdated(preview, at),
        authors=authors_of(edition),
    )
