"""The mails around an invitation, worded once: the preview and the mail are the same text."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from applications.models import Application, Membership, Role
from applications.models.invitation import INVITATION_LASTS
from applications.models.message import LINK
from directory.formatting import person_name
from directory.models import Researcher, User
from directory.plain_text import unlinked

OTHER_LANGUAGE = {"ja": "en", "en": "ja"}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail before it is owed. In the text ``LINK`` stands for the secret address."""

    subject: str
    text: str

    def fingerprint(self, recipient: str) -> str:
        """Return what tells this mail to this recipient from any other: what a preview showed."""
        content = "\n".join((recipient, self.subject, self.text))
        return hashlib.sha256(content.encode()).hexdigest()


def lasts_until(at: datetime) -> datetime:
    """Return when a link sent at ``at`` stops acting: at a full hour, so that a preview stays true."""
    return (at + INVITATION_LASTS).replace(minute=0, second=0, microsecond=0)


def answers_until(application: Application) -> datetime:
    """Return when the application stops taking answers."""
    return application.team_has_until


def invitation_address(token: str, language: str) -> str:
    """Return the address behind an invitation's mail, in the language of the mail."""
    return _address("applications:invitation", token, language)


def personal_address(token: str, language: str) -> str:
    """Return the address of a member's own page."""
    return _address("applications:personal", token, language)


def _address(name: str, token: str, language: str) -> str:
    with translation.override(language):
        return settings.PORTAL_URL + reverse(name, args=[token])


def invitation_mail(
    *,
    application: Application,
    member: Membership,
    inviter: User,
    email: str,
    language: str,
    expires_at: datetime,
    is_reminder: bool,
) -> Mail:
    """Word the mail that asks a person to confirm: who gave the address, what is kept, how long.

    The first two lines are in the other language, for whoever was guessed wrong (ux.md 3).
    Whatever people wrote is quoted as plain text that no mail program turns into a link.
    """
    people = _people(application, member, inviter, language)
    context = people | {
        "application": application,
        "call": application.call,
        "email": email,
        "expires_at": expires_at,
        # A link outlives the call's deadline, but an answer after it helps nobody.
        "answer_by": min(expires_at, answers_until(application)),
        "is_reminder": is_reminder,
        "abroad": member.role == Role.PARTNER,
    }
    with translation.override(OTHER_LANGUAGE.get(language, "en")):
        other = render_to_string("emails/invitation_other.txt", context | _titles(application))
    return rendered("invitation", language, context | {"other": other}, application)


def personal_mail(*, application: Application, member: Membership, language: str) -> Mail:
    """Word the mail that brings the link to one's own page, after one has confirmed or asked anew."""
    context = {"application": application, "call": application.call, "member": member}
    return rendered("personal", language, context, application)


def news_mail(
    *, happening: str, application: Application, member: Membership, to: User, reason: str = ""
) -> Mail:
    """Word what the lead and deputies are told: somebody confirmed, declined, withdrew, or claims."""
    with translation.override(to.language):
        address = settings.PORTAL_URL + reverse(
            "applications:team_people"
            if member.role == Role.PARTNER
            else "applications:team_japan",
            args=[application.team.ref],
        )
    context = {
        "application": application,
        "call": application.call,
        "happening": happening,
        "person": unlinked(member.researcher.name),
        "reason": unlinked(reason, 500),
        "address": address,
    }
    return rendered("team_news", to.language, context, application)


def claim_mail(*, application: Application, approved: bool, to: User) -> Mail:
    """Word what somebody is told whose answer from another account the team approved or refused.

    Refused, the account may be a stranger's: no name of the team's or its project's is said.
    """
    with translation.override(to.language):
        address = settings.PORTAL_URL + reverse("applications:teams")
    context = {
        "application": application,
        "call": application.call,
        "approved": approved,
        "account": to.email,
        "address": address,
    }
    return rendered("claim", to.language, context, application)


def _people(
    application: Application, member: Membership, inviter: User, language: str
) -> dict[str, Any]:
    own = _entry_of(inviter, application)
    place = own.researcher.institution if own else None
    written = place and (place.name if language == "ja" else place.name_latin or place.name)
    return {
        "person": unlinked(member.researcher.name),
        "inviter": _called(inviter, own, language),
        "inviter_place": unlinked(written or ""),
        "inviter_email": inviter.email,
        "role": Role(member.role).label,  # becomes words where the mail is worded, in its language
    }


def asker_name(application: Application, asker: User, language: str) -> str:
    """Return how a mail in that language names who asked for it: as the team wrote the person."""
    return _called(asker, _entry_of(asker, application), language)


def _entry_of(account: User, application: Application) -> Membership | None:
    return (
        Membership.objects.current()
        .filter(team=application.team_id, researcher__user=account)
        .select_related("researcher__institution")
        .first()
    )


def _called(account: User, own: Membership | None, language: str) -> str:
    return _named(own.researcher, language) if own else unlinked(account.get_full_name())


def _named(person: Researcher, language: str) -> str:
    """The name as readers of that language find it, the other writing in brackets (ux.md 3)."""
    first, beside = person_name(person.name, person.name_latin, language)
    return f"{unlinked(first)} ({unlinked(beside)})" if beside else unlinked(first)


def _titles(application: Application) -> dict[str, str]:
    return {"project": unlinked(application.title)}


def rendered(name: str, language: str, context: dict[str, Any], application: Application) -> Mail:
    """Word the mail of the templates ``emails/<name>.txt`` and ``emails/<name>_subject.txt``."""
    with translation.override(language):
        shown = {
            **_titles(application),
            **context,
            "portal_url": settings.PORTAL_URL,
            "link": LINK,
            "language": language,
        }
        subject = render_to_string(f"emails/{name}_subject.txt", shown)
        return Mail(subject.strip(), render_to_string(f"emails/{name}.txt", shown))
