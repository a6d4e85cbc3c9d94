"""The CSV of 100,000 grants against values_list streamed by plain Django; its first byte; its memory."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter

from django.http.response import HttpResponseBase
from django.test import Client

from tests.bench import child
from tests.bench.report import Line, ratio
from tests.bench.timing import by_turns

RUNS = 5
ADDED_SINCE = 5
FLOOR = "/floor/grants.csv"
HEADINGS = {"WORDS": "in words", "CODES": "in codes"}


def measure(client: Client, small: dict[str, float]) -> list[Line]:
    """Return the export's lines; ``small`` is what a process of its own needed at 10,000."""
    rows = {headings: _read(_ours(client, headings)) for headings in HEADINGS}
    rows["floor"] = _read(client.get(FLOOR))
    # A grant that a team added after it submitted stands in the floor's file and not in ours.
    if max(rows.values()) - min(rows.values()) > ADDED_SINCE or min(rows.values()) < 100_000:
        raise RuntimeError(f"the files differ: {rows}")
    lines = []
    for headings, name in HEADINGS.items():
        times = by_turns(
            lambda headings=headings: _read(_ours(client, headings)),
            lambda: _read(client.get(FLOOR)),
            RUNS,
            warm=0,
        )
        lines.append(ratio(f"CSV of 100,000 grants, {name}", *times, 1.3))
    first = median(_first_byte(client) for _run in range(3))
    lines.append(Line("CSV, first byte", f"{first * 1000:.1f} ms", "", first * 1000, 100, "ms"))
    large = child.run("export")
    lines.append(more_memory("CSV, peak memory over 10,000 rows", large, small))
    return lines


def more_memory(name: str, large: dict[str, float], small: dict[str, float]) -> Line:
    """Return the line that compares the peaks of two processes, in MB."""
    return Line(
        name,
        f"{large['peak']:.1f} MB",
        f"{small['peak']:.1f} MB",
        large["peak"] - small["peak"],
        8,
        "MB",
    )


def _ours(client: Client, headings: str) -> HttpResponseBase:
    """The file with every column, as the form of the export page gives it."""
    return client.post(child.export_page(), child.whole_file(headings))


def _pieces(response: HttpResponseBase) -> Iterator[bytes]:
    if response.status_code != 200 or not response.streaming:
        raise RuntimeError(f"no file, but {response.status_code}")
    return response.streaming_content


def _read(response: HttpResponseBase) -> int:
    return sum(piece.count(b"\r\n") for piece in _pieces(response)) - 1


def _first_byte(client: Client) -> float:
    started = perf_counter()
    pieces = _pieces(_ours(client, "WORDS"))
    next(pieces)
    seconds = perf_counter() - started
    for _piece in pieces:
        pass  # read to the end: a cursor left open would be closed in the midst of another one's work
    return seconds
