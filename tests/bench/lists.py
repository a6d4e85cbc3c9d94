"""The staff list against a bare list view, and against itself at a tenth of the rows."""

from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from directory.models import User
from tests import sign_in
from tests.bench.report import Line, beside, ratio
from tests.bench.timing import alone, side_by_side

RUNS, ROUNDS = 25, 12
ALL_FIELDS, WIDE = "all fields and a search", "search that finds a seventh"
# Of ten times the applications these find ten times the rows, which are counted one by one below
# the cap of 10,000: told, not judged.
TOLD: dict[str, None] = {ALL_FIELDS: None, WIDE: None}


class Reader:
    """A staff user at the list pages."""

    def __init__(self, user: User) -> None:
        self.client = Client(SERVER_NAME="localhost")
        sign_in.force_login(self.client, user, "directory.staff.StaffBackend")
        self.ours = reverse("applications:staff_applications")
        self.narrowed = {
            "q": "ageing study",
            "call": "bench-amed",
            "state": "SUBMITTED",
            "verdict": "FITS",
        }

    def get(self, address: str, **asked: object) -> bytes:
        response = self.client.get(f"{address}?{urlencode(asked)}" if asked else address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
        return response.content

    def against_floor(self) -> list[Line]:
        """Measure the first page, and the list narrowed by every kind of field and a search."""
        lines = []
        for name, asked in (("first page", {}), ("filter and search", self.narrowed)):
            ours, floor = self.get(self.ours, **asked), self.get("/floor/list/", **asked)
            # The last row tells that both show the same rows, and rows at all.
            shown = ours.count(b"<tr") - 1, floor.count(b"<tr") - 1
            if shown[0] != shown[1] or not shown[0]:
                raise RuntimeError(f"the pages differ: {shown} rows")
            found = side_by_side(
                lambda asked=asked: self.get(self.ours, **asked),
                lambda asked=asked: self.get("/floor/list/", **asked),
                ROUNDS,
                1.5,
            )
            lines.append(beside(f"staff list at 10,000, {name}", found, 1.5))
        return lines

    def times(self) -> dict[str, float]:
        """Return the seconds of the first page and of filtered pages, for now's number of rows."""
        asked = {
            "first page": {},
            "filtered page": {"call": "bench-amed", "state": "SUBMITTED"},
            "search for one team": {"q": "lead4711@bench.example"},
            "search without a hit": {"q": "zebrafish"},
            ALL_FIELDS: self.narrowed,
            WIDE: {"q": "immune"},
        }
        return {
            name: alone(lambda one=one: self.get(self.ours, **one), RUNS)
            for name, one in asked.items()
        }

    def tenfold(self, before: dict[str, float]) -> list[Line]:
        """Hold the pages of now, at 100,000, against their times at 10,000."""
        return [
            ratio(f"{name} at 100,000 to 10,000", after, before[name], TOLD.get(name, 1.3))
            for name, after in self.times().items()
        ]
