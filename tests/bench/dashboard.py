"""The staff's dashboard against the bare list view: it counts every application, the list shows fifty."""

import re

from django.urls import reverse

from applications.models import Application
from tests.bench.lists import Reader
from tests.bench.report import Line, beside
from tests.bench.timing import side_by_side

ROUNDS = 12
# The two calls of the filled applications: one shown, the other compared with as the last one.
CALL, LAST = "bench-amed", "amed-2024-3"
BEGUN = re.compile(rf'call={CALL}&amp;stage=BEGUN">(\d+)<')


def measure(reader: Reader) -> list[Line]:
    """Open the dashboard of a filled call and the bare list by turns.

    :raises RuntimeError: the page does not count the applications that were filled in
    """
    address = reverse("applications:staff")
    filled = Application.objects.filter(call__code=CALL).exclude(status="WITHDRAWN").count()
    content = reader.get(address, call=CALL).decode()
    shown = BEGUN.search(content)
    if shown is None or int(shown[1]) != filled or f"({LAST})" not in content:
        raise RuntimeError(f"the dashboard does not show the {filled:,} applications of {CALL}")
    found = side_by_side(
        lambda: reader.get(address, call=CALL), lambda: reader.get("/floor/list/"), ROUNDS, 3
    )
    number = Application.objects.filter(call__owner="AMED").count()
    return [beside(f"dashboard at {number:,} applications to the bare list", found, 3)]
