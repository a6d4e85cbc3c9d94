"""What a team writes while it prepares: answers, people, grants. Each save is one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from applications import permissions
from applications.actions.claiming import claim, claim_to_edit, record
from applications.actions.consents import let_attestations_lapse, let_confirmation_lapse
from applications.actions.ending import close_former_mailbox
from applications.actions.ledger import sync_notices
from applications.actions.refusals import Conflict, NotPermitted
from applications.models import Actor, Application, Happening, Membership, Notice, ReliedGrant, Role
from applications.permissions import may
from applications.queries.application import workspace
from applications.queries.catalogue import load_catalogue
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import (
    ATTESTED_FOR,
    CONFIRMED_FOR,
    GRANT,
    PERSON,
    SECTIONS,
    grant_values,
    person_values,
    section_values,
)
from applications.workflow import FINAL, UNTOUCHED, Act, NotAllowed
from directory.models import Agency, Grant, Institution, Researcher, User, search_key


def unchanged_since(seen: str, stored: Mapping[str, Any], yours: Mapping[str, Any]) -> None:
    """Let a save go on only if nobody saved since the form was shown.

    :raises Conflict: the stored values are not those that the form was filled from
    """
    if seen != fingerprint(stored):
        raise Conflict(stored, yours)


def searched_in(application: Application) -> str:
    """Return what searches find an application by: receipt, titles, its lead and their institution."""
    lead = (
        Membership.objects.current()
        .filter(team=application.team_id, role=Role.LEAD)
        .select_related("researcher__institution")
        .first()
    )
    who = lead.researcher if lead else None
    return search_key(
        application.receipt or "",
        application.title_ja,
        application.title_en,
        who.search_text if who else "",
        f"{who.institution.name} {who.institution.name_latin}" if who and who.institution else "",
    )


def touch(application: Application, at: datetime) -> None:
    """Note when the application was last changed and what searches find it by."""
    application.search_text = searched_in(application)
    application.changed_at = at
    application.save()


@transaction.atomic
def save_section(
    *,
    application_id: int,
    section: str,
    values: Mapping[str, Any],
    seen: str,
    by: User,
    at: datetime,
) -> Application:
    """Save one page of answers (``project``, ``answers`` or ``erad``).

    How the formal proposal stands in e-Rad is no answer of the application: it may be recorded
    after the deadline too, until the application is decided or withdrawn.

    :raises Conflict: somebody else saved that page meanwhile
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_edit``
    """
    if section == "erad":
        application = claim(application_id, permissions.EDIT, by)
        if application.status in FINAL:
            raise NotAllowed(permissions.EDIT, application.status)
    else:
        application = claim_to_edit(application_id, by)
    unchanged_since(seen, section_values(application, section), values)
    for name in SECTIONS[section]:
        if name in values:
            setattr(application, name, values[name])
    touch(application, at)
    if section == "erad":
        record(application, Happening.ERAD_RECORDED, by, at, status=application.erad_status)
    return application


def write_person(researcher: Researcher, values: Mapping[str, Any]) -> Researcher:
    """Put the values into the row; an institution of the same names and country is found again."""
    for name in PERSON:
        if name in values:
            setattr(researcher, name, values[name])
    name = values.get("institution_name", "")
    if name:
        researcher.institution, _new = Institution.objects.get_or_create(
            country=values.get("institution_country", ""),
            name=name,
            name_latin=values.get("institution_name_latin", ""),
        )
    else:
        researcher.institution = None
    researcher.save()
    return researcher


@transaction.atomic
def save_person(
    *,
    application_id: int,
    membership_id: int | None,
    role: str,
    values: Mapping[str, Any],
    seen: str,
    by: User,
    at: datetime,
) -> Membership:
    """Add a person to the team, or save what was changed about one.

    A partner's confirmation holds for the name, address and institution that it was given for:
    where one of them changes, it lapses. With the address, links that were mailed to the former
    one stop working.

    :raises Conflict: somebody else saved that person meanwhile
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_edit``
    """
    application = claim_to_edit(application_id, by)
    _only_senders_appoint_deputies(application, membership_id, role, by)
    if membership_id is None:
        researcher = write_person(Researcher(), values)
        member = Membership.objects.create(team=application.team, researcher=researcher, role=role)
        record(application, Happening.PERSON_ADDED, by, at, membership=member.pk, role=role)
    else:
        member = current_member(application, membership_id)
        was = person_values(member.researcher)
        unchanged_since(seen, was, values)
        now = person_values(write_person(member.researcher, values))
        confirmed = member.role == Role.PARTNER and member.confirmed_at
        if confirmed and any(was[name] != now[name] for name in CONFIRMED_FOR):
            let_confirmation_lapse(application, member, by, at)
        if was["email"] != now["email"]:
            close_former_mailbox(application, member, by, at)
        # A lead stays lead and a partner partner; within Japan's side the role may change.
        if Role.LEAD not in (member.role, role) and Role.PARTNER not in (member.role, role):
            member.role = role
            member.save(update_fields=["role"])
    after_change(application, at)
    return member


def _only_senders_appoint_deputies(
    application: Application, membership_id: int | None, role: str, by: User
) -> None:
    """Keep those who may not submit from making somebody, or themselves, one who may.

    :raises NotPermitted: ``by`` may not submit, and the person would become or cease to be a deputy
    """
    was = current_member(application, membership_id).role if membership_id is not None else ""
    if was != role and Role.DEPUTY in (was, role) and not may(by, Act.SUBMIT, application):
        raise NotPermitted(Act.SUBMIT)


def current_member(application: Application, membership_id: int) -> Membership:
    """Return a current member of the team.

    :raises Membership.DoesNotExist: there is none
    """
    return (
        Membership.objects.current()
        .select_related("researcher__institution")
        .get(pk=membership_id, team=application.team_id)
    )


def after_change(application: Application, at: datetime) -> None:
    """Bring the ledger and the search into line with people and grants as they are now."""
    sync_notices(workspace(application), at)
    touch(application, at)


@transaction.atomic
def save_grant(
    *,
    application_id: int,
    membership_id: int,
    grant_id: int | None,
    values: Mapping[str, Any],
    seen: str,
    by: User,
    at: datetime,
) -> Grant:
    """Add a grant that the application relies on, or save what was changed about one.

    What the holder answered to a condition holds for that funder, number and time: where one of
    them changes, it is asked anew.

    :raises Conflict: somebody else saved that grant meanwhile
    :raises NotPermitted, NotAllowed, CallClosed: see ``claim_to_edit``
    :raises IntegrityError: the holder already has that number of that agency
    """
    application = claim_to_edit(application_id, by)
    member = current_member(application, membership_id)
    return write_relied_grant(application, member, grant_id, values, seen, by, at)


def write_relied_grant(
    application: Application,
    member: Membership,
    grant_id: int | None,
    values: Mapping[str, Any],
    seen: str,
    by: Actor,
    at: datetime,
) -> Grant:
    """Write a grant of one holder and what follows from it; see ``save_grant``. Inside an action."""
    if grant_id is None:
        grant = write_grant(_left_earlier(application, member, values), values)
        ReliedGrant.objects.update_or_create(
            application=application, grant=grant, defaults={"added_at": at, "removed_at": None}
        )
        record(application, Happening.GRANT_ADDED, by, at, grant=grant.pk, membership=member.pk)
    else:
        relied = ReliedGrant.objects.select_related("grant__agency", "grant__programme").get(
            application=application,
            grant=grant_id,
            grant__holder=member.researcher_id,
            removed_at__isnull=True,
        )
        grant = relied.grant
        was = grant_values(grant)
        unchanged_since(seen, was, values)
        write_grant(grant, values)
        if any(was[name] != getattr(grant, name) for name in ATTESTED_FOR):
            let_attestations_lapse(application, relied, by, at)
        if was["contact_email"] != grant.contact_email:
            # An open notice to the former contact goes to the present one.
            Notice.objects.filter(
                application=application,
                grant=grant,
                recipient_email=was["contact_email"],
                state__in=UNTOUCHED,
            ).update(recipient_name="", recipient_email="")
    after_change(application, at)
    return grant


def _left_earlier(application: Application, member: Membership, values: Mapping[str, Any]) -> Grant:
    """Return the holder's grant of that agency and number that was removed before, or a new one."""
    names = ("agency", "agency_other", "reference")
    typed = identify(Grant(**{name: values[name] for name in names if name in values}))
    if not typed.key or typed.agency is None:
        return Grant(holder=member.researcher)
    relied = ReliedGrant.objects.filter(application=application, removed_at__isnull=True)
    found = (
        Grant.objects.filter(holder=member.researcher, agency=typed.agency, key=typed.key)
        .exclude(pk__in=relied.values("grant"))
        .first()
    )
    return found or Grant(holder=member.researcher)


def identify(grant: Grant) -> Grant:
    """Give the grant its identity: its funder and the normalised number.

    Where the funder was left open, or is NIH as a whole, the number may tell it (product.md 4). It is
    judged by that one's row, so it is kept under that one: lists and counts read the stored funder.
    """
    catalogue = load_catalogue()
    slug = grant.agency.slug if grant.agency else ""
    if not grant.agency_other:
        told = catalogue.read(slug, grant.reference)[0]
        if told != slug:
            grant.agency, slug = Agency.objects.get(slug=told), told
    grant.key = catalogue.key(slug, grant.reference)[:100]
    return grant


def write_grant(grant: Grant, values: Mapping[str, Any]) -> Grant:
    """Put the values into the row, under the funder that the number tells; see ``identify``."""
    for name in GRANT:
        if name in values:
            setattr(grant, name, values[name])
    identify(grant).save()
    return grant
