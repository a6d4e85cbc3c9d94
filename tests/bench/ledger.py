"""The ledger page of a team with few notices and with twenty: its time, and its statements."""

from datetime import UTC, datetime

from django.db import connection, transaction
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
    """Open the page with the team's few rows and with twenty, and take the new ones away again."""
    with transaction.atomic():
        lines = _measured(team)
        transaction.set_rollback(True)
    return lines


def _measured(team: Team) -> list[Line]:
    scene, (client, address) = team.scene, team.pages["notices"]
    sync_notices(workspace(scene.stored()), datetime.now(UTC))
    few = Notice.objects.filter(application=scene.pk).count()
    times, statements = [], []
    for wanted in (few, ROWS):
        _grow_to(scene, wanted)
        times.append(alone(lambda: _get(client, address), RUNS))
        with CaptureQueriesContext(connection) as asked:
            _get(client, address)
        statements.append(len(asked))
    small, large = statements
    return [
        ratio(f"ledger page with {ROWS} notices to {few}", times[1], times[0], None),
        Line(
            f"statements of the ledger page with {ROWS} notices to {few}",
            f"{large}",
            f"{small}",
            large / small,
            1,
        ),
    ]


def _grow_to(scene: scenes.Scene, wanted: int) -> None:
    """Rely on grants of so many more funders, each of which has its row."""
    edition = scene.stored().call.edition
    have = Notice.objects.filter(application=scene.pk)
    others = Agency.objects.filter(rows__edition=edition).exclude(pk__in=have.values("agency"))
    for agency in others.order_by("slug")[: wanted - have.count()]:
        scenes.grant(scene.application, scene.partner, agency.slug)
    sync_notices(workspace(scene.stored()), datetime.now(UTC))
    if (now := Notice.objects.filter(application=scene.pk).count()) != wanted:
        raise RuntimeError(f"the ledger has {now} rows, not {wanted}")


def _get(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
