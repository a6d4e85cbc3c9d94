"""The words of letters that staff make: a new version each time, with who, when and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from applications import permissions
from applications.actions.consents import ReasonNeeded
from applications.actions.refusals import Conflict, NotPermitted
from applications.letters import (
    has_stray_bracket,
    needed_gaps,
    shipped,
    unknown_gaps,
)
from applications.models import LetterTemplate
from applications.queries.letter_templates import versions_of
from directory.models import Agency, User

WORDS = ("subject", "text", "subject_ja", "text_ja")
TEXTS = ("text", "text_ja")


class SameWords(Exception):
    """These words stand already: there is nothing to change."""


class NotATemplate(Exception):
    """The words could not be filled in: an unknown gap, a stray bracket, or a needed gap missing."""


def words_of(template: LetterTemplate | None, occasion: str) -> dict[str, str]:
    """Return the words that a version stands for; the shipped ones where there is none."""
    if template is not None and not template.withdrawn:
        return {name: getattr(template, name) for name in WORDS}
    english, japanese = shipped(occasion).english, shipped(occasion).japanese
    return {
        "subject": english.subject,
        "text": english.text,
        "subject_ja": japanese.subject,
        "text_ja": japanese.text,
    }


@transaction.atomic
def save_letter_template(
    *,
    owner: str,
    occasion: str,
    body: Agency | None,
    words: Mapping[str, str],
    seen: int,
    reason: str,
    by: User,
    at: datetime,
) -> LetterTemplate:
    """Make a new version of the words; letters not yet released are prepared from it.

    ``seen`` is the number of the version that the form was filled from, 0 for the shipped words.

    :raises NotPermitted: ``by`` is neither officer nor approver of that agency, nor a superuser
    :raises ReasonNeeded: the reason is empty
    :raises NotATemplate: the words could not be filled in
    :raises Conflict: somebody saved a newer version meanwhile
    :raises SameWords: nothing would change
    """
    newest = _asked(owner, occasion, body, reason, by)
    _must_be_a_template(words, occasion)
    _must_be_the_newest(newest, seen, occasion, words)
    if newest and not newest.withdrawn and words_of(newest, occasion) == dict(words):
        raise SameWords
    return _next(newest, words, owner=owner, occasion=occasion, body=body, reason=reason,
                 made_by=by, made_at=at)  # fmt: skip


@transaction.atomic
def withdraw_letter_template(
    *,
    owner: str,
    occasion: str,
    body: Agency | None,
    seen: int,
    reason: str,
    by: User,
    at: datetime,
) -> LetterTemplate:
    """Take staff's words back: those for every body stand again, else the shipped ones.

    :raises NotPermitted: ``by`` is neither officer nor approver of that agency, nor a superuser
    :raises ReasonNeeded: the reason is empty
    :raises Conflict: somebody saved a newer version meanwhile
    :raises SameWords: no words of staff's own stand here
    """
    newest = _asked(owner, occasion, body, reason, by)
    words = words_of(None, occasion)
    _must_be_the_newest(newest, seen, occasion, words)
    if newest is None or newest.withdrawn:
        raise SameWords
    return _next(newest, words, withdrawn=True, owner=owner, occasion=occasion, body=body,
                 reason=reason, made_by=by, made_at=at)  # fmt: skip


def _asked(
    owner: str, occasion: str, body: Agency | None, reason: str, by: User
) -> LetterTemplate | None:
    if not permissions.may_word_letters(by, owner):
        raise NotPermitted("letter_template")
    if not reason.strip():
        raise ReasonNeeded
    return versions_of(owner, occasion, body).first()


def _must_be_a_template(words: Mapping[str, str], occasion: str) -> None:
    """Let words go on only if every gap of theirs can be filled in.

    :raises NotATemplate: one cannot
    """
    if any(unknown_gaps(words[name], occasion) or has_stray_bracket(words[name]) for name in WORDS):
        raise NotATemplate
    if any(needed_gaps(words[name]) for name in TEXTS):
        raise NotATemplate


def _must_be_the_newest(
    newest: LetterTemplate | None, seen: int, occasion: str, words: Mapping[str, str]
) -> None:
    if seen != (newest.number if newest else 0):
        raise Conflict(words_of(newest, occasion), words)


def _next(newest: LetterTemplate | None, words: Mapping[str, str], **values: Any) -> LetterTemplate:
    """Write the next version; the table's unique number decides between two at once."""
    version = LetterTemplate(**words, number=newest.number + 1 if newest else 1, **values)
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:
        stored = versions_of(version.owner, version.occasion, version.body).first()
        raise Conflict(words_of(stored, version.occasion), words) from error
    return version
