"""The words of a reminder of notices, by the portal itself or asked for by a colleague."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from applications.invitation_mail import Mail, asker_name, rendered
from applications.models import Application, Membership, Notice
from applications.models.message import LINK
from applications.queries.mailboxes import Mailbox
from applications.wording import trigger_label
from applications.wording.notices import asked
from applications.workflow import NEEDS_A_PERSON, NoticeState
from directory.models import User
from directory.plain_text import unlinked


def own_page(application: Application, mailbox: Mailbox) -> str:
    """Return the address of the own page, for who signs in; for others ``LINK`` stands for theirs."""
    if mailbox.account is None:
        return LINK
    with translation.override(mailbox.language):
        page = reverse("applications:mine", args=[application.team.ref])
    return settings.PORTAL_URL + page


def due_mail(
    *,
    application: Application,
    member: Membership,
    mailbox: Mailbox,
    notices: Sequence[Notice],
    by: User | None = None,
) -> Mail:
    """Word the reminder: which body is told, as strongly as the list puts it, since when, and how.

    ``by`` is the colleague who asked for it; without one the portal reminds by itself.
    """
    language = mailbox.language
    with translation.override(language):
        rows = [_row(notice) for notice in notices]
    context: dict[str, Any] = {
        "application": application,
        "call": application.call,
        "person": unlinked(member.researcher.name),
        "rows": rows,
        "page": own_page(application, mailbox),
        "signs_in": mailbox.account is not None,
        "asker": asker_name(application, by, language) if by else "",
        "asker_email": by.email if by else "",
    }
    return rendered("due", language, context, application)


def _row(notice: Notice) -> dict[str, Any]:
    """One notice in words, no stronger than the list."""
    problem = notice.state in NEEDS_A_PERSON
    return {
        "body": notice.body.acronym,
        "reference": unlinked(notice.grant.reference, 60) if notice.grant else "",
        "asked": asked(notice.strength, (notice.agency.acronym,), notice.body.acronym),
        "since": notice.due_on,
        "when": trigger_label(notice.trigger) if notice.state == NoticeState.NOT_YET_DUE else "",
        "problem": notice.get_state_display() if problem else "",
    }
