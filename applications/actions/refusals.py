"""Why an action refuses: each refusal has a name, and says what would mend it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from applications.models import Invitation
from applications.queries.application import Missing
from directory.models import Edition


class NotPermitted(Exception):
    """This person may not do this to this application."""


class CallClosed(Exception):
    """The moment has passed (or not come) by the database's clock; ``at`` and ``closes_at`` say so."""

    def __init__(self, at: datetime, closes_at: datetime) -> None:
        super().__init__(
            f"{at.isoformat()} is outside the period that ends {closes_at.isoformat()}"
        )
        self.at = at
        self.closes_at = closes_at


class StillTheTeams(Exception):
    """The team may still change it and submit again; from ``until`` on staff may take it."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until.isoformat()}")
        self.until = until


class DateNeeded(Exception):
    """The act gives the team a time: after ``earliest``, at ``latest`` at the last."""

    def __init__(self, earliest: datetime, latest: datetime) -> None:
        super().__init__(f"between {earliest.isoformat()} and {latest.isoformat()}")
        self.earliest, self.latest = earliest, latest


class NotReady(Exception):
    """Something is missing; ``missing`` lists all of it."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(", ".join(one.code for one in missing))
        self.missing = tuple(missing)


class Conflict(Exception):
    """Somebody else saved in the meantime: ``stored`` is theirs, ``yours`` what was not saved."""

    def __init__(self, stored: Mapping[str, Any], yours: Mapping[str, Any]) -> None:
        super().__init__("the stored values are not those that the form saw")
        self.stored = dict(stored)
        self.yours = dict(yours)


class AlreadyLive(Exception):
    """The team already has a live application in that call."""


class StillNeeded(Exception):
    """The person cannot be removed: a team keeps its lead."""


class NoAddress(Exception):
    """No e-mail address is recorded for the person who is to be invited."""


class AddressForgotten(Exception):
    """The owner of the address asked that the portal forget it: nothing is sent there."""


class AlreadyConfirmed(Exception):
    """The person has confirmed; there is nothing to ask."""


class TooSoon(Exception):
    """The address was written to a short while ago; ``again_at`` says when it may be again."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(f"not before {again_at.isoformat()}")
        self.again_at = again_at


class TooManyInvitations(Exception):
    """``most`` are open in the team, or (with ``until``) were sent by the account within a day."""

    def __init__(self, most: int, until: datetime | None = None) -> None:
        super().__init__(f"at most {most}")
        self.most = most
        self.until = until


class InvitationOver(Exception):
    """The link acts no longer, or nothing waits; ``invitation`` says how it ended, if there was one."""

    def __init__(self, invitation: Invitation | None) -> None:
        super().__init__(str(invitation))
        self.invitation = invitation


class NotConfirmed(Exception):
    """The person has not confirmed that they take part, or has taken it back."""


class RemindersOff(Exception):
    """The person wants no reminders."""


class NothingOpen(Exception):
    """There is no notice that the person could be reminded of."""


class NotHandedOver(Exception):
    """The mail never reached a mail server, so it cannot have come back."""


class BeingHandedOver(Exception):
    """A worker is handing the mail over at this moment: whatever is done now may come too late."""


class ForItsHolder(Exception):
    """A letter to a funder is sent by the holder of its grant and by nobody else."""


class NoLongerOfUse(Exception):
    """The mail's link or its time is over, or its address is forgotten: sending it helps nobody."""


class SwitchUnchanged(Exception):
    """All mail is held already, or it flows already."""


class NoAccount(Exception):
    """The person has no account here, and could do nothing as lead."""


class AlreadyPublished(Exception):
    """Somebody has published the edition: it never changes again, and has no effect to foresee."""

    def __init__(self, edition: Edition) -> None:
        super().__init__(edition.code)
        self.edition = edition


class NotPublished(Exception):
    """The edition is a draft still: no call stands under it."""


class AnothersList(Exception):
    """The edition is of the other agency's list."""


class AlreadyInForce(Exception):
    """The call stands under the edition already."""


class NothingChanges(Exception):
    """It stands so already."""


class ClosesBeforeItOpens(Exception):
    """The call would close before it opens, or at the same moment."""


class OpenedAlready(Exception):
    """The call has opened, at ``opens_at``: its opening is not moved any more."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"open since {opens_at.isoformat()}")
        self.opens_at = opens_at


class ClosesTooSoon(Exception):
    """The new deadline has passed, or is less than a minute ahead of the database's clock."""

    def __init__(self, now: datetime) -> None:
        super().__init__(f"it is {now.isoformat()}")
        self.now = now


class CallOver(Exception):
    """The call closed at ``closed_at``, open again or not: ``day`` stays its reference date."""

    def __init__(self, closed_at: datetime, day: date) -> None:
        super().__init__(f"closed at {closed_at.isoformat()}, judged on {day.isoformat()}")
        self.closed_at = closed_at
        self.day = day
