"""What working out an edition's effect has found so far: counted, and told one by one for the first."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

LISTED = 500  # applications told one by one; the others are counted
MOVES, KEEPS = "MOVES", "KEEPS"  # a draft takes the new list, what was submitted keeps its own


@dataclass(slots=True)
class Found:
    """What was found up to the application ``cursor``; keys, slugs and codes alone, fit to be stored.

    Counts are of applications, but for ``notices`` and ``cautions``. ``verdicts`` counts best
    verdicts as "FITS>CANNOT_TELL" of those that differ in anything: a draft in a verdict, a reason,
    a warning or a notice, a submitted one in a verdict or a reason.
    """

    cursor: int = 0
    seen: int = 0
    done: bool = False
    differ: Counter[str] = field(default_factory=Counter)  # MOVES, KEEPS
    turn: Counter[str] = field(default_factory=Counter)  # of those: the best verdict is another
    verdicts: dict[str, Counter[str]] = field(
        default_factory=lambda: {MOVES: Counter(), KEEPS: Counter()}
    )
    notices: Counter[str] = field(default_factory=Counter)  # ADDED, GONE, CHANGED
    cautions: dict[str, Counter[str]] = field(
        default_factory=lambda: {"NEW": Counter(), "GONE": Counter()}
    )
    applications: list[dict[str, Any]] = field(default_factory=list)

    def stored(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        whole = {one.name: getattr(self, one.name) for one in fields(self)}
        for name in ("differ", "turn", "notices"):
            whole[name] = dict(whole[name])
        for name in ("verdicts", "cautions"):
            whole[name] = {side: dict(counted) for side, counted in whole[name].items()}
        return whole

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Found":
        """Return what ``stored`` gave; nothing found where that is empty."""
        found = cls()
        for name in ("cursor", "seen", "done", "applications"):
            setattr(found, name, stored.get(name, getattr(found, name)))
        for name in ("differ", "turn", "notices"):
            getattr(found, name).update(stored.get(name, {}))
        for name in ("verdicts", "cautions"):
            for side, counted in stored.get(name, {}).items():
                getattr(found, name)[side].update(counted)
        return found

    def count(self, side: str, was: str, becomes: str, line: Callable[[], dict[str, Any]]) -> None:
        """Count an application that differs, with its best verdicts, and keep its line while there is room."""
        self.differ[side] += 1
        self.turn[side] += was != becomes
        self.verdicts[side][f"{was}>{becomes}"] += 1
        if len(self.applications) < LISTED:
            self.applications.append({"side": side, "best": [was, becomes], **line()})
