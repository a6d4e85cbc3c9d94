"""The CSV of 100,000 grants against values_list streamed by plain Django; its first byte; its memory."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter

from django.test import Client
from django.urls import reverse

from tests.bench import child
from tests.bench.report import Line, ratio
from tests.bench.timing import by_turns

RUNS = 5
FLOOR = "/floor/grants.csv"


def measure(client: Client, small: dict[str, float]) -> list[Line]:
    """Return the export's lines; ``small`` is what a process of its own needed at 10,000."""
    words = reverse("applications:staff_export", args=["grants"])
    codes = f"{words}?headers=codes"
    rows = {address: _read(client, address) for address in (words, codes, FLOOR)}
    if len(set(rows.values())) != 1 or rows[words] < 100_000:
        raise RuntimeError(f"the files differ: {rows}")
    lines = []
    for name, address in (("in words", words), ("in codes", codes)):
        times = by_turns(
            lambda address=address: _read(client, address),
            lambda: _read(client, FLOOR),
            RUNS,
            warm=0,
        )
        lines.append(ratio(f"CSV of 100,000 grants, {name}", *times, 1.3))
    first = median(_first_byte(client, words) for _run in range(3))
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


def _pieces(client: Client, address: str) -> Iterator[bytes]:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return response.streaming_content


def _read(client: Client, address: str) -> int:
    return sum(piece.count(b"\r\n") for piece in _pieces(client, address)) - 1


def _first_byte(client: Client, address: str) -> float:
    started = perf_counter()
    pieces = _pieces(client, address)
    next(pieces)
    seconds = perf_counter() - started
    for _piece in pieces:
        pass  # read to the end: a cursor left open would be closed in the midst of another one's work
    return seconds
