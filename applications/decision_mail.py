"""The words that tell a team what staff decided: a draft, which an officer reads and may change."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from applications.invitation_mail import Mail, rendered
from applications.models import Application
from applications.queries.screening import lead_of
from applications.queries.submitted import submitted_titles
from directory.models.places import in_language
from directory.plain_text import unlinked


def language_of(application: Application) -> str:
    """Return the language of the team's lead: of the account, else of the person."""
    lead = lead_of(application)
    if lead is None:
        return "ja"
    person = lead.researcher
    return str(person.user.language if person.user else person.language)


def decision_mail(*, application: Application, act: str, reason: str, language: str) -> Mail:
    """Word the letter about one act; a return says what and until when, in both clocks."""
    lead = lead_of(application)
    with translation.override(language):
        address = settings.PORTAL_URL + reverse("applications:team", args=[application.team.ref])
    context = {
        "application": application,
        "call": application.call,
        "act": act,
        "body": f"emails/decision_{act.lower()}.txt",
        "lead": unlinked(lead.researcher.name) if lead else "",
        "reason": reason,  # an officer's own lines, read once more before they leave
        "until": application.team_has_until,
        "address": address,
        "project": unlinked(_title(application, language)),
    }
    return rendered("decision", language, context, application)


def _title(application: Application, language: str) -> str:
    """The title of what was decided on: the one submitted, whatever the team has written since."""
    ja, en = submitted_titles(application)
    with translation.override(language):
        return in_language(en, ja)
