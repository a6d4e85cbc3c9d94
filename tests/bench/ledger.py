"""The ledger page of a team with one notice and with twenty: its time, and its statements."""

from datetime import UTC, datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.actions.ledger import sync_notices
from applications.models import Notice
from applications.queries.application import workspace
from directory.models import Agency
from tests.applications import scenes
from tests.bench.report import Line, ratio
from tests.bench.timing import alone
from tests.bench.workspace import Team

RUNS = 15
ROWS = 20


def measure(team: Team) -> list[Line]:
    """Open the page with one row and with twenty; more rows ask the database nothing more."""
    scene, address = team.scene, team.pages["notices"]
    times, statements = [], []
    for wanted in (1, ROWS):
        _grow_to(scene, wanted)
        times.append(alone(lambda: _get(team.client, address), RUNS))
        with CaptureQueriesContext(connection) as asked:
            _get(team.client, address)
        statements.append(len(asked))
    one, many = statements
    return [
        ratio(f"ledger page with {ROWS} notices to one", times[1], times[0], None),
        Line(
            f"statements of the ledger page with {ROWS} notices to one",
            f"{many}",
            f"{one}",
            many / one,
            1,
        ),
    ]


def _grow_to(scene: scenes.Scene, wanted: int) -> None:
    """Rely on grants of so many funders, each of which has its row."""
    edition = scene.stored().call.edition
    agencies = Agency.objects.filter(rows__edition=edition).exclude(slug="rcn").order_by("slug")
    have = Notice.objects.filter(application=scene.pk).count()
    for agency in agencies[have - 1 : wanted - 1]:
        scenes.grant(scene.application, scene.partner, agency.slug)
    sync_notices(workspace(scene.stored()), datetime.now(UTC))
    if (now := Notice.objects.filter(application=scene.pk).count()) != wanted:
        raise RuntimeError(f"the ledger has {now} rows, not {wanted}")


def _get(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
