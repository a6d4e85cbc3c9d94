"""The mails that an answer causes: the link to one's own page, and news for those who can submit."""

from collections.abc import Sequence
from datetime import datetime

from applications import invitation_mail, outbox
from applications.models import Actor, Application, Membership, MessageKind, PersonalLink, Role
from applications.models.invitation import PERSONAL_LINK_LASTS, new_token, token_digest
from directory.models import User


def fresh_links(members: Sequence[Membership], at: datetime) -> dict[int, tuple[PersonalLink, str]]:
    """Make a new link to each member's own page; former ones stop working.

    Two statements, however many members. Returns link and secret by membership; the mail that
    brings the secret is owed in the same transaction.
    """
    PersonalLink.objects.filter(membership__in=members, revoked_at=None).update(revoked_at=at)
    tokens = [new_token() for _member in members]
    made = PersonalLink.objects.bulk_create(
        PersonalLink(
            membership=member,
            token_digest=token_digest(token),
            created_at=at,
            expires_at=at + PERSONAL_LINK_LASTS,
        )
        for member, token in zip(members, tokens, strict=True)
    )
    return {link.membership_id: (link, token) for link, token in zip(made, tokens, strict=True)}


def owe_personal_link(
    application: Application, member: Membership, at: datetime, *, by: Actor
) -> None:
    """Owe the mail with a fresh link to the member's own page; former links stop working."""
    if not member.researcher.email:
        return
    link, token = fresh_links([member], at)[member.pk]
    language = member.researcher.language
    mail = invitation_mail.personal_mail(application=application, member=member, language=language)
    outbox.record_mail(
        kind=MessageKind.PERSONAL,
        dedupe_key=f"personal:{link.pk}",
        application=application,
        recipient=member.researcher.email,
        subject=mail.subject,
        text=mail.text,
        secret=invitation_mail.personal_address(token, language),
        by=by,
        at=at,
    )


def tell_team(
    application: Application,
    member: Membership,
    happening: str,
    at: datetime,
    *,
    by: Actor,
    reason: str = "",
) -> None:
    """Owe news to everybody who can submit: the lead and deputies with an account."""
    senders = (
        Membership.objects.current()
        .filter(
            team=application.team_id,
            role__in=[Role.LEAD, Role.DEPUTY],
            researcher__user__is_active=True,
        )
        .exclude(pk=member.pk)
        .select_related("researcher__user")
    )
    for one in senders:
        account = one.researcher.user
        mail = invitation_mail.news_mail(
            happening=happening, application=application, member=member, to=account, reason=reason
        )
        outbox.record_mail(
            kind=MessageKind.TEAM,
            dedupe_key=f"news:{happening}:{member.pk}:{account.pk}:{at.isoformat()}",
            application=application,
            recipient=account.email,
            subject=mail.subject,
            text=mail.text,
            by=by,
            at=at,
        )


def tell_claimant(
    application: Application, member: Membership, claimant: User, approved: bool, at: datetime
) -> None:
    """Owe somebody who answered from another account what the lead or a deputy said to it."""
    if not claimant.is_active:
        return
    mail = invitation_mail.claim_mail(application=application, approved=approved, to=claimant)
    outbox.record_mail(
        kind=MessageKind.TEAM,
        dedupe_key=f"claim:{member.pk}:{claimant.pk}:{at.isoformat()}",
        application=application,
        recipient=claimant.email,
        subject=mail.subject,
        text=mail.text,
        at=at,
    )
