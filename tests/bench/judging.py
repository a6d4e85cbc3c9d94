"""One team judged inside a request, with one grant and with twenty: its time, and its statements."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from applications.models import ReliedGrant
from applications.queries.application import in_force, judged_grants, workspace
from applications.queries.catalogue import edition_facts, load_catalogue
from directory.models import Agency
from tests.applications import scenes
from tests.bench.report import Line
from tests.bench.timing import took
from tests.bench.workspace import Team

RUNS = 30
GRANTS = 20
TARGET = 2  # ms


def measure(team: Team) -> list[Line]:
    """Judge the team with one grant and with twenty, and take the new ones away again."""
    with transaction.atomic():
        lines = _measured(team.scene)
        transaction.set_rollback(True)
    return lines


def _measured(scene: scenes.Scene) -> list[Line]:
    few = 1
    own = ReliedGrant.objects.filter(application=scene.pk, removed_at__isnull=True)
    own.exclude(grant=scene.grant).update(removed_at=scenes.DAY)
    statements = [_statements(scene)]
    _grow(scene)
    statements.append(_statements(scene))
    small, large = statements
    judged, whole = _judging(scene) * 1000, _whole(scene) * 1000
    return [
        Line(f"a team's {GRANTS} grants judged", f"{judged:.2f} ms", "–", judged, TARGET, "ms"),
        Line(
            f"the same with all that is read for it ({large} statements)",
            f"{whole:.2f} ms",
            "–",
            whole,
            None,
            "ms",
        ),
        Line(
            f"statements of a team with {GRANTS} grants to {few}",
            f"{large}",
            f"{small}",
            large / small,
            1,
        ),
    ]


def _grow(scene: scenes.Scene) -> None:
    """Rely on a grant of so many more funders, each with a number of its own form."""
    edition = scene.stored().call.edition
    held = scene.partner.researcher.grants.values("agency")
    others = Agency.objects.filter(rows__edition=edition).exclude(pk__in=held)
    for agency in others.order_by("slug")[: GRANTS - 1]:
        shape = agency.formats.order_by("position").first()
        number = shape.examples[0] if shape and shape.examples else f"{agency.pk}-1"
        scenes.grant(scene.application, scene.partner, agency.slug, number)


def _statements(scene: scenes.Scene) -> int:
    stored = _stored(scene)
    with CaptureQueriesContext(connection) as asked:
        workspace(stored)
    return len(asked)


def _stored(scene: scenes.Scene):
    """The application as a page of the team has it: its call and its list are read with it."""
    found = type(scene.application).objects.select_related("call__edition", "edition", "area")
    return found.get(pk=scene.pk)


def _judging(scene: scenes.Scene) -> float:
    """The fewest seconds of judging alone. Each run has a catalogue that has read no number yet, as a
    request has it."""
    stored = _stored(scene)
    space = workspace(stored)
    if len(space.judged) != GRANTS:
        raise RuntimeError(f"the team has {len(space.judged)} grants, not {GRANTS}")
    relied = [one.relied for one in space.judged]
    by_holder = {one.researcher_id: one for one in space.members}
    facts = edition_facts(in_force(stored))
    times = []
    for _run in range(RUNS):
        catalogue = load_catalogue()
        times.append(
            took(lambda fresh=catalogue: judged_grants(stored, relied, by_holder, fresh, facts))
        )
    return min(times)


def _whole(scene: scenes.Scene) -> float:
    """The fewest seconds of reading and judging the team, from the database to the verdicts."""
    stored = _stored(scene)
    return min(took(lambda: workspace(stored)) for _run in range(RUNS))
