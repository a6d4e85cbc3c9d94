"""Every route of the resolver, and how its gaps are filled: with own rows, another's, or none that exist."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.utils import translation

from applications.models import (
    DataUse,
    EffectPreview,
    Event,
    ForgottenAddress,
    GoldenCase,
    InternalNote,
    LetterTemplate,
    Message,
    MessageKind,
    Publication,
    ReleasedLetter,
    TeamLetter,
    Version,
)
from applications.outbox import mail_gate
from directory.models import (
    Agency,
    Call,
    CallChange,
    Erasure,
    Institution,
    Participation,
    PublishedNote,
    PublishedPage,
    StaffRoleChange,
)
from tests.access.factors import passkey_of
from tests.access.worlds import World


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver: its name, its whole pattern, and the names of its gaps."""

    name: str
    pattern: str
    gaps: tuple[str, ...]

    def at(self, values: dict[str, Any]) -> str:
        """The address with these values in its gaps."""
        if self.gaps and "(" in self.pattern and "?P<" not in self.pattern:
            kept = {"args": [values[gap] for gap in self.gaps]}
        else:
            kept = {"kwargs": {gap: values[gap] for gap in self.gaps}}
        with translation.override("en"):
            try:
                return reverse(self.name, **kept)
            except NoReverseMatch:  # a route without a name
                return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), self.pattern)


def routes() -> list[Route]:
    """Every route of the portal, the admin's included, in the resolver's order."""
    with translation.override("en"):
        return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list, prefix: str, names: str) -> Iterator[Route]:
    for entry in patterns:
        text = prefix + str(entry.pattern)
        if "static/" in text:
            continue  # of a development server; there only if DEBUG was on when the routes were read
        if isinstance(entry, URLPattern):
            yield Route(names + (entry.name or text), text, _gaps(text))
        else:
            space = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from _walk(entry.url_patterns, text, space)


def _gaps(pattern: str) -> tuple[str, ...]:
    named = tuple(re.findall(r"<(?:\w+:)?(\w+)>", pattern))
    return named or tuple(
        f"_{place}" for place, _gap in enumerate(re.findall(r"\([^)]*\)", pattern))
    )


# -- values of gaps ----------------------------------------------------------------------
# Gap -> the value in a world; "route.gap" wins over "gap". A new route that has a gap of a new
# name, or means another row by it, needs one line here.
VALUES: dict[str, Any] = {
    "ref": lambda world: world.application.team.ref,
    "number": lambda world: world.application.receipt,
    "version": lambda world: world.application.version,
    "slug": lambda world: "nih-nci",
    "code": lambda world: world.call.code,
    "name": lambda world: "applications",
    "figure": lambda world: "funnel",
    "person": lambda world: world.members["partner"].pk,
    "token": lambda world: world.token,
    "pk": lambda world: world.unconfirmed.pk,
    "owner": lambda world: world.owner.lower(),
    "occasion": lambda world: "asked",
    "body": lambda world: "all",
    "edition": lambda world: world.draft.code,
    "applications:match_under.edition": lambda world: world.call.edition.code,
    "applications:grant_edit.pk": lambda world: world.grant.pk,
    "applications:grant_remove.pk": lambda world: world.grant.pk,
    "applications:attest.pk": lambda world: world.conditional.pk,
    "applications:notice.pk": lambda world: world.notice.pk,
    "applications:notice_eml.pk": lambda world: world.notice.pk,
    "applications:notice_remind.pk": lambda world: world.members["partner"].pk,
    "applications:notice_release.pk": lambda world: world.notice.pk,
    "applications:acknowledge.token": lambda world: world.letter_token,
    "applications:proof.pk": lambda world: world.proof.pk,
    "applications:staff_application.pk": lambda world: world.application.pk,
    "applications:staff_erasure.pk": lambda world: world.erasure.pk,
    "applications:staff_hand_over.pk": lambda world: world.application.pk,
    **{
        f"applications:staff_{page}.pk": lambda world: world.application.pk
        for page in ("decide", "note", "assign")
    },
    "act": lambda world: "take-into-screening",
    **{
        f"applications:staff_team_letter{page}.pk": lambda world: _team_letter(world).pk
        for page in ("", "_release", "_drop")
    },
    "applications:staff_bounced.pk": lambda world: world.invitation.pk,
    **{
        f"applications:staff_mail_{page}.pk": lambda world: world.message.pk
        for page in ("one", "hold", "again", "tell", "discard", "bounced")
    },
    "applications:claim.pk": lambda world: world.invitation.pk,
    "applications:invitation_grant.pk": lambda world: world.invited_grant.pk,
    **{
        f"applications:{way}_{page}.pk": row
        for way in ("personal", "mine")
        for page, row in {
            "grant": lambda world: world.grant.pk,
            "condition": lambda world: world.conditional.pk,
            "notice": lambda world: world.notice.pk,
            "notice_eml": lambda world: world.notice.pk,
            "notice_release": lambda world: world.notice.pk,
        }.items()
    },
    "mfa_edit_webauthn.pk": lambda world: passkey_of(world.asking).pk,
    "mfa_remove_webauthn.pk": lambda world: passkey_of(world.asking).pk,
    "admin:view_on_site.content_type_id": lambda world: _content_type(world),
    "admin:view_on_site.object_id": lambda world: world.application.pk,
    "app_label": lambda world: "directory",
    "url": lambda world: "nothing/here",
}
# Admin model -> its row in a world; any other model answers with its first row.
ROWS: dict[str, Any] = {
    "applications_application": lambda world: world.application,
    "applications_event": lambda world: Event.objects.filter(application=world.application).first(),
    "applications_notice": lambda world: world.notice,
    "applications_message": lambda world: world.message,
    "applications_mailgate": lambda world: mail_gate(),
    "applications_proof": lambda world: world.proof,
    "applications_invitation": lambda world: world.invitation,
    "applications_lettertemplate": lambda world: LetterTemplate.objects.get(owner=world.owner),
    "applications_releasedletter": lambda world: _released(world),
    "applications_team": lambda world: world.application.team,
    "applications_membership": lambda world: world.members["lead"],
    "applications_reliedgrant": lambda world: world.grant.relied.first(),
    "applications_version": lambda world: Version.objects.get(application=world.application),
    "applications_internalnote": lambda world: _note(world),
    "applications_teamletter": lambda world: _team_letter(world),
    "applications_datause": lambda world: _use(world),
    "applications_forgottenaddress": lambda world: _forgotten(world),
    "applications_goldencase": lambda world: _golden_case(world),
    "applications_effectpreview": lambda world: _preview(world),
    "applications_publication": lambda world: _publication(world),
    "directory_publishedpage": lambda world: _published_page(world),
    "directory_callchange": lambda world: _call_change(world),
    "directory_erasurerequest": lambda world: world.erasure,
    "directory_erasure": lambda world: _erasure(world),
    "directory_staffrolechange": lambda world: _role_change(world),
    "mfa_authenticator": lambda world: passkey_of(world.people["lead"]),
    "directory_researcher": lambda world: world.members["lead"].researcher,
    "directory_grant": lambda world: world.grant,
    "directory_institution": lambda world: Institution.objects.filter(
        name__startswith=world.canaries[0]
    ).first(),
    "directory_call": lambda world: Call.objects.get(pk=world.call.pk),
    "directory_edition": lambda world: world.draft,
    "directory_participation": lambda world: Participation.objects.get(edition=world.draft),
    "directory_user": lambda world: world.people["lead"],
    "account_emailaddress": lambda world: _address(world),
}
# What a route must be asked for in the query before it answers anything.
QUERIES = {
    "admin:autocomplete": "?app_label=directory&model_name=agency&field_name=country&term=no",
}
# Gaps whose value decides what is shown, not whose it is: the same for everybody.
SHARED = {
    "slug",
    "name",
    "occasion",
    "body",
    "act",
    "app_label",
    "url",
    "admin:view_on_site.content_type_id",
    "applications:match_under.edition",
}
NEVER = {
    "owner": "nobody",
    "ref": "ZZZZZZZZ",
    "number": "ZZZZ-ZZZZ-ZZZZ-ZZZZ",
    "code": "no-such-call",
    "edition": "no-such-list",
}
NEVER_NUMBER = 987_654_321


def own_gaps(route: Route) -> list[str]:
    """The gaps that say whose row is meant."""
    return [gap for gap in route.gaps if not {gap, f"{route.name}.{gap}"} & SHARED]


def values(route: Route, world: World) -> dict[str, Any]:
    """The values that stand for the row of this world."""
    return {gap: _value(route, gap, world) for gap in route.gaps}


def nobodys(route: Route, world: World) -> dict[str, Any]:
    """The same, but of rows that never were."""
    mine = set(own_gaps(route))
    return {
        gap: NEVER.get(gap, NEVER_NUMBER if gap != "token" else "0" * 43) if gap in mine else value
        for gap, value in values(route, world).items()
    }


def _value(route: Route, gap: str, world: World) -> Any:
    if gap == "token" and "me/<" in route.pattern:
        return world.personal_token
    model = re.fullmatch(r"admin/(\w+)/(\w+)/.*", route.pattern)
    if model and gap in ("object_id", "_0", "_1"):
        row = _row(f"{model[1]}_{model[2]}", world)
        return row.history.first().pk if gap == "_1" else row.pk
    read = VALUES.get(f"{route.name}.{gap}", VALUES.get(gap))
    if read is None:
        raise KeyError(
            f"The route {route.name} has a gap <{gap}>. Add one line to VALUES in "
            f'tests/access/routes.py: "{route.name}.{gap}": lambda world: …, the value it has in a world.'
        )
    return read(world)


def _row(name: str, world: World) -> Any:
    if name in ROWS:
        return ROWS[name](world)
    return apps.get_model(name.replace("_", ".", 1))._default_manager.order_by("pk").first()


def _content_type(world: World) -> int:
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(world.application).pk


def _address(world: World) -> Any:
    from allauth.account.models import EmailAddress

    lead = world.people["lead"]
    return EmailAddress.objects.get(user=lead)


def _released(world: World) -> Any:
    """A letter that its holder released, of this world."""
    found = ReleasedLetter.objects.filter(notice__application=world.application).first()
    if found:
        return found
    sent = Message.objects.create(
        dedupe_key=f"{world.canaries[0]} released",
        kind=MessageKind.NOTICE,
        application=world.application,
        notice=world.notice,
        recipient=world.notice.recipient_email,
        subject=world.notice.subject,
        created_at=world.application.created_at,
        available_at=world.application.created_at,
    )
    return ReleasedLetter.objects.create(
        notice=world.notice,
        message=sent,
        template_version="ASKED shipped 1",
        token_digest=world.canaries[0],
        released_at=sent.created_at,
        released_by=world.people["partner"],
        expires_at=sent.created_at,
    )


def _team_letter(world: World) -> Any:
    """The draft of a letter to the team, of this world."""
    found = TeamLetter.objects.filter(application=world.application).first()
    return found or TeamLetter.objects.create(
        application=world.application,
        act="ACCEPT",
        language="en",
        subject=f"Screening {world.canaries[0]}",
        text=f"Accepted {world.canaries[0]}",
        drafted_at=world.application.created_at,
        drafted_by=world.staff["officer"],
    )


def _note(world: World) -> Any:
    """A note of the agency's staff, which neither the team nor the other agency reads."""
    by = world.staff["officer"]
    return InternalNote.objects.get_or_create(
        application=world.application,
        by=by,
        at=world.application.created_at,
        text=f"{world.canaries[0]} noted",
    )[0]


def _use(world: World) -> Any:
    """A use of data by whoever asks: the others' are for approvers alone."""
    return DataUse.objects.get_or_create(
        kind="EXPORT",
        by=world.asking,
        agency=world.owner,
        application=world.application,
        at=world.application.created_at,
        name="applications.csv",
        reason=f"{world.canaries[0]} export",
    )[0]


def _forgotten(world: World) -> Any:
    return ForgottenAddress.objects.get_or_create(
        digest=world.canaries[0], defaults={"at": world.application.created_at}
    )[0]


def _erasure(world: World) -> Any:
    """What the agency's approver erased."""
    return Erasure.objects.get_or_create(
        subject=f"Researcher {world.canaries[0]}",
        defaults={
            "pseudonym": f"erased {world.canaries[0]}"[:20],
            "by": world.staff["approver"],
            "at": world.application.created_at,
            "reason": f"{world.canaries[0]} asked",
        },
    )[0]


def _role_change(world: World) -> Any:
    return StaffRoleChange.objects.get_or_create(
        user=world.staff["viewer"],
        by=world.staff["approver"],
        agency=world.owner,
        role_after="VIEWER",
        reason=f"{world.canaries[0]} begins",
        at=world.application.created_at,
    )[0]


def _golden_case(world: World) -> Any:
    """A case stated for the agency's draft."""
    return GoldenCase.objects.get_or_create(
        edition=world.draft,
        agency=Agency.objects.get(slug="erc"),
        reference=f"{world.canaries[0]}-1",
        on=world.application.created_at.date(),
        expected_verdict="FITS_IF",
        why=f"{world.canaries[0]} says so",
        stated_by=world.staff["officer"],
        stated_at=world.application.created_at,
    )[0]


def _preview(world: World) -> Any:
    return EffectPreview.objects.get_or_create(
        edition=world.draft,
        defaults={
            "by": world.staff["officer"],
            "started_at": world.application.created_at,
            "fingerprint": world.canaries[0],
            "found": {"word": world.canaries[0]},
        },
    )[0]


def _publication(world: World) -> Any:
    return Publication.objects.get_or_create(
        edition=world.draft,
        defaults={
            "by": world.staff["approver"],
            "at": world.application.created_at,
            "reason": f"{world.canaries[0]} is read",
            "fingerprint": world.canaries[0],
        },
    )[0]


def _published_page(world: World) -> Any:
    """The page as read for the agency's draft, with one note."""
    page = PublishedPage.objects.get_or_create(
        edition=world.draft,
        seen_on=world.application.created_at.date(),
        sha256=world.canaries[0],
        rows=1,
        loaded_by=world.staff["officer"],
        loaded_at=world.application.created_at,
    )[0]
    PublishedNote.objects.get_or_create(
        page=page,
        position=1,
        name=f"{world.canaries[0]} council",
        participation=f"{world.canaries[0]} type",
        note=f"{world.canaries[0]} note",
        fingerprint=world.canaries[0],
    )
    return page


def _call_change(world: World) -> Any:
    """How the call came by its deadline, in the words of its staff."""
    call = world.call
    return CallChange.objects.get_or_create(
        call=call,
        at=world.application.created_at,
        by=world.staff["approver"],
        reason_en=f"{call.title_en} storm",  # public, as the call's page shows it
        reason_ja=f"{call.title_ja} 台風",
        opens_before=call.opens_at,
        opens_after=call.opens_at,
        closes_before=call.closes_at - timedelta(days=7),
        closes_after=call.closes_at,
        edition_before=call.edition,
        edition_after=call.edition,
    )[0]
