"""Letters to the team about an act of staff: read, edited, then released once by a person, or dropped."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from applications import outbox, permissions
from applications.actions.claiming import claim, record
from applications.actions.consents import ReasonNeeded
from applications.actions.drafting import unchanged_since
from applications.actions.refusals import Conflict, NoAddress, NoLongerOfUse
from applications.models import Application, Happening, MessageKind, TeamLetter
from applications.queries.fingerprints import fingerprint
from applications.queries.screening import as_read, is_of_use, recipients_of_team, words_of
from applications.workflow import Act, NotAllowed
from directory.models import User


def _claim(letter_id: int, by: User) -> tuple[Application, TeamLetter]:
    """Lock the letter's application, ask, then read the letter.

    :raises NotPermitted: ``by`` is not an officer or approver of the call's agency
    :raises TeamLetter.DoesNotExist: there is none
    """
    owner = TeamLetter.objects.only("application_id").get(pk=letter_id).application_id
    application = claim(owner, permissions.SCREEN, by)
    return application, TeamLetter.objects.get(pk=letter_id)


def _must_be_draft(letter: TeamLetter, act: str) -> None:
    if letter.released_at or letter.dropped_at:
        raise NotAllowed(act, "RELEASED" if letter.released_at else "DROPPED")


@transaction.atomic
def edit_team_letter(
    *, letter_id: int, values: Mapping[str, str], seen: str, by: User, at: datetime
) -> TeamLetter:
    """Save subject and text of a draft.

    :raises Conflict: a colleague saved the draft meanwhile
    :raises NotAllowed: it was released or dropped
    :raises NotPermitted: see ``_claim``
    """
    application, letter = _claim(letter_id, by)
    _must_be_draft(letter, Happening.TEAM_LETTER_EDITED)
    before = words_of(letter)
    unchanged_since(seen, before, values)
    letter.subject, letter.text = outbox.one_line(values["subject"]), values["text"]
    if words_of(letter) != before:
        letter.save(update_fields=["subject", "text"])
        record(application, Happening.TEAM_LETTER_EDITED, by, at, letter=letter.pk)
    return letter


@transaction.atomic
def release_team_letter(*, letter_id: int, seen: str, by: User, at: datetime) -> TeamLetter:
    """Owe the letter to the lead and deputies, each once; a second press does nothing more.

    ``seen`` is the fingerprint of the words and recipients that the page showed (``as_read``).

    :raises Conflict: the words or the recipients are not those that were read
    :raises NoLongerOfUse: the application stands elsewhere now, or the return's date has passed
    :raises NoAddress: neither the lead nor a deputy has an account
    :raises NotAllowed: it was dropped
    :raises NotPermitted: see ``_claim``
    """
    application, letter = _claim(letter_id, by)
    if letter.released_at:
        return letter
    _must_be_draft(letter, Happening.TEAM_LETTER_RELEASED)
    if not is_of_use(letter, application, at):
        raise NoLongerOfUse
    accounts = recipients_of_team(application)
    if seen != fingerprint(as_read(letter, accounts)):
        raise Conflict(words_of(letter), {})
    if not accounts:
        raise NoAddress
    letter.released_at, letter.released_by = at, by
    letter.save(update_fields=["released_at", "released_by"])
    for account in accounts:
        outbox.record_mail(
            kind=MessageKind.DECISION,
            dedupe_key=f"team-letter:{letter.pk}:{account.pk}",
            application=application,
            recipient=account.email,
            subject=letter.subject,
            text=letter.text,
            by=by,
            at=at,
            expires_at=application.returned_until if letter.act == Act.RETURN else None,
        )
    record(application, Happening.TEAM_LETTER_RELEASED, by, at, letter=letter.pk)
    return letter


@transaction.atomic
def drop_team_letter(*, letter_id: int, reason: str, by: User, at: datetime) -> TeamLetter:
    """Drop a draft for good, with a reason; the act that it tells of stands.

    :raises ReasonNeeded: the reason is empty
    :raises NotAllowed: it was released or dropped
    :raises NotPermitted: see ``_claim``
    """
    application, letter = _claim(letter_id, by)
    _must_be_draft(letter, Happening.TEAM_LETTER_DROPPED)
    if not reason.strip():
        raise ReasonNeeded
    letter.dropped_at = at
    letter.save(update_fields=["dropped_at"])
    record(application, Happening.TEAM_LETTER_DROPPED, by, at, reason=reason, letter=letter.pk)
    return letter
