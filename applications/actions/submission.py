"""Submitting, and taking back what was submitted."""

from datetime import datetime

from django.db import transaction

from applications import outbox
from applications.actions.claiming import claim, must_be_open, record
from applications.actions.follow_ups import prepare_follow_ups
from applications.actions.ledger import sync_notices
from applications.actions.overtaking import drop_letters
from applications.actions.refusals import Conflict, NotReady
from applications.models import (
    Application,
    ReliedGrant,
    Version,
    VersionPerson,
    readable_code,
)
from applications.queries.application import Workspace, in_force, reasons_text, workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.snapshots import (
    grants_read,
    inputs,
    person_beside,
    pseudonym,
    shown_fingerprint,
)
from applications.workflow import Act, Status, next_status
from directory.models import User


def new_receipt() -> str:
    """Return four groups of four letters without 0 O 1 I: 80 bits, so it cannot be guessed."""
    letters = readable_code(16)
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


@transaction.atomic
def submit_application(*, application_id: int, seen: str, by: User, at: datetime) -> Application:
    """Freeze a version and submit it. The same version twice gives the same receipt and no second mail.

    ``seen`` is the fingerprint of what the check page showed.

    :raises NotPermitted: ``by`` is neither lead nor deputy
    :raises NotAllowed: the state admits no submission
    :raises CallClosed: the deadline has passed by the database's clock
    :raises Conflict: somebody changed an answer since the check page was shown
    :raises NotReady: something is missing; ``missing`` lists all of it
    """
    application = claim(application_id, Act.SUBMIT, by)
    next_status(Act.SUBMIT, application.status)
    space = workspace(application)
    content = inputs(space)
    now_holds = shown_fingerprint(space)
    # A returned one is submitted again even unchanged: the agency waits for it.
    stands = application.status == Status.SUBMITTED
    if stands and application.submitted_fingerprint == now_holds == seen:
        return application  # a double click, or the same again: the receipt stands
    database_clock = must_be_open(application)
    if seen != now_holds:
        raise Conflict({}, {})
    if space.missing:
        raise NotReady(space.missing)
    was = application.status
    application.reference_on = application.reference_day  # one returned once keeps its own
    application.status = next_status(Act.SUBMIT, was)
    application.edition = in_force(application)
    if not application.receipt:
        application.receipt = new_receipt()
        application.search_text = f"{application.receipt.casefold()} {application.search_text}"
    application.submitted_at = database_clock
    application.submitted_by = by
    application.version += 1
    application.submitted_fingerprint = now_holds
    application.best_verdict = space.best_verdict
    application.return_reason = ""
    # The same moment: whatever is changed later tells itself apart from what was submitted.
    application.changed_at = database_clock
    application.save()
    _freeze(space, content, by, at, database_clock)
    record(application, Act.SUBMIT, by, at, was=was, version=application.version)
    sync_notices(space, at)
    if application.version > 1:  # nobody writes to a team about what it had not submitted
        drop_letters(application, by, at)
    outbox.record_receipt(application, by=by, at=at)
    return application


def _freeze(
    space: Workspace, content: dict, by: User, at: datetime, database_clock: datetime
) -> Version:
    application = space.application
    frozen = {
        "receipt": application.receipt,
        "version": application.version,
        "web_clock": at.isoformat(),
        "database_clock": database_clock.isoformat(),
        "inputs": content,
        # Beside the answers: a format added later changes none of them.
        "grants_read": grants_read(space),
    }
    version = Version.objects.create(
        application=application,
        number=application.version,
        content=frozen,
        sha256=fingerprint(frozen),
        web_clock=at,
        database_clock=database_clock,
        by=by,
    )
    VersionPerson.objects.bulk_create(
        [
            VersionPerson(
                version=version,
                pseudonym=pseudonym(one),
                researcher=one.researcher,
                values=person_beside(one),
            )
            for one in space.members
        ]
    )
    relied = []
    for one in space.judged:
        one.relied.verdict = one.assessment.verdict.value
        one.relied.reasons = reasons_text(one.assessment)
        one.relied.cautions = ";".join(caution.code for caution in one.assessment.cautions)
        relied.append(one.relied)
    ReliedGrant.objects.bulk_update(relied, ["verdict", "reasons", "cautions"])
    return version


@transaction.atomic
def withdraw_application(
    *, application_id: int, reason: str, by: User, at: datetime
) -> Application:
    """Take the application back; twice does no more than once. Its receipt stays its own.

    :raises NotPermitted: ``by`` is neither lead nor deputy
    :raises NotAllowed: it was decided or withdrawn already
    """
    application = claim(application_id, Act.WITHDRAW, by)
    was = application.status
    application.status = next_status(Act.WITHDRAW, was)
    application.changed_at = at
    application.save(update_fields=["status", "changed_at"])
    record(application, Act.WITHDRAW, by, at, was=was, reason=reason)
    sync_notices(workspace(application), at)
    prepare_follow_ups(application, Act.WITHDRAW, by, at)
    drop_letters(application, by, at)
    return application
