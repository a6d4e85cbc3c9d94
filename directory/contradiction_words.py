"""What speaks against itself in a list, in sentences that name both rows and say what mends it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from directory.contradictions import Contradiction
from directory.models import Agency, ConditionCode

SENTENCES: Mapping[str, object] = {
    "SAME_AGENCY": _("%(first)s has two rows in this list. Keep one of them."),
    "SAME_PLACE": _(
        "%(first)s and %(second)s stand at the same place, %(place)s. Give one of them another."
    ),
    "PARENT_AND_INSTITUTE": _(
        "%(second)s is a part of %(first)s, and both have a row, so that a grant would be judged by "
        "either. Keep the row of the whole or those of its parts."
    ),
    "TWO_ADDRESSES": _(
        "%(first)s and %(second)s name the same body, %(body)s, with two addresses, %(first_address)s "
        "and %(second_address)s. Look which one is published, and use it in both rows."
    ),
    "ASKED_AND_NOT_NEEDED": _(
        "%(first)s and %(second)s speak of the same body, %(body)s: one row asks that it be told, the "
        "other says that no contact is needed. Change one of them."
    ),
    "QUESTIONS_AND_NOTICES": _(
        "%(first)s and %(second)s give the same address, %(address)s: one row for notices, the other "
        "for questions alone. Change one of them."
    ),
    "SHARED_NAME": _(
        "%(first)s and %(second)s share the name “%(name)s”, so that a grant entered under it could be "
        "of either. Take it from one of the two funders."
    ),
    "SHARED_FORMAT": _(
        "%(first)s and %(second)s both take %(example)s for a number of their own. Make the number "
        "format of one of them narrower, or let it no longer suggest its funder."
    ),
    "CONDITION_OF_ANOTHER": _(
        "The row of %(first)s has a condition that is worded for %(agency)s alone: %(condition)s "
        "Take it out."
    ),
    "PROGRAMME_OF_ANOTHER": _(
        "The row of %(first)s targets %(programme)s, a programme of another funder. Take it out."
    ),
    "SHARED_PROGRAMME": _(
        "Two programmes of %(first)s, %(one)s and %(other)s, share the name “%(name)s”, so that a "
        "grant entered under it could be of either. Take it from one of them."
    ),
}


def acronyms() -> dict[str, str]:
    """Return how every funder is called in these sentences, by its slug."""
    return dict(Agency.objects.values_list("slug", "acronym"))


def contradiction_in_words(one: Contradiction, names: Mapping[str, str]) -> str:
    """Return the sentence for a contradiction; ``names`` are the acronyms by slug."""
    gaps = {
        **one.params,
        "first_address": one.params.get("first", ""),
        "second_address": one.params.get("second", ""),
        "first": names.get(one.first, one.first),
        "second": names.get(one.second, one.second),
    }
    for gap in ("body", "agency"):
        if gap in gaps:
            gaps[gap] = names.get(gaps[gap], gaps[gap])
    if "condition" in gaps:
        gaps["condition"] = str(ConditionCode(gaps["condition"]).label)
    return str(SENTENCES[one.code]) % gaps


def added(
    before: Iterable[Contradiction], after: Iterable[Contradiction]
) -> tuple[Contradiction, ...]:
    """Return those that were not there before, whatever the values that they turn on."""
    known = {(one.code, one.first, one.second) for one in before}
    return tuple(one for one in after if (one.code, one.first, one.second) not in known)
