"""One person's part in teams, as plain values: places, grants, answers, notices, acts, versions.

Every function starts from the account and returns rows about it alone, the same number of
statements for one row as for many.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q
from django.db.models.functions import Lower

from applications.models import (
    Application,
    Attestation,
    Event,
    Invitation,
    Notice,
    Proof,
    ReleasedLetter,
    ReliedGrant,
    Team,
    Version,
    VersionPerson,
)
from directory.models import Agency, Grant, Institution, Programme, Researcher, User

PERSON = (
    *("name", "family_latin", "given_latin", "reading", "email", "orcid", "erad_number"),
    *("institution", "department", "position", "language"),
)
MEMBERSHIP = (
    "role",
    "confirmed_at",
    "confirmed_how",
    "confirmed_reason",
    "reminders_off_at",
    "removed_at",
    "removed_reason",
)
GRANT = (
    *("agency", "agency_other", "programme", "programme_other", "reference", "key", "title"),
    *("role", "starts_on", "ends_on", "amount", "currency", "contact_name", "contact_email"),
)
RELIED = ("verdict", "reasons", "cautions", "added_at", "removed_at")
ATTESTATION = ("code", "answer", "at", "on_behalf", "reason")
NOTICE = (
    *("body", "agency", "occasion", "strength", "trigger", "state", "due_on"),
    *("recipient_name", "recipient_email", "subject", "text", "channel", "done_on", "done_to"),
    *("on_behalf", "reason", "acknowledged_at", "removed_at"),
)
LETTER = (*("template_version", "edited", "released_at", "expires_at", "acknowledged_at", "note"),)
# Of a letter to a funder the words, too: they are the holder's own.
LETTER_MAIL = (
    *("sender_name", "reply_to", "recipient", "subject", "text"),
    *("state", "handed_over_at", "reply_code", "error"),
)
PROOF = ("kind", "size", "sha256", "uploaded_at")
INVITATION = (
    *("language", "agency", "is_reminder", "created_at", "expires_at"),
    *("opened_at", "ended_how", "ended_at", "reason"),
)
Row = dict[str, Any]


def plain(value: Any) -> Any:
    """Return the value as JSON knows it: moments and days in ISO form, rows by their public name."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:.2f}"
        case Agency():
            return value.slug
        case Programme():
            return value.code
        case Institution():
            names = columns(value, ("name", "name_latin", "ror"))
            return names | {"country": str(value.country)}
    return value


def columns(row: Model, fields: Iterable[str]) -> Row:
    return {name: plain(getattr(row, name)) for name in fields}


def team_named(team: Team) -> Row:
    return {"team": team.ref}


def project_named(application: Application) -> Row:
    return team_named(application.team) | columns(application, ("title_en", "title_ja"))


def researchers_of(user: User) -> list[Row]:
    """The person as each team wrote them, with the part in it and the projects it applied with."""
    found = (
        Researcher.objects.filter(user=user)
        .select_related("institution", "membership__team")
        .prefetch_related("membership__team__applications__call")
        .order_by("pk")
    )
    return [columns(one, PERSON) | _membership(one, user) for one in found]


def _membership(researcher: Researcher, user: User) -> Row:
    member = getattr(researcher, "membership", None)
    if member is None:
        return {"membership": None, "applications": []}
    recorder = {"recorded_by_you": member.confirmed_by_id == user.pk}
    return {
        "membership": team_named(member.team) | columns(member, MEMBERSHIP) | recorder,
        "applications": [
            {"call": one.call.code}
            | columns(one, ("title_en", "title_ja", "status", "receipt", "submitted_at"))
            | {"submitted_by_you": one.submitted_by_id == user.pk}
            for one in member.team.applications.all()
        ],
    }


def grants_of(user: User) -> list[Row]:
    found = Grant.objects.filter(holder__user=user).select_related("agency", "programme")
    relied: dict[int, list[Row]] = {}
    for one in (
        ReliedGrant.objects.filter(grant__holder__user=user)
        .select_related("application__team")
        .order_by("pk")
    ):
        relied.setdefault(one.grant_id, []).append(
            project_named(one.application) | columns(one, RELIED)
        )
    return [
        columns(one, GRANT) | {"relied_on_by": relied.get(one.pk, [])}
        for one in found.order_by("pk")
    ]


def attestations_of(user: User) -> list[Row]:
    """Answers to conditions of the person's own grants, whoever recorded them."""
    found = Attestation.objects.filter(relied__grant__holder__user=user)
    return [
        project_named(one.relied.application)
        | {"grant": one.relied.grant.reference}
        | columns(one, ATTESTATION)
        | {"recorded_by_you": one.by_id == user.pk, "proof": _proof(one.proof)}
        for one in found.select_related(
            "relied__application__team", "relied__grant", "proof"
        ).order_by("pk")
    ]


def _proof(proof: Proof | None) -> Row | None:
    """A copy that was kept about the person; its name is the uploader's, and may name others."""
    return columns(proof, PROOF) if proof else None


def notices_of(user: User) -> list[Row]:
    found = Notice.objects.filter(holder__researcher__user=user)
    return [
        project_named(one.application)
        | {"grant": one.grant.reference if one.grant else ""}
        | columns(one, NOTICE)
        | {"recorded_by_you": one.done_by_id == user.pk, "proof": _proof(one.proof)}
        for one in found.select_related(
            "application__team", "grant", "agency", "body", "proof"
        ).order_by("pk")
    ]


def letters_of(user: User) -> list[Row]:
    """Letters released for notices of the person's own grants, as they left, and what came back."""
    found = ReleasedLetter.objects.filter(notice__holder__researcher__user=user)
    return [
        project_named(one.notice.application)
        | {"body": plain(one.notice.body)}
        | columns(one, LETTER)
        | columns(one.message, LETTER_MAIL)
        | {"released_by_you": _released_by(one, user)}
        for one in found.select_related(
            *("notice__application__team", "notice__body", "notice__holder__researcher"),
            *("message", "released_by_member__researcher"),
        ).order_by("pk")
    ]


def _released_by(letter: ReleasedLetter, user: User) -> bool:
    member = letter.released_by_member
    return letter.released_by_id == user.pk or bool(member and member.is_of(user))


def invitations_of(user: User, proved: Sequence[str]) -> list[Row]:
    """Invitations to the person: to an address proved to be theirs, or of their own place in a team.

    One answered from this account though it went to another's address shows no address.
    """
    found = (
        Invitation.objects.annotate(folded=Lower("email"))
        .filter(
            Q(folded__in=proved) | Q(membership__researcher__user=user) | Q(claimed_by=user),
        )
        .select_related("application__team", "membership__researcher", "agency")
        .order_by("pk")
    )
    rows = []
    for one in found:
        own = one.email.lower() in proved or one.membership.researcher.user_id == user.pk
        claimed = one.claimed_by_id == user.pk
        rows.append(
            project_named(one.application)
            | {"email": one.email if own else ""}
            | (columns(one, INVITATION) if own else {})
            | {"answered_from_this_account_at": plain(one.claimed_at) if claimed else None}
        )
    return rows


def events_of(user: User) -> list[Row]:
    """What the person did, by account or by a mailed link; their reason is their own words."""
    found = Event.objects.filter(Q(user=user) | Q(membership__researcher__user=user))
    return [
        project_named(one.application)
        | columns(one, ("act", "from_state", "to_state", "at", "reason"))
        for one in found.select_related("application__team").order_by("pk")
    ]


def versions_of(user: User) -> list[Row]:
    """Versions that name the person, with what stands beside the sealed content, or that they sent."""
    named: dict[int, list[Row]] = {}
    for one in VersionPerson.objects.filter(researcher__user=user).order_by("pk"):
        named.setdefault(one.version_id, []).append(columns(one, ("pseudonym", "values")))
    found = Version.objects.filter(Q(by=user) | Q(pk__in=named))
    return [
        project_named(one.application)
        | columns(one.application, ("receipt",))
        | columns(one, ("number", "sha256", "web_clock", "database_clock"))
        | {"submitted_by_you": one.by_id == user.pk, "named_as": named.get(one.pk, [])}
        for one in found.select_related("application__team").order_by("pk")
    ]
