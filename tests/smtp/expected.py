"""The table of answers, written a second time from RFC 5321 and product.md 6, not from the portal's code."""

from dataclasses import dataclass
from datetime import timedelta

from tests.smtp.sink import CONTENT, Step

# What each answer means before a mail was given and after; "-" is none at all (dropped, silent).
AFTER = {
    421: "soon", 432: "late", 450: "late", 451: "late", 452: "late", 503: "soon",
    530: "server", 550: "never", 552: "never", 554: "never",
}  # fmt: skip
LADDERS = {"soon": (1, 2, 4, 8), "late": (5, 30, 120, 360)}
TRIES = 5
SERVER_REST = timedelta(minutes=1)
LEASE = timedelta(minutes=10)


def meaning(step: Step | None, *, letter: bool) -> str:
    """Say what must follow: taken, soon, late, never, server (its own trouble), held."""
    if step is None or step.worker_dies:
        return "taken"
    if step.code is None:
        return "held" if letter and step.at == CONTENT else "soon"
    return AFTER[step.code]


def keeps_connection(step: Step | None) -> bool:
    """Whether the same connection serves the next mail."""
    if step is None:
        return True
    gone = step.code in (None, 421) or step.hangs_up or step.worker_dies
    # Where the portal is not admitted, the worker rests and starts afresh.
    return not gone


@dataclass
class Row:
    """A mail as it must stand."""

    letter: bool
    due: timedelta
    state: str = "WAITING"
    attempts: int = 0

    def follow(self, what: str, at: timedelta) -> None:
        """Stand where the table says after try number ``attempts``, which ended at ``at``."""
        if what == "taken":
            self.state = "HANDED_OVER"
        elif what == "held":
            self.state = "HELD"
        elif what == "never" or self.attempts == TRIES:
            self.state = "FAILED"
        else:
            self.state = "WAITING"
            self.due = at + timedelta(minutes=LADDERS[what][self.attempts - 1])
