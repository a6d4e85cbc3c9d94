"""Why an act of staff was not done, in words: the same for one application and for many."""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import actions
from applications.workflow import Status
from directory import formatting

REFUSALS = (
    actions.Conflict,
    actions.NotAllowed,
    actions.StillTheTeams,
    actions.DateNeeded,
    actions.ReasonNeeded,
    actions.NotPermitted,
)


def why(refusal: Exception) -> str:
    """Return one of ``REFUSALS`` in a sentence or two, with what would mend it."""
    if isinstance(refusal, actions.Conflict):
        state = Status(refusal.stored["status"]).label
        words = _("Somebody was faster: it has moved on, and its state is now “%(state)s”.")
        return words % {"state": state}
    if isinstance(refusal, actions.NotAllowed):
        words = _("Its state is “%(state)s”, from which this step does not follow.")
        return words % {"state": Status(refusal.status).label}
    if isinstance(refusal, actions.StillTheTeams):
        words = _(
            "The team may still change it and submit it again until %(until)s. It can be taken into "
            "screening from then on."
        )
        return words % {"until": _moment(refusal.until)}
    if isinstance(refusal, actions.DateNeeded):
        words = _(
            "The time for the correction must end in the future, not before %(earliest)s and not "
            "after %(latest)s."
        )
        return words % {
            "earliest": _moment(refusal.earliest),
            "latest": _moment(refusal.latest),
        }
    if isinstance(refusal, actions.ReasonNeeded):
        return _("This act needs a reason.")
    return _("You may no longer do this step.")


def _moment(at: datetime) -> str:
    return formatting.moment(at, formatting.JAPAN, get_language())
