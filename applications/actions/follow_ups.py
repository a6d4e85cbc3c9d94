"""Follow-up letters: a body that was told of an application may hear that it is over (product.md 7)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.actions.claiming import record
from applications.models import (
    Actor,
    Application,
    Happening,
    Message,
    MessageState,
    Notice,
)
from applications.rules.notices import OWED
from applications.workflow import FOLLOW_UPS, Act, NoticeState
from directory.models import JAPAN_TIME, Strength

# The body was told, or may have been: released ones leave with the worker's next round.
GIVEN = frozenset(
    {
        NoticeState.RELEASED,
        NoticeState.HELD,
        NoticeState.HANDED_OVER,
        NoticeState.RECORDED,
        NoticeState.ACKNOWLEDGED,
    }
)
# An earlier letter of a notice whose later one failed, or was not sent by choice.
REACHED = frozenset({MessageState.HANDED_OVER, MessageState.HELD})


def prepare_follow_ups(application: Application, act: Act, by: Actor, at: datetime) -> list[Notice]:
    """Prepare a letter for each notice that was given, once. Call inside the act that ends it.

    Nobody asks for these letters, and nothing goes out by itself: the holder releases one,
    records it or leaves it. A mere enquiry was no notice, and its address is for questions only.
    """
    occasion, today = FOLLOW_UPS[act], at.astimezone(JAPAN_TIME).date()
    # A letter that its holder had worded when the decision was reopened is theirs to use again.
    laid_aside = Notice.objects.filter(
        application=application, follows__isnull=False, state=NoticeState.DUE
    )
    laid_aside.filter(removed_at__isnull=False).update(
        removed_at=None, occasion=occasion, due_on=today
    )
    prepared = []
    for first in _given(application):
        letter = Notice.objects.create(
            application=application,
            holder_id=first.holder_id,
            body_id=first.body_id,
            agency_id=first.agency_id,
            grant_id=first.grant_id,
            follows=first,
            occasion=occasion,
            strength=Strength.NONE_STATED,
            trigger="",
            state=NoticeState.DUE,
            due_on=today,
            recipient_name=first.recipient_name,
            recipient_email=first.recipient_email,
        )
        record(
            application, Happening.FOLLOW_UP_PREPARED, by, at, notice=letter.pk, follows=first.pk
        )
        prepared.append(letter)
    return prepared


def take_back_follow_ups(application: Application, at: datetime) -> None:
    """Take back letters that nobody has released or recorded: the application is not over after all.

    What the holder had worded is crossed out, not deleted. Call inside the act that reopens.
    """
    waiting = Notice.objects.filter(
        application=application,
        follows__isnull=False,
        removed_at__isnull=True,
        state=NoticeState.DUE,
    )
    waiting.filter(subject="", text="", messages__isnull=True).delete()
    waiting.update(removed_at=at)


def _given(application: Application) -> QuerySet[Notice]:
    reached = Message.objects.filter(notice=OuterRef("pk"), state__in=REACHED)
    return Notice.objects.filter(
        Q(state__in=GIVEN) | Exists(reached),
        application=application,
        strength__in=OWED,
        removed_at__isnull=True,
        follows__isnull=True,
        follow_ups__isnull=True,
    ).order_by("pk")
