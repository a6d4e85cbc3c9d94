"""The mails that an answer causes: the link to one's own page, and news for those who can submit."""

from datetime import datetime

from applications import invitation_mail, outbox
from applications.models import Application, Membership, MessageKind, PersonalLink, Role
from applications.models.invitation import PERSONAL_LINK_LASTS, new_token, token_digest
from directory.models import User


def owe_personal_link(application: Application, member: Membership, at: datetime) -> None:
    """Owe the mail with a fresh link to the member's own page; former links stop working."""
    if not member.researcher.email:
        return
    PersonalLink.objects.filter(membership=member, revoked_at=None).update(revoked_at=at)
    token, language = new_token(), member.researcher.language
    link = PersonalLink.objects.create(
        membership=member,
        token_digest=token_digest(token),
        created_at=at,
        expires_at=at + PERSONAL_LINK_LASTS,
    )
    mail = invitation_mail.personal_mail(application=application, member=member, language=language)
    outbox.record_mail(
        kind=MessageKind.PERSONAL,
        dedupe_key=f"personal:{link.pk}",
        application=application,
        recipient=member.researcher.email,
        subject=mail.subject,
        text=mail.text,
        secret=invitation_mail.personal_address(token, language),
        at=at,
    )


def tell_team(
    application: Application, member: Membership, happening: str, at: datetime, reason: str = ""
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
