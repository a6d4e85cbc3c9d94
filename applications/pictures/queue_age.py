"""How old the oldest unsent mail is, against what is usual and what is too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.pictures.canvas import FULL, framed, words
from applications.pictures.cells import column, linked
from applications.pictures.sayings import joined
from directory.formatting import age

# A worker takes what waits at once; a short refusal of the mail server is over in minutes, and
# what waits for more than an hour has been put off several times, or no worker runs.
USUAL, SLOW, LONGEST = timedelta(minutes=10), timedelta(hours=1), timedelta(hours=24)
BANDS = 3
TRACK, BAND_WORDS, HEIGHT = 26, 58, 66


@dataclass(frozen=True, slots=True)
class InMailState:
    """How many mails stand in one open state, and the address of their list."""

    words: str
    count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits and since when; ``oldest`` is None where nothing does."""

    unsent: int
    oldest: datetime | None
    now: datetime
    states: tuple[InMailState, ...]

    @property
    def band(self) -> int:
        """0: as usual, 1: slow, 2: too long."""
        waited = self.waited
        return 0 if waited <= USUAL else 1 if waited <= SLOW else 2

    @property
    def waited(self) -> timedelta:
        return max(self.now - self.oldest, timedelta()) if self.oldest else timedelta()

    @property
    def place(self) -> float:
        """Where the age lies, in hundredths of the width: each band is a third of it."""
        start, end = ((timedelta(), USUAL), (USUAL, SLOW), (SLOW, LONGEST))[self.band]
        inside = min((self.waited - start) / (end - start), 1)
        return round(FULL * (self.band + inside) / BANDS, 2)


def queue_finding(queue: Queue) -> str:
    """Say how many wait and since when, and whether that is long; the number first."""
    if queue.oldest is None:
        return _("0 mails wait.")
    waiting = ngettext(
        "%(unsent)s mail waits; it was written %(oldest)s ago.",
        "%(unsent)s mails wait; the oldest was written %(oldest)s ago.",
        queue.unsent,
    )
    said = (
        _("That is usual."),
        _("That is slow: mail usually leaves within ten minutes."),
        _("That is too long: the mail server may refuse mail, or no worker may be running."),
    )[queue.band]
    return joined(
        [waiting % {"unsent": queue.unsent, "oldest": age(queue.oldest, queue.now)}, said]
    )


def queue_table(queue: Queue) -> dict[str, Any]:
    """Return the open states as columns and rows."""
    columns = [column(_("State")), column(_("Mails"), numeric=True)]
    rows = [[one.words, linked(one.address, one.count)] for one in queue.states]
    return {"columns": columns, "rows": rows}


def draw_queue(queue: Queue, slug: str) -> SafeString:
    """Draw the age as a mark on a line of three bands."""
    bands = [
        format_html(
            '<rect class="chart__band chart__band--{band}" data-band="{band}" x="{x}%" y="{y}" '
            'width="{width}%" height="14" fill="none" stroke="currentColor"/>',
            band=band,
            x=round(FULL * band / BANDS, 2),
            y=TRACK,
            width=round(FULL / BANDS, 2),
        )
        for band in range(BANDS)
    ]
    ends = [
        words(said, x=FULL * place / BANDS, y=BAND_WORDS, anchor="middle", kind="band")
        for place, said in ((1, _("10 minutes")), (2, _("1 hour")))
    ]
    return framed(
        [*bands, *ends, _mark(queue)],
        slug=slug,
        title=_("Age of the oldest unsent mail"),
        desc=queue_finding(queue),
        height=HEIGHT,
    )


def _mark(queue: Queue) -> SafeString:
    said = age(queue.oldest, queue.now) if queue.oldest else "0"
    anchor = "start" if queue.place < FULL / BANDS else "end"
    return format_html(
        '<rect class="chart__mark" data-waited="{}" x="0" y="{}" width="{}%" height="6" '
        'fill="currentColor"/>{}',
        int(queue.waited.total_seconds()),
        TRACK + 4,
        queue.place,
        words(said, x=queue.place, y=TRACK - 8, anchor=anchor, bold=True, kind="number"),
    )
