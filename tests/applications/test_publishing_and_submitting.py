"""A list is published while a team submits: whichever comes first, what is submitted stands under one list, whole."""

import re
import threading

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from applications import actions
from applications.actions import claiming, publishing
from applications.models import (
    Application,
    Event,
    Message,
    Notice,
    Publication,
    ReliedGrant,
    Version,
    VersionPerson,
)
from applications.queries.fingerprints import fingerprint
from directory.models import Call, Edition
from tests.applications import drafts, scenes
from tests.applications import drafts_of_lists as lists

pytestmark = pytest.mark.django_db
OLD, NEW = "amed-2024-07-01", "amed-next"
# What each list says of the team's two grants, and whom their holder tells by it.
SAYS = {
    OLD: ({"rcn": "FITS", "kva": "DOES_NOT_FIT"}, ["rcn"]),
    NEW: ({"rcn": "FITS", "kva": "FITS"}, ["kva", "rcn"]),
}
TITLE = "Memory of single cells"


@pytest.fixture
def scene(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    return scenes.ready()


@pytest.fixture
def made(scene):
    """A draft that lists KVA, of which the team holds a grant, and lets holders tell it."""
    made = drafts.ready()
    lists.asks(
        made.draft,
        "kva",
        body="kva",
        strength="REQUESTED",
        trigger="UPON_APPLICATION",
        recipient="ADDRESS",
        address="notices@kva.example",
    )
    made.see_effect()
    scenes.grant(scene.application, scene.partner, "kva", "K-1")
    return made


def written():
    """All that a submission writes."""
    models = (Application, ReliedGrant, Version, VersionPerson, Event, Notice, Message)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def nothing_is_submitted(scene):
    record = scene.counts()
    del record["Notice"]  # a draft has its own
    assert record == dict.fromkeys(("Event", "Version", "VersionPerson", "Message"), 0)
    assert set(ReliedGrant.objects.values_list("verdict", "reasons", "cautions")) == {("", "", "")}
    stored = scene.stored()
    assert (stored.status, stored.version, stored.submitted_at) == ("DRAFT", 0, None)
    assert (stored.edition, stored.receipt) == (None, None)


def stands_under(code, scene, client, *, version=1):
    """Row, seal, results, notices, events, mails and receipt of the last submission say the one list."""
    verdicts, told = SAYS[code]
    stored, kept = scene.stored(), Version.objects.order_by("-number").first()
    sealed, relied = kept.content["inputs"], ReliedGrant.objects.select_related("grant__agency")
    notices = Notice.objects.filter(removed_at=None).order_by("body__slug")
    events = Event.objects.filter(act="SUBMIT").order_by("pk").values_list("details", flat=True)
    client.force_login(scene.lead)
    receipts = [
        client.get(reverse(f"applications:{name}", args=[stored.receipt])).content.decode()
        for name in ("receipt", "receipt_text")
    ]

    assert (stored.status, stored.version, stored.edition.code) == ("SUBMITTED", version, code)
    assert (kept.number, sealed["edition"]) == (version, code)
    assert kept.sha256 == fingerprint(kept.content)
    assert {one["agency"]: one["verdict"] for one in sealed["grants"]} == verdicts
    assert {one.grant.agency.slug: one.verdict for one in relied} == verdicts
    assert list(notices.values_list("body__slug", flat=True)) == told
    assert list(events) == [{"version": number} for number in range(1, version + 1)]
    assert Message.objects.filter(kind="RECEIPT").count() == version
    assert [re.findall(r"Judged by the list ([\w-]+),", one) for one in receipts] == [[code]] * 2


# -- one after the other -----------------------------------------------------------------------
def test_who_submitted_before_keeps_the_former_list_when_submitting_again_too(scene, made, client):
    submitted = scene.submit()
    made.publish()
    stands_under(OLD, scene, client)

    scene.change(title_en=TITLE)
    again = scene.submit()

    assert again.receipt == submitted.receipt
    stands_under(OLD, scene, client, version=2)


def test_who_was_shown_the_former_list_is_refused_once_and_nothing_is_written(scene, made, client):
    seen = scene.seen()
    made.publish()
    before = written()

    with pytest.raises(actions.Conflict):
        scene.submit(seen=seen)

    assert written() == before
    nothing_is_submitted(scene)
    scene.submit()  # the page shows the new list now
    stands_under(NEW, scene, client)


# -- at once, on PostgreSQL --------------------------------------------------------------------
def on_postgres(test):
    """Let a test have threads and locks of a real PostgreSQL."""
    reason = "SQLite has no row locks: PostgreSQL's pass"
    marks = [
        pytest.mark.postgres,
        pytest.mark.django_db(transaction=True),
        pytest.mark.skipif(connection.vendor != "postgresql", reason=reason),
    ]
    for mark in marks:
        test = mark(test)
    return test


def jobs(scene, made):
    """A submission from a page that shows the former list, and the publication."""
    seen, read = scene.seen(), publishing.read_draft(made.stored, drafts.AT).fingerprint
    return {
        "submission": lambda: scene.submit(seen=seen),
        "publication": lambda: made.publish(seen=read),
    }


def met(scene, made, first):
    """What each met, where ``first`` queued for the team's draft before the other."""
    waiting = jobs(scene, made)
    order = sorted(waiting, key=lambda name: name != first)
    return dict(zip(order, scenes.in_order([waiting[name] for name in order]), strict=True))


@on_postgres
def test_a_publication_that_waits_for_a_submission_leaves_it_its_list(scene, made, client):
    found = met(scene, made, "submission")

    assert {name: type(one) for name, one in found.items()} == {
        "submission": Application,
        "publication": Publication,
    }
    stands_under(OLD, scene, client)


@on_postgres
def test_a_submission_that_waits_for_a_publication_is_refused_by_what_holds_then(
    scene, made, client
):
    found = met(scene, made, "publication")

    assert {name: type(one) for name, one in found.items()} == {
        "submission": actions.Conflict,
        "publication": Publication,
    }
    nothing_is_submitted(scene)
    scene.submit()
    stands_under(NEW, scene, client)


@on_postgres
def test_at_the_same_moment_one_of_the_two_holds(scene, made, client):
    start, waiting = threading.Barrier(2), jobs(scene, made)

    def pressing(job):
        start.wait(30)
        return job()

    outcomes = scenes.at_once([lambda job=job: pressing(job) for job in waiting.values()])

    found = dict(zip(waiting, outcomes, strict=True))
    assert isinstance(found["publication"], Publication)
    assert Call.objects.get().edition.code == NEW
    if isinstance(found["submission"], actions.Conflict):
        nothing_is_submitted(scene)
        scene.submit()
        stands_under(NEW, scene, client)
    else:
        assert isinstance(found["submission"], Application)
        stands_under(OLD, scene, client)


@on_postgres
def test_control_a_lock_that_reads_the_call_in_its_own_statement_submits_under_the_former_list(
    scene, made, monkeypatch
):
    def in_one_statement(pk):
        joined = ("call__edition", "edition", "team", "area")
        rows = Application.objects.select_related(*joined).select_for_update(of=("self",))
        return rows.get(pk=pk)

    monkeypatch.setattr(claiming, "lock", in_one_statement)

    found = met(scene, made, "publication")

    assert isinstance(found["publication"], Publication)
    assert isinstance(found["submission"], Application)  # though the page's list holds no more
    assert scene.stored().edition.code == OLD


@on_postgres
def test_control_a_publication_that_locks_the_lists_whole_waits_in_a_circle(
    scene, made, monkeypatch
):
    def whole(pk):
        locked = list(Edition.objects.order_by("pk").select_for_update())
        return next(one for one in locked if one.pk == pk)

    monkeypatch.setattr(publishing, "_locked", whole)

    found = met(scene, made, "submission")

    assert [type(one) for one in found.values()].count(OperationalError) == 1
