"""Keeping the ledger of notices in step with the grants relied on."""

from datetime import datetime

from applications.models import Application, Notice
from applications.queries.application import JudgedGrant, Workspace
from applications.rules.facts import EditionFacts, Recipient, Trigger
from applications.rules.notices import Duty, Relied, duties
from applications.workflow import OCCASIONS, UNTOUCHED, NoticeState, Status, planned_state
from directory.models import JAPAN_TIME


def occasions_come(application: Application) -> frozenset[Trigger]:
    """Return the occasions that have come for an application in its present state."""
    come = set()
    if application.submitted_at is not None and application.status != Status.WITHDRAWN:
        come.add(Trigger.UPON_APPLICATION)
    if application.status == Status.ADOPTED:
        come.add(Trigger.ON_COLLABORATION)
    return frozenset(come & set(OCCASIONS.values()))


def sync_notices(space: Workspace, at: datetime, *, former: EditionFacts | None = None) -> None:
    """Make the ledger's rows those that the grants relied on owe now. Call inside the action.

    A row whose grant has gone is deleted while nobody touched it; what was recorded stays,
    crossed out (product.md 6). A row that was dealt with is never changed. ``former``: the list that
    stood until now; a letter that nobody has worded does not keep the address which that one gave.
    """
    application = space.application
    stored = {
        (one.holder_id, one.body_id, one.grant_id): one
        for one in Notice.objects.filter(application=application, follows__isnull=True)
    }
    agencies = {slug: entry.pk for slug, entry in space.catalogue.agencies.items()}
    wanted = _wanted(space)
    occasions = occasions_come(application)
    # A grant added after the submission has no verdict yet, and nobody has applied on it.
    submitted = {one.relied.grant_id for one in space.judged if one.relied.verdict}
    new, changed = [], []
    for duty in wanted:
        key = (duty.holder, agencies[duty.body], duty.grant)
        notice = stored.pop(key, None) or Notice(
            application=application, holder_id=key[0], body_id=key[1], grant_id=key[2]
        )
        notice.removed_at = None
        if notice.pk is None or notice.state in UNTOUCHED:
            come = occasions if submitted.intersection(duty.grants) else frozenset()
            if former and not _worded(notice) and _given_by(former, duty, notice):
                notice.recipient_name = notice.recipient_email = ""
            _plan(notice, duty, space, agencies, come, at)
        (changed if notice.pk else new).append(notice)
    Notice.objects.bulk_create(new)
    gone = [one for one in stored.values() if one.removed_at is None]
    untouched = [one.pk for one in gone if one.state in UNTOUCHED and not one.text]
    for one in gone:
        one.removed_at = at
    changed += [one for one in gone if one.pk not in untouched]
    if changed:
        Notice.objects.bulk_update(
            changed,
            [
                "removed_at",
                "agency",
                "strength",
                "trigger",
                "state",
                "due_on",
                "recipient_name",
                "recipient_email",
            ],
        )
    if untouched:
        Notice.objects.filter(pk__in=untouched).delete()


def _wanted(space: Workspace) -> tuple[Duty, ...]:
    return duties(Relied(one.membership.pk, one.relied.grant_id, one.row) for one in space.judged)


def _plan(
    notice: Notice,
    duty: Duty,
    space: Workspace,
    agencies: dict[str, int],
    occasions: frozenset[Trigger],
    at: datetime,
) -> None:
    notice.agency_id = agencies[duty.agencies[0]]
    notice.strength = duty.strength.value
    notice.trigger = duty.trigger.value
    was = notice.state
    notice.state = planned_state(
        nothing_owed=duty.nothing_owed, trigger=duty.trigger, occasions=occasions
    )
    if notice.state == NoticeState.DUE and was != NoticeState.DUE:
        notice.due_on = at.astimezone(JAPAN_TIME).date()
    elif notice.state != NoticeState.DUE:
        notice.due_on = None
    if duty.nothing_owed:
        return  # an address for questions is shown from the list, never kept as a recipient
    if duty.recipient == Recipient.ADDRESS and not _worded(notice):
        # Follows the list: the former address may be nobody's any more (hazard 27).
        if notice.recipient_email != duty.address:
            notice.recipient_name = ""
        notice.recipient_email = duty.address
    if duty.recipient == Recipient.GRANT_CONTACT and not notice.recipient_email:
        grant = _grant_of(space, duty).relied.grant
        notice.recipient_name, notice.recipient_email = grant.contact_name, grant.contact_email


def _given_by(former: EditionFacts, duty: Duty, notice: Notice) -> bool:
    """Whether the notice goes to the address that a former list published for its funder."""
    rows = (former.rows.get(slug) for slug in duty.agencies)
    published = {row.address for row in rows if row and row.address}
    return notice.recipient_email in published


def _worded(notice: Notice) -> bool:
    """Whether its holder has written in the letter, so that all of it is theirs."""
    return bool(notice.subject or notice.text)


def _grant_of(space: Workspace, duty: Duty) -> JudgedGrant:
    return next(one for one in space.judged if one.relied.grant_id == duty.grant)
