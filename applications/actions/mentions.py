"""Mails to a person emptied, and the name taken out of what others wrote about the same applications."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from django.contrib.admin.models import LogEntry
from django.db.models import Model, Q, QuerySet

from applications.actions.delivery import move_notice
from applications.actions.troubles import tell_asker
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
from applications.queries.traces import addresses_among, pattern_of, without
from applications.workflow import NoticeState
from directory.addresses import canonical
from directory.append_only import MARK
from directory.models import CallChange, Grant

OF_MAIL = ("recipient", "sender_name", "reply_to", "subject", "text", "error", "reason")
# Columns that hold one address: it is the person's as a whole, or not at all.
OF_ONE_ADDRESS = frozenset({"recipient", "reply_to", "recipient_email", "email", "contact_email"})
# Where words about somebody may stand, and how the row leads to its application.
SWEPT: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Message, "application", OF_MAIL),
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


def stop_letters(applications: Sequence[Application], known: set[str], at: datetime) -> None:
    """Discard letters to funders that name the person and were not handed over; their holders are told.

    A letter leaves as its holder released it, or not at all: nobody signs a text with a mark in it.
    Inside an action, which holds the applications.
    """
    pattern, addresses = pattern_of(known), addresses_among(known)
    if pattern is None:
        return
    by_pk = {one.pk: one for one in applications}
    letters = Message.objects.to_funders().filter(application__in=by_pk, state__in=KEEPS_LINK)
    for mail in letters.select_for_update(of=("self",)).select_related("notice"):
        words = (mail.sender_name, mail.subject, mail.text)
        to_them = addresses & {canonical(mail.recipient), canonical(mail.reply_to)}
        if not to_them and not any(map(pattern.search, words)):
            continue
        mail.state, mail.reason, mail.secret = MessageState.DISCARDED, MARK, ""
        mail.save()
        _sweep(mail, OF_MAIL, pattern, addresses)
        application = by_pk[mail.application_id]
        if mail.notice.state in (NoticeState.RELEASED, NoticeState.HELD):
            move_notice(mail, application, at)
        tell_asker(application, mail, at)


def take_out(applications: Sequence[int], known: set[str]) -> None:
    """Put the mark where the person stood in texts about these applications."""
    pattern, addresses = pattern_of(known), addresses_among(known)
    if pattern is None:
        return
    for model, path, names in SWEPT:
        for row in model._default_manager.filter(**{f"{path}__in": applications}).distinct():
            _sweep(row, names, pattern, addresses)
    for model, path, names in MARKED:
        _mark(model._default_manager.filter(**{f"{path}__in": applications}), names, pattern)


def take_out_of_mails(mails: QuerySet[Message], known: set[str]) -> None:
    """The same in these mails alone."""
    pattern = pattern_of(known)
    if pattern is None:
        return
    for mail in mails.select_for_update(of=("self",)):
        _sweep(mail, OF_MAIL, pattern, addresses_among(known))


def take_out_of_the_logs(known: set[str]) -> None:
    """The same in what staff searched for, gave as a reason, and in the admin's own log."""
    pattern = pattern_of(known)
    if pattern is None:
        return
    # One word finds the rows, since a name may stand with another space; the pattern decides.
    words = [max(one.split(), key=len) for one in known]
    for model, names in MARKED_ANYWHERE:
        _mark(_that_say(model, names, words), names, pattern)
    of_the_log = ("object_repr", "change_message")
    for row in _that_say(LogEntry, of_the_log, words):
        _sweep(row, of_the_log, pattern, set())


def _that_say(model: type[Model], names: Sequence[str], words: Iterable[str]) -> QuerySet[Any]:
    said = Q(pk__in=[])
    for word in words:
        for name in names:
            said |= Q(**{f"{name}__icontains": word})
            said |= Q(**{f"{name}__icontains": quote_plus(word)})  # filters stand as in an address
    return model._default_manager.filter(said)


def _sweep(row: Model, names: Sequence[str], pattern: re.Pattern[str], addresses: set[str]) -> None:
    changed = []
    for name in names:
        was = getattr(row, name)
        if name in OF_ONE_ADDRESS:
            found = MARK if canonical(was) in addresses else was
        else:
            found = without(was, pattern)
        if found != was:
            longest = row._meta.get_field(name).max_length
            setattr(row, name, found[:longest] if longest else found)
            changed.append(name)
    if changed:
        row.save(update_fields=changed)


def _mark(rows: Iterable[Model], names: Sequence[str], pattern: re.Pattern[str]) -> None:
    for row in rows:
        marks = {name: MARK for name in names if pattern.search(_read(row, name))}
        if marks:
            type(row)._default_manager.filter(pk=row.pk).update(**marks)


def _read(row: Model, name: str) -> str:
    """A column's words; a filter is kept as it stood in the page's address."""
    text = getattr(row, name)
    return unquote_plus(text) if name == "filters" else text
