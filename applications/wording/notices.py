"""Words for a row of the ledger: whose grants it stems from, and what the list asks there."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from applications.wording import asked_sentence, strength_label, trigger_label

# By the occasion that ended the application: a body that was told deserves to hear the end.
FOLLOW_UP = {
    "WITHDRAWN": gettext_lazy(
        "Nobody asks for this letter; it tells %(body)s that the application, of which it was told, "
        "has been withdrawn."
    ),
    "NOT_ADOPTED": gettext_lazy(
        "Nobody asks for this letter; it tells %(body)s that the application, of which it was told, "
        "was not adopted."
    ),
}


def acronyms(agencies: Sequence[str]) -> str:
    """Join the funders that a row stems from, as the reader's language joins words."""
    japanese = (get_language() or "").startswith("ja")
    return ("、" if japanese else ", ").join(agencies)


def asked(strength: str, agencies: Sequence[str], body: str, follow_up: str = "") -> str:
    """Say what the list asks of the holder, or that it asks nothing; ``follow_up``: its occasion."""
    if follow_up:
        return FOLLOW_UP[follow_up] % {"body": body}
    return asked_sentence(strength, agency=acronyms(agencies), body=body)


def how_strongly(strength: str, follow_up: str = "") -> str:
    """Label how strongly a row of the ledger is asked for."""
    return _("A follow-up letter; nobody asks for it") if follow_up else strength_label(strength)


def when_due(trigger: str, follow_up: str = "") -> str:
    """Say on what occasion a letter is to be given."""
    return _("Now that the application is over") if follow_up else trigger_label(trigger)
