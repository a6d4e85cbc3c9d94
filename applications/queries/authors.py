"""Who wrote in an edition, or stated what it must answer: whoever did does not publish it."""

from django.db.models import Q

from applications.models import GoldenCase
from directory.models import Condition, Edition, NoticeRule, Participation


def authors_of(edition: Edition) -> frozenset[int]:
    """Return the keys of the accounts that made the edition, wrote in it, or stated a case of it.

    Read from the histories, so that a row that was deleted, or changed and changed back, tells
    its author, too. Publishing rests on the draft's own cases: who stated one would publish on
    their own word. Those of earlier editions were agreed when these were published. One statement.
    """
    rows = Participation.history.filter(edition_id=edition.pk)
    in_rows = Q(participation_id__in=rows.values("id"))
    written = (
        Edition.history.filter(id=edition.pk),
        rows,
        NoticeRule.history.filter(in_rows),
        Condition.history.filter(in_rows),
    )
    first, *others = (
        one.filter(history_user__isnull=False).order_by().values_list("history_user_id", flat=True)
        for one in written
    )
    stated = GoldenCase.objects.filter(edition_id=edition.pk).order_by()
    others.append(stated.values_list("stated_by_id", flat=True))
    made_by = {edition.made_by_id} if edition.made_by_id else set()
    return frozenset(made_by.union(first.union(*others)))
