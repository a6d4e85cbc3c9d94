"""Real threads on PostgreSQL: fifty submits, a lock across the deadline, two saves, two workers."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.db.models import UniqueConstraint
from django.utils import timezone

from applications import actions, outbox
from applications.actions import claiming, drafting, submission
from applications.models import Application, Event, Message, Version, VersionPerson
from applications.queries.application import workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import section_values
from directory.models import Call
from tests.append_only import lifted
from tests.applications import scenes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="SQLite has no row locks: PostgreSQL's pass"
    ),
]
CROWD = 50


@pytest.fixture
def scene(monkeypatch):
    found = scenes.ready()
    now = timezone.now()
    Call.objects.update(opens_at=now - timedelta(days=30), closes_at=now + timedelta(days=1))
    Call.objects.update(reference_on=scenes.CLOSES.date())
    return found


def claim_without_lock(application_id, _act, _by):
    return Application.objects.select_related("call__edition", "edition", "team", "area").get(
        pk=application_id
    )


# -- hazard 10: fifty at once ----------------------------------------------------------------


def test_fifty_submits_at_once_give_one_receipt_one_version_one_mail(scene):
    seen = scene.seen()
    start = threading.Barrier(CROWD)

    def submit():
        start.wait(30)
        return scene.submit(seen=seen).receipt

    receipts = scenes.at_once([submit] * CROWD)
    assert receipts == [scene.stored().receipt] * CROWD
    assert scene.counts() == {
        "Event": 1,
        "Version": 1,
        "VersionPerson": 3,
        "Notice": 1,
        "Message": 1,
    }
    # And the worker hands over one mail
    outbox.deliver_due(now=timezone.now)
    assert [one.to for one in mail.outbox] == [["lead@example.org"]]


def test_control_without_lock_and_unique_keys_fifty_submits_leave_duplicates(scene, monkeypatch):
    # Given the row is read without its lock, and the keys that back it up are gone
    seen, together = scene.seen(), threading.Barrier(8)

    def workspace_together(application):
        together.wait(30)
        return workspace(application)

    monkeypatch.setattr(submission, "claim", claim_without_lock)
    monkeypatch.setattr(submission, "workspace", workspace_together)
    unique = (
        (Version, Version._meta.constraints[0]),
        (Message, Message._meta.get_field("dedupe_key")),
    )
    with without_keys(*unique):
        receipts = scenes.at_once([lambda: scene.submit(seen=seen).receipt] * 8)
        # Then there are eight of everything
        assert len(set(receipts)) == 8
        assert [one.objects.count() for one in (Version, Event, Message)] == [8, 8, 8]


@contextmanager
def without_keys(*unique):
    """Take unique keys off their tables; they are put back once the duplicates are gone."""

    def change(editor, model, key, *, back):
        if isinstance(key, UniqueConstraint):
            (editor.add_constraint if back else editor.remove_constraint)(model, key)
        else:
            free = key.clone()
            free._unique = False
            free.set_attributes_from_name(key.name)
            editor.alter_field(model, *((free, key) if back else (key, free)))

    for model, key in unique:
        with connection.schema_editor() as editor:
            change(editor, model, key, back=False)
    try:
        yield
    finally:
        with lifted():
            for model in (VersionPerson, *(model for model, _key in unique)):
                model.objects.all().delete()
        for model, key in unique:
            with connection.schema_editor() as editor:
                change(editor, model, key, back=True)


# -- hazard 11: the turn comes after the deadline --------------------------------------------


def submit_across_the_deadline(scene):
    """Start a submit that waits for its lock until the deadline has passed; return its outcome."""
    seen = scene.seen()
    closes = timezone.now() + timedelta(seconds=1)
    Call.objects.update(closes_at=closes)
    outcomes = []
    with scenes.held(Application):
        sender = threading.Thread(
            target=lambda: outcomes.extend(scenes.at_once([lambda: scene.submit(seen=seen)]))
        )
        sender.start()
        scenes.wait_for_waiters(1)
        assert timezone.now() < closes
        time.sleep(max(0.0, (closes - timezone.now()).total_seconds()) + 0.05)
    sender.join(30)
    return outcomes[0]


def test_whoever_waits_for_the_lock_past_the_deadline_is_refused(scene):
    assert isinstance(submit_across_the_deadline(scene), actions.CallClosed)
    assert Version.objects.count() == Message.objects.count() == 0


def test_control_the_clock_of_the_transactions_start_would_let_them_in(scene, monkeypatch):
    def now_of_the_transaction():
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT now()")
            return cursor.fetchone()[0]

    monkeypatch.setattr(claiming, "database_now", now_of_the_transaction)
    assert submit_across_the_deadline(scene).version == 1


@pytest.mark.parametrize(("moved_by", "expected"), [(-2, actions.CallClosed), (2, Application)])
def test_a_deadline_moved_during_the_wait_is_obeyed(scene, moved_by, expected):
    # Given somebody whose submit waits for its turn while staff move the deadline
    seen, outcomes = scene.seen(), []
    now = timezone.now()
    Call.objects.update(closes_at=now + timedelta(days=-moved_by))
    with scenes.held(Application):
        sender = threading.Thread(
            target=lambda: outcomes.extend(scenes.at_once([lambda: scene.submit(seen=seen)]))
        )
        sender.start()
        scenes.wait_for_waiters(1)
        Call.objects.update(closes_at=now + timedelta(days=moved_by))
    sender.join(30)
    assert isinstance(outcomes[0], expected), outcomes


# -- hazard 14: two members save the same page -----------------------------------------------


def save(scene, section, seen, **values):
    return lambda: actions.save_section(
        application_id=scene.pk,
        section=section,
        values=values,
        seen=seen,
        by=scene.deputy,
        at=scenes.DAY,
    )


def save_both(scene, section, *texts):
    """Send two saves from the same page while the row is locked, so that they queue."""
    seen = fingerprint(section_values(scene.stored(), section))
    outcomes = []
    with scenes.held(Application):
        both = [save(scene, section, seen, **values) for values in texts]
        senders = threading.Thread(target=lambda: outcomes.extend(scenes.at_once(both)))
        senders.start()
        scenes.wait_for_waiters(2)
    senders.join(30)
    return outcomes


def test_of_two_saves_the_second_is_shown_both_texts(scene):
    texts = ({"abstract_en": "Hers"}, {"abstract_en": "His"})
    outcomes = save_both(scene, "project", *texts)
    (conflict,) = [one for one in outcomes if isinstance(one, actions.Conflict)]
    (saved,) = [one for one in outcomes if isinstance(one, Application)]
    # One text is stored, the other was given back beside it: none is lost
    assert scene.stored().abstract_en == saved.abstract_en == conflict.stored["abstract_en"]
    shown = {conflict.stored["abstract_en"], conflict.yours["abstract_en"]}
    assert shown == {"Hers", "His"}


def choose_two_areas(scene):
    cells, systems = scene.application.call.areas.order_by("position")[:2]
    scene.change(area=None)
    return save_both(scene, "answers", {"area": cells}, {"area": systems})


def test_of_two_areas_chosen_at_once_none_is_lost(scene):
    outcomes = choose_two_areas(scene)
    (conflict,) = [one for one in outcomes if isinstance(one, actions.Conflict)]
    assert scene.stored().area == conflict.stored["area"] != conflict.yours["area"]


def test_control_a_lock_that_also_reads_joined_rows_loses_an_area(scene, monkeypatch):
    # PostgreSQL gives a statement that waited the joined rows of before its wait.
    def lock_with_joins(application_id, _act, _by):
        rows = Application.objects.select_for_update(of=("self",))
        return rows.select_related("call__edition", "edition", "team", "area").get(
            pk=application_id
        )

    monkeypatch.setattr(claiming, "claim", lock_with_joins)
    assert [type(one) for one in choose_two_areas(scene)] == [Application, Application]


def test_control_without_the_comparison_the_first_text_is_lost(scene, monkeypatch):
    monkeypatch.setattr(drafting, "unchanged_since", lambda *_texts: None)
    outcomes = save_both(scene, "project", {"abstract_en": "Hers"}, {"abstract_en": "His"})
    assert [type(one) for one in outcomes] == [Application, Application]
    assert len({one.abstract_en for one in outcomes}) == 2  # both were told that they saved


def test_two_new_drafts_at_once_leave_one(scene, monkeypatch):
    monkeypatch.setattr(claiming, "database_now", timezone.now)
    actions.withdraw_application(application_id=scene.pk, reason="", by=scene.lead, at=scenes.DAY)
    again = [lambda: actions.start_again(application_id=scene.pk, by=scene.lead, at=scenes.DAY)] * 5
    outcomes = scenes.at_once(again)
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadyLive"] * 4 + ["Application"]
    assert Application.objects.live().count() == 1


# -- hazard 20: two workers ------------------------------------------------------------------


def owe(number):
    for count in range(number):
        outbox.record_account_mail(
            recipient=f"p{count}@example.org", subject="Code", text="123456", at=scenes.DAY
        )


def test_eight_workers_take_each_message_once(scene):
    owe(200)
    start = threading.Barrier(8)

    def work():
        start.wait(30)
        taken = []
        while batch := outbox.claim_due(scenes.DAY):
            taken += [one.pk for one in batch]
        return taken

    taken = [pk for batch in scenes.at_once([work] * 8) for pk in batch]
    assert sorted(taken) == sorted(Message.objects.values_list("pk", flat=True))
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_a_worker_passes_over_what_another_holds(scene):
    owe(3)
    with scenes.held(Message):
        assert outbox.claim_due(scenes.DAY) == []
    assert len(outbox.claim_due(scenes.DAY)) == 3


def test_control_without_the_lock_two_workers_take_the_same_message(scene, monkeypatch):
    owe(3)
    together = threading.Barrier(2)

    def update_together(self, **_changes):
        together.wait(30)
        return self.count()

    monkeypatch.setattr(
        Message.objects._queryset_class, "select_for_update", lambda self, **_k: self
    )
    monkeypatch.setattr(Message.objects._queryset_class, "update", update_together)
    first, second = scenes.at_once([lambda: outbox.claim_due(scenes.DAY)] * 2)
    assert [one.pk for one in first] == [one.pk for one in second]
