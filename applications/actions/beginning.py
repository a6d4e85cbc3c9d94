"""How an application begins: from the checker's answers, from an older one, or again after withdrawal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from applications import permissions
from applications.actions.claiming import claim, must_be_open, record
from applications.actions.drafting import touch, write_grant, write_person
from applications.actions.ledger import sync_notices
from applications.actions.orcids import give_entry
from applications.actions.refusals import AlreadyLive
from applications.models import Application, Happening, Membership, ReliedGrant, Role, Team
from applications.queries.application import workspace
from applications.queries.sections import SECTIONS, grant_values, person_values, section_values
from applications.workflow import NotAllowed, Status
from directory.models import Call, Researcher, User


def _begin(team: Team, call: Call, at: datetime, answers: Mapping[str, Any]) -> Application:
    """Create the draft; the database allows one live one per team and call.

    :raises AlreadyLive: there is one
    """
    draft = Application(team=team, call=call, created_at=at, changed_at=at, **answers)
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise AlreadyLive from error
    return draft


@transaction.atomic
def start_application(
    *,
    call_id: int,
    person: Mapping[str, Any],
    by: User,
    at: datetime,
    field: str = "",
    grants: Sequence[Mapping[str, Any]] = (),
) -> Application:
    """Form a team with ``by`` as its lead and begin its draft.

    ``grants`` are the checker's answers (grant values plus ``country``); each waits at a
    partner whose name is still to be given.

    :raises CallClosed: the call is not open
    """
    call = Call.objects.select_related("edition").get(pk=call_id)
    team = Team.objects.create(created_at=at, created_by=by)
    lead = write_person(give_entry(Researcher(), by), person)
    Membership.objects.create(
        team=team, researcher=lead, role=Role.LEAD, confirmed_at=at, confirmed_how="SELF"
    )
    application = _begin(team, call, at, {"field": field})
    must_be_open(application)
    for values in grants:
        partner = write_person(
            Researcher(), {"name": values["holder_name"], **values.get("person", {})}
        )
        Membership.objects.create(team=team, researcher=partner, role=Role.PARTNER)
        grant = write_grant(partner.grants.model(holder=partner), values)
        ReliedGrant.objects.create(application=application, grant=grant, added_at=at)
    record(application, Happening.CREATED, by, at, was="")
    sync_notices(workspace(application), at)
    touch(application, at)
    return application


@transaction.atomic
def copy_application(*, application_id: int, call_id: int, by: User, at: datetime) -> Application:
    """Begin the same in another call: a new team with copied people, grants and answers.

    Confirmations and attestations are not copied: they were given for the other call.

    :raises NotPermitted: ``by`` may not edit the original
    :raises CallClosed: the other call is not open
    """
    original = claim(application_id, permissions.EDIT, by)
    call = Call.objects.select_related("edition").get(pk=call_id)
    team = Team.objects.create(created_at=at, created_by=by, copied_from=original.team)
    answers = section_values(original, "project") | {"explanation": original.explanation}
    if call.pk == original.call_id:
        answers |= {name: getattr(original, name) for name in SECTIONS["answers"]}
    copy = _begin(team, call, at, answers)
    must_be_open(copy)
    space = workspace(original)
    for member in space.members:
        who = Researcher(user=member.researcher.user, orcid=member.researcher.orcid)
        write_person(who, person_values(member.researcher))
        # Only the lead's own press of the button is the lead's own word.
        lead = member.role == Role.LEAD and member.researcher.user_id == by.pk
        Membership.objects.create(
            team=team,
            researcher=who,
            role=member.role,
            confirmed_at=at if lead else None,
            confirmed_how="SELF" if lead else "",
        )
        for judged in space.judged_of(member):
            grant = write_grant(who.grants.model(holder=who), grant_values(judged.relied.grant))
            ReliedGrant.objects.create(application=copy, grant=grant, added_at=at)
    record(copy, Happening.COPIED, by, at, was="", copied_from=original.pk)
    sync_notices(workspace(copy), at)
    touch(copy, at)
    return copy


@transaction.atomic
def start_again(*, application_id: int, by: User, at: datetime) -> Application:
    """Begin a new draft for the same team and call after a withdrawal, with the same answers.

    :raises NotPermitted: ``by`` may not edit
    :raises NotAllowed: the application is not withdrawn
    :raises AlreadyLive: a new one was begun already
    :raises CallClosed: the call is not open
    """
    original = claim(application_id, permissions.EDIT, by)
    if original.status != Status.WITHDRAWN:
        raise NotAllowed(permissions.EDIT, original.status)
    answers = section_values(original, "project") | section_values(original, "answers")
    draft = _begin(original.team, original.call, at, answers)
    must_be_open(draft)
    ReliedGrant.objects.bulk_create(
        [
            ReliedGrant(application=draft, grant=one.relied.grant, added_at=at)
            for one in workspace(original).judged
        ]
    )
    record(draft, Happening.CREATED, by, at, was="", again_after=original.pk)
    sync_notices(workspace(draft), at)
    touch(draft, at)
    return draft
