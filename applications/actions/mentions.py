"""Mails to a person emptied, and the name taken out of what others wrote about the same applications."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Model, Q, QuerySet

from applications.models import (
    Application,
    Attestation,
    DataUse,
    Event,
    GoldenCase,
    InternalNote,
    Invitation,
    Membership,
    Message,
    MessageState,
    Notice,
    Proof,
    Publication,
    ReleasedLetter,
    TeamLetter,
)
from applications.models.message import KEEPS_LINK
from applications.queries.erasing import without
from directory.addresses import canonical
from directory.append_only import MARK
from directory.models import CallChange, Grant

# Where words about somebody may stand, and how the row leads to its application.
SWEPT: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (
        Message,
        "application",
        ("recipient", "sender_name", "reply_to", "subject", "text", "error", "reason"),
    ),
    (
        Notice,
        "application",
        ("recipient_name", "recipient_email", "subject", "text", "done_to", "reason"),
    ),
    (TeamLetter, "application", ("subject", "text")),
    (Attestation, "relied__application", ("reason",)),
    (Invitation, "application", ("email", "reason")),
    (Membership, "team__applications", ("confirmed_reason", "removed_reason")),
    (ReleasedLetter, "notice__application", ("note",)),
    (Grant, "relied__application", ("title", "role", "contact_name", "contact_email")),
    (
        Application,
        "pk",
        ("title_ja", "title_en", "abstract_en", "explanation", "return_reason"),
    ),
)
# Append-only: the words go as a whole, for the mark that the database lets through.
MARKED: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Event, "application", ("reason",)),
    (InternalNote, "application", ("text",)),
    (Proof, "application", ("name",)),
)
# The same, in what staff wrote about no application.
MARKED_ANYWHERE: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (DataUse, ("filters", "reason")),
    (GoldenCase, ("why",)),
    (Publication, ("reason",)),
    (CallChange, ("reason_en", "reason_ja")),
)


def erase_mails(mails: QuerySet[Message], addresses: set[str]) -> None:
    """Empty every mail to one of the addresses; what waits never leaves."""
    for mail in mails.select_for_update(of=("self",)):
        if canonical(mail.recipient) not in addresses:
            continue
        if mail.state in KEEPS_LINK:  # a worker at it writes nothing any more
            mail.state, mail.reason = MessageState.DISCARDED, MARK
        mail.recipient = mail.sender_name = mail.reply_to = ""
        mail.subject = mail.text = mail.secret = mail.error = ""
        mail.save()


def take_out(applications: Sequence[int], pattern: re.Pattern[str]) -> None:
    """Put the mark where the person stood in texts about these applications."""
    for model, path, names in SWEPT:
        for row in model._default_manager.filter(**{f"{path}__in": applications}).distinct():
            _sweep(row, names, pattern)
    for model, path, names in MARKED:
        _mark(model._default_manager.filter(**{f"{path}__in": applications}), names, pattern)


def take_out_of_the_logs(known: Iterable[str], pattern: re.Pattern[str]) -> None:
    """The same in what staff searched for, gave as a reason, and in the admin's own log."""
    words = list(known)
    for model, names in MARKED_ANYWHERE:
        _mark(_that_say(model, names, words), names, pattern)
    of_the_log = ("object_repr", "change_message")
    for row in _that_say(LogEntry, of_the_log, words):
        _sweep(row, of_the_log, pattern)


def _that_say(model: type[Model], names: Sequence[str], words: Iterable[str]) -> QuerySet[Any]:
    said = Q(pk__in=[])
    for word in words:
        for name in names:
            said |= Q(**{f"{name}__icontains": word})
    return model._default_manager.filter(said)


def _sweep(row: Model, names: Sequence[str], pattern: re.Pattern[str]) -> None:
    changed = []
    for name in names:
        was = getattr(row, name)
        found = without(was, pattern)
        if found != was:
            longest = row._meta.get_field(name).max_length
            setattr(row, name, found[:longest] if longest else found)
            changed.append(name)
    if changed:
        row.save(update_fields=changed)


def _mark(rows: Iterable[Model], names: Sequence[str], pattern: re.Pattern[str]) -> None:
    for row in rows:
        marks = {name: MARK for name in names if pattern.search(getattr(row, name))}
        if marks:
            type(row)._default_manager.filter(pk=row.pk).update(**marks)
