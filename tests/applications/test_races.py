"""Real threads on PostgreSQL: fifty submits, a lock across the deadline, two saves, two workers."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections, transaction
from django.utils import timezone

from applications import actions, outbox
from applications.actions import claiming, drafting, submission
from applications.models import Application, Event, Message, Notice, Version
from applications.queries.application import workspace
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import section_values
from directory.models import Call
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


@contextmanager
def held(model=Application):
    """Hold the rows' locks from a connection of another thread until the block ends."""
    locked, free = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(model.objects.select_for_update())
            locked.set()
            free.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(30)
    try:
        yield
    finally:
        free.set()
        holder.join(30)


def wait_for_waiters(number):
    """Wait until that many statements queue for a lock, so that a race is one."""
    for _try in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the lock")


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
    outbox.deliver_due(at=timezone.now())
    assert [one.to for one in mail.outbox] == [["lead@example.org"]]


def test_control_without_lock_and_unique_keys_fifty_submits_leave_duplicates(scene, monkeypatch):
    # Given the row is read without its lock, and the keys that back it up are gone
    seen, together = scene.seen(), threading.Barrier(8)

    def workspace_together(application):
        together.wait(30)
        return workspace(application)

    monkeypatch.setattr(submission, "claim", claim_without_lock)
    monkeypatch.setattr(submission, "workspace", workspace_together)
    dropped = (
        (Version, "version_number_is_unique_in_application"),
        (Message, "dedupe_key"),
        (Notice, "notice_is_one_per_holder_body_and_grant"),
    )
    with without_keys(*dropped):
        receipts = scenes.at_once([lambda: scene.submit(seen=seen).receipt] * 8)
        assert len(set(receipts)) == 8
        assert Version.objects.count() == Event.objects.count() == 8
        for model in (Message, Notice, Version):
            first = model.objects.order_by("pk").first()
            assert model.objects.count() > 1
            if model is Version:
                model.people.rel.related_model.objects.exclude(version=first).delete()
            model.objects.exclude(pk=first.pk).delete()


@contextmanager
def without_keys(*keys):
    """Take unique keys off their tables; they are put back once the duplicates are gone."""
    put_back = []
    for model, name in keys:
        found = [one for one in model._meta.constraints if one.name == name]
        with connection.schema_editor() as editor:
            if found:
                editor.remove_constraint(model, found[0])
                put_back.append(lambda e, m=model, c=found[0]: e.add_constraint(m, c))
            else:
                field = model._meta.get_field(name)
                free = field.clone()
                free._unique = False
                free.set_attributes_from_name(name)
                editor.alter_field(model, field, free)
                put_back.append(lambda e, m=model, f=field, u=free: e.alter_field(m, u, f))
    try:
        yield
    finally:
        for act in put_back:
            with connection.schema_editor() as editor:
                act(editor)


# -- hazard 11: the turn comes after the deadline --------------------------------------------


def submit_across_the_deadline(scene):
    """Start a submit that waits for its lock until the deadline has passed; return its outcome."""
    seen = scene.seen()
    closes = timezone.now() + timedelta(seconds=1)
    Call.objects.update(closes_at=closes)
    outcomes = []
    with held():
        sender = threading.Thread(
            target=lambda: outcomes.extend(scenes.at_once([lambda: scene.submit(seen=seen)]))
        )
        sender.start()
        wait_for_waiters(1)
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
    with held():
        sender = threading.Thread(
            target=lambda: outcomes.extend(scenes.at_once([lambda: scene.submit(seen=seen)]))
        )
        sender.start()
        wait_for_waiters(1)
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
    with held():
        both = [save(scene, section, seen, **values) for values in texts]
        senders = threading.Thread(target=lambda: outcomes.extend(scenes.at_once(both)))
        senders.start()
        wait_for_waiters(2)
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


def test_of_two_areas_chosen_at_once_none_is_lost(scene):
    # PostgreSQL shows a waiting statement the joined rows of before its wait.
    cells, systems = scene.application.call.areas.order_by("position")
    scene.change(area=None)
    outcomes = save_both(scene, "answers", {"area": cells}, {"area": systems})
    (conflict,) = [one for one in outcomes if isinstance(one, actions.Conflict)]
    assert scene.stored().area == conflict.stored["area"]
    assert {conflict.stored["area"], conflict.yours["area"]} == {cells, systems}


def test_control_without_the_comparison_the_first_text_is_lost(scene, monkeypatch):
    monkeypatch.setattr(drafting, "unchanged_since", lambda *_texts: None)
    outcomes = save_both(scene, "project", {"abstract_en": "Hers"}, {"abstract_en": "His"})
    assert [type(one) for one in outcomes] == [Application, Application]
    assert len({one.abstract_en for one in outcomes}) == 2  # both were told that they saved


def test_two_new_drafts_at_once_leave_one(scene, monkeypatch):
    monkeypatch.setattr(claiming, "database_now", timezone.now)
    actions.withdraw_application(
        application_id=scene.pk, reason="", by=scene.lead, at=scenes.DAY
    )
    again = [
        lambda: actions.start_again(application_id=scene.pk, by=scene.lead, at=scenes.DAY)
    ] * 5
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

    taken = sum(scenes.at_once([work] * 8), [])
    assert sorted(taken) == sorted(Message.objects.values_list("pk", flat=True))
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_a_worker_passes_over_what_another_holds(scene):
    owe(3)
    with held(Message):
        assert outbox.claim_due(scenes.DAY) == []
    assert len(outbox.claim_due(scenes.DAY)) == 3


def test_control_without_the_lock_two_workers_take_the_same_message(scene, monkeypatch):
    owe(3)
    together = threading.Barrier(2)

    def update_together(self, batch, fields):
        together.wait(30)
        return len(batch)

    monkeypatch.setattr(Message.objects._queryset_class, "select_for_update", lambda self, **_k: self)
    monkeypatch.setattr(Message.objects._queryset_class, "bulk_update", update_together)
    first, second = scenes.at_once([lambda: outbox.claim_due(scenes.DAY)] * 2)
    assert [one.pk for one in first] == [one.pk for one in second]
