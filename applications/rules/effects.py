"""What another list would move: two judgements of one grant, two ledgers of one application."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from applications.rules.facts import EditionFacts
from applications.rules.findings import Assessment, Verdict
from applications.rules.notices import Duty


class Kind(StrEnum):
    """What becomes of a notice that is asked for."""

    ADDED = "ADDED"
    GONE = "GONE"
    CHANGED = "CHANGED"


@dataclass(frozen=True, slots=True)
class ResultMoved:
    """One grant whose result differs: the verdict, its reasons, or what is warned of."""

    before: Verdict
    after: Verdict
    reasons: bool  # whether rules came out otherwise, if only one that decided nothing
    cautions_new: tuple[str, ...]
    cautions_gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeMoved:
    """One notice of the ledger that comes, goes, or is asked for otherwise; ``what`` names how."""

    kind: Kind
    holder: int
    body: str
    grant: int | None
    what: tuple[str, ...] = ()


# What of a notice its holder would notice: how strongly, when, to whom.
_WHAT = ("strength", "trigger", "recipient", "address")


def rows_changed(before: EditionFacts, after: EditionFacts) -> frozenset[str]:
    """Return the slugs of funders of whom two editions say different things; only their grants can differ."""
    return frozenset(
        slug
        for slug in {**before.rows, **after.rows}
        if before.rows.get(slug) != after.rows.get(slug)
        or before.added_on.get(slug) != after.added_on.get(slug)
    )


def result_moved(before: Assessment, after: Assessment) -> ResultMoved | None:
    """Return how the result of one grant differs; None where its holder would read the same.

    The edition that is cited and the names in a sentence are no difference.
    """
    had = [caution.code for caution in before.cautions]
    has = [caution.code for caution in after.cautions]
    reasons = _reasons(before) != _reasons(after)
    if had == has and not reasons:
        return None
    return ResultMoved(
        before.verdict,
        after.verdict,
        reasons,
        tuple(str(code) for code in has if code not in had),
        tuple(str(code) for code in had if code not in has),
    )


def _reasons(assessment: Assessment) -> list[tuple[str, str]]:
    return [(one.rule, one.reason) for one in assessment.findings]


def notices_moved(before: Iterable[Duty], after: Iterable[Duty]) -> tuple[NoticeMoved, ...]:
    """Compare the notices asked for by two lists; what only informs is none, and so neither comes nor goes."""
    had = {duty.key: duty for duty in before if not duty.nothing_owed}
    has = {duty.key: duty for duty in after if not duty.nothing_owed}
    moved = []
    for key in {**had, **has}:
        was, becomes = had.get(key), has.get(key)
        if was is None:
            moved.append(NoticeMoved(Kind.ADDED, *key))
        elif becomes is None:
            moved.append(NoticeMoved(Kind.GONE, *key))
        elif what := tuple(one for one in _WHAT if getattr(was, one) != getattr(becomes, one)):
            moved.append(NoticeMoved(Kind.CHANGED, *key, what))
    return tuple(moved)
