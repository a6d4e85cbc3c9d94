"""Promises about notices and mail: nothing leaves twice or nowhere, and states agree with what happened."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from applications.models import (
    Event,
    Happening,
    Message,
    MessageKind,
    MessageState,
    Notice,
    ReleasedLetter,
    TeamLetter,
)
from applications.models.message import KEEPS_LINK, TAKEN_BY_THE_SERVER, UNSENT
from applications.queries.promises.asking import Promise, rows
from applications.queries.retention import mail_texts
from applications.workflow import NoticeState


def _letters(*states: str) -> Exists:
    return Exists(Message.objects.filter(notice=OuterRef("pk"), state__in=states))


def _released_waits() -> QuerySet[Notice]:
    return Notice.objects.filter(state=NoticeState.RELEASED).exclude(_letters(*UNSENT))


def _handed_over_was() -> QuerySet[Notice]:
    return Notice.objects.filter(state=NoticeState.HANDED_OVER).exclude(
        _letters(*TAKEN_BY_THE_SERVER)
    )


def _trouble_is_the_mails() -> QuerySet[Notice]:
    fits = (
        Q(state=NoticeState.HELD) & _letters(MessageState.HELD)
        | Q(state=NoticeState.FAILED) & _letters(MessageState.FAILED, MessageState.DISCARDED)
        | Q(state=NoticeState.BOUNCED) & _letters(MessageState.BOUNCED)
    )
    troubled = (NoticeState.HELD, NoticeState.FAILED, NoticeState.BOUNCED)
    return Notice.objects.filter(state__in=troubled).exclude(fits)


def _letter_left_once() -> list[str]:
    told = (
        Event.objects.filter(act=Happening.NOTICE_HANDED_OVER)
        .annotate(mail=KT("details__message"))
        .values_list("mail")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
        .order_by("mail")
    )
    return [f"Message {mail}" for mail, _times in told]


def _letter_was_released() -> QuerySet[Message]:
    letters = ReleasedLetter.objects.filter(message=OuterRef("pk"), notice=OuterRef("notice"))
    return Message.objects.to_funders().exclude(Exists(letters))


def _mail_is_of_its_notice() -> QuerySet[Message]:
    return Message.objects.filter(notice__isnull=False).exclude(
        application=F("notice__application")
    )


def _mail_has_a_recipient() -> QuerySet[Message]:
    return Message.objects.filter(state__in=KEEPS_LINK, recipient="")


def _link_goes_with_the_mail() -> QuerySet[Message]:
    return Message.objects.exclude(state__in=KEEPS_LINK).exclude(secret="")


def _code_is_erased() -> QuerySet[Message]:
    return (
        Message.objects.filter(kind=MessageKind.ACCOUNT).exclude(state__in=UNSENT).exclude(text="")
    )


def _text_is_kept_no_longer() -> QuerySet[Message]:
    days = settings.RETENTION["mail_texts"]
    if days is None:
        return Message.objects.none()
    # A day for the nightly run that takes them away.
    over = timezone.now() - timedelta(days=days + 1)
    return mail_texts(over, over).exclude(text="")


def _released_team_letter_has_a_mail() -> QuerySet[TeamLetter]:
    mails = Message.objects.filter(
        kind=MessageKind.DECISION,
        application=OuterRef("application"),
        created_at=OuterRef("released_at"),
    )
    return TeamLetter.objects.filter(released_at__isnull=False).exclude(Exists(mails))


MAIL = (
    Promise("A notice that is released has a letter that waits.", rows(_released_waits)),
    Promise(
        "A notice that is handed over has a letter that the mail server took.",
        rows(_handed_over_was),
    ),
    Promise(
        "A notice that is held, failed or came back has a letter that did.",
        rows(_trouble_is_the_mails),
    ),
    Promise("No letter to a funder was handed over twice.", _letter_left_once),
    Promise("Every letter to a funder was released by somebody.", rows(_letter_was_released)),
    Promise(
        "A letter to a funder is of the application of its notice.", rows(_mail_is_of_its_notice)
    ),
    Promise("Every mail that may go out has a recipient.", rows(_mail_has_a_recipient)),
    Promise("A mail keeps its link only while it may go out.", rows(_link_goes_with_the_mail)),
    Promise("No mail of sign-in keeps its code once it left or failed.", rows(_code_is_erased)),
    Promise("No text of a mail is kept longer than its time.", rows(_text_is_kept_no_longer)),
    Promise(
        "A letter to the team that was released has its mail.",
        rows(_released_team_letter_has_a_mail),
    ),
)
