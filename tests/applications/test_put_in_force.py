"""A call takes another list: drafts follow with their notices, what was submitted keeps its own (hazard 17)."""

import pytest
from django.db import connection

from applications import actions
from applications.actions import claiming, editions_in_force
from applications.actions.ledger import sync_notices
from applications.models import (
    Application,
    Event,
    Message,
    Notice,
    ReliedGrant,
    Role,
    Team,
    Version,
)
from applications.queries.application import workspace
from applications.rules.facts import Recipient, Trigger
from directory.models import Call, CallChange, Edition
from tests.applications import drafts_of_lists as lists
from tests.applications import scenes
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
NEW = "notices@funder.example"


@pytest.fixture
def scene(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    found = scenes.ready()
    sync(found.application)
    return found


@pytest.fixture
def approver():
    return UserFactory(staff_agency="AMED", staff_role="APPROVER")


@pytest.fixture
def newer(scene):
    """A published list that says the same as the shipped one, until a test changes it."""
    return lists.draft_from()


def sync(application):
    sync_notices(workspace(application), scenes.DAY)


def put(newer, by, **more):
    if newer.published_at is None:
        lists.publish(newer)
    asked = {"edition_id": newer.pk, "reason_en": "A slip", "reason_ja": "誤記のため"}
    call = Call.objects.get(code="amed-2024-3")
    return actions.put_in_force(call_id=call.pk, by=by, at=scenes.DAY, **asked | more)


def drafted(call, *slugs):
    """Another team's draft, whose partner holds a grant of each funder."""
    team = Team.objects.create(created_at=scenes.DAY)
    found = Application.objects.create(
        team=team, call=call, created_at=scenes.DAY, changed_at=scenes.DAY
    )
    holder = scenes.person(team, Role.PARTNER, "Åse Nilsen", "SE")
    for number, slug in enumerate(slugs):
        scenes.grant(found, holder, slug, f"N-{number}")
    sync(found)
    return found


def told(application):
    """Whom the notices that stand tell, and at which address."""
    rows = Notice.objects.filter(application=application, removed_at=None).order_by("pk")
    return [(one.body.slug, one.state, one.recipient_email) for one in rows.select_related("body")]


def all_of(*models):
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_a_corrected_rule_moves_drafts_and_nothing_that_was_submitted(scene, newer, approver):
    # Given one team that submitted and one with a draft, both with grants of SSF and STINT: the
    # list lets holders of SSF's grants tell STINT
    scenes.grant(scene.application, scene.partner, "ssf", "FFL15-0001")
    scene.submit()
    draft = drafted(scene.application.call, "ssf", "stint")
    assert told(draft) == [("stint", "NOT_YET_DUE", "")]
    submitted = Notice.objects.filter(application=scene.application)
    kept = (list(submitted.values()), *all_of(Version, ReliedGrant, Message, Event).values())
    row = Application.objects.filter(pk=scene.pk).values().get()
    # When a new list corrects it, and the call takes that
    lists.asks(newer, "ssf", body="ssf", recipient="ADDRESS", address=NEW)
    lists.leaves(newer, "rcn")
    change = put(newer, approver)
    # Then the draft tells SSF as well; what was submitted, its results and its evidence are as they
    # were, though RCN has left the list; and nobody is written to
    assert told(draft) == [("stint", "NOT_YET_DUE", ""), ("ssf", "NOT_YET_DUE", NEW)]
    assert kept == (
        list(submitted.values()),
        *all_of(Version, ReliedGrant, Message, Event).values(),
    )
    assert row == Application.objects.filter(pk=scene.pk).values().get()
    # and the change is on record, with both lists and who made it
    assert (change.edition_before.code, change.edition_after.code) == (
        "amed-2024-07-01",
        "amed-next",
    )
    assert (change.by, change.at, change.reason) == (approver, scenes.DAY, "A slip")
    call = Call.objects.get()
    assert (call.edition, call.history.first().history_user) == (newer, approver)


def test_a_returned_application_keeps_its_list(scene, newer, approver):
    scene.submit()
    scene.change(status="RETURNED", returned_until=scenes.CLOSES, return_reason="The title")
    lists.leaves(newer, "rcn")
    before = all_of(Application, Notice)
    put(newer, approver)
    assert all_of(Application, Notice) == before


# -- whom an untouched letter goes to (hazard 27) --------------------------------------------


@pytest.mark.parametrize(
    ("touched", "kept"),
    [
        ({}, NEW),
        ({"text": "My own words"}, "international@nihr.ac.uk"),
        ({"state": "RELEASED"}, "international@nihr.ac.uk"),
        ({"state": "RECORDED", "done_on": scenes.DAY.date(), "channel": "EMAIL"}, "international@nihr.ac.uk"),
    ],
)  # fmt: skip
def test_the_published_address_of_an_untouched_letter_follows_the_list(
    scene, newer, approver, touched, kept
):
    draft = drafted(scene.application.call, "nihr")
    Notice.objects.filter(application=draft).update(**touched)
    lists.asks(newer, "nihr", address=NEW)

    put(newer, approver)

    assert Notice.objects.get(application=draft).recipient_email == kept


def test_an_address_that_the_list_gives_no_more_leaves_untouched_letters(scene, newer, approver):
    # Given two letters to NIHR's published address, one of them worded by its holder
    plain, worded = (drafted(scene.application.call, "nihr") for _team in range(2))
    Notice.objects.filter(application=worded).update(text="My own words")
    # and one whose address the holder found out, because the list has none
    typed = drafted(scene.application.call, "vinnova")
    Notice.objects.filter(application=typed).update(recipient_email="officer@vinnova.example")
    lists.asks(newer, "nihr", recipient=Recipient.BODY_WITHOUT_ADDRESS, address="")
    lists.asks(newer, "vinnova", trigger=Trigger.ON_COLLABORATION)

    put(newer, approver)

    assert [told(one)[0][2] for one in (plain, worded, typed)] == [
        "", "international@nihr.ac.uk", "officer@vinnova.example",
    ]  # fmt: skip


def test_a_list_that_says_the_same_leaves_every_notice_alone(scene, newer, approver, monkeypatch):
    drafted(scene.application.call, "nihr")
    monkeypatch.setattr(editions_in_force, "sync_notices", None)  # nothing calls it
    before = all_of(Notice)
    put(newer, approver)
    assert all_of(Notice) == before


# -- refusals ----------------------------------------------------------------------------------


REFUSED = {
    "an officer": (actions.NotPermitted, {"by": ("AMED", "OFFICER")}),
    "the other agency": (actions.NotPermitted, {"by": ("JST", "APPROVER")}),
    "a draft": (actions.NotPublished, {"published_at": None}),
    "another's list": (actions.AnothersList, {"owner": "JST"}),
    "in force already": (actions.AlreadyInForce, {"in_force": True}),
    "no reason": (actions.ReasonNeeded, {"reason_ja": " "}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_refusal_has_a_name_and_changes_nothing(scene, newer, approver, name):
    refusal, how = REFUSED[name]
    lists.leaves(newer, "rcn")
    Edition.objects.filter(pk=newer.pk).update(
        owner=how.get("owner", "AMED"), published_at=how.get("published_at", lists.PUBLISHED_AT)
    )
    if "by" in how:
        approver = UserFactory(staff_agency=how["by"][0], staff_role=how["by"][1])
    edition = scene.application.call.edition if "in_force" in how else newer
    asked = {
        "edition_id": edition.pk,
        "reason_en": "A slip",
        "reason_ja": how.get("reason_ja", "誤記"),
    }
    before = all_of(Call, CallChange, Application, Notice)

    with pytest.raises(refusal):
        actions.put_in_force(call_id=scene.application.call_id, by=approver, at=scenes.DAY, **asked)

    assert all_of(Call, CallChange, Application, Notice) == before


def test_what_fails_at_the_last_draft_undoes_all_of_it(scene, newer, approver, monkeypatch):
    drafted(scene.application.call, "rcn")
    lists.leaves(newer, "rcn")
    real, seen = editions_in_force.sync_notices, []

    def breaks(space, at, **more):
        real(space, at, **more)
        seen.append(space.application.pk)
        if len(seen) == 2:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(editions_in_force, "sync_notices", breaks)
    before = all_of(Call, CallChange, Notice)
    with pytest.raises(RuntimeError):
        put(newer, approver)
    assert (len(seen), all_of(Call, CallChange, Notice)) == (2, before)


# -- at once, on PostgreSQL --------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no row locks: PostgreSQL's pass"
)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["submission", "list"])
def test_a_submission_at_the_same_moment_stands_under_one_list_whole(scene, newer, approver, first):
    # Given a list without RCN, and a submission by the list with it, both waiting for the draft
    lists.leaves(newer, "rcn")
    lists.publish(newer)
    seen = scene.seen()
    jobs = {
        "submission": lambda: scene.submit(seen=seen),
        "list": lambda: put(newer, approver),
    }
    order = [first, *(name for name in jobs if name != first)]
    # When both go on, in either order
    outcomes = dict(zip(order, scenes.in_order([jobs[name] for name in order]), strict=True))
    # Then neither waits for the other in a circle, and the submission is by the former list, with
    # its notice, or refused because the page showed what no longer holds
    assert isinstance(outcomes["list"], CallChange)
    stored = scene.stored()
    notices = Notice.objects.filter(removed_at=None).count()
    if isinstance(outcomes["submission"], actions.Conflict):
        assert (stored.status, stored.edition, notices) == ("DRAFT", None, 0)
    else:
        assert (stored.status, stored.edition.code, notices) == ("SUBMITTED", "amed-2024-07-01", 1)
        assert Version.objects.count() == 1
