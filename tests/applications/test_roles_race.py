"""Two approvers take each other's role at the same moment, on PostgreSQL: one of them stays."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from applications import actions
from directory.models import StaffRoleChange, User
from tests.applications import scenes
from tests.directory.factories import UserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no row locks: PostgreSQL's pass"
    ),
]
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def take_each_others_role() -> list:
    one, two = (UserFactory(staff_agency="AMED", staff_role="APPROVER") for _each in "12")
    start = threading.Barrier(2)

    def take(whose: User, by: User):
        start.wait(30)
        return actions.change_staff_role(user_id=whose.pk, role="", reason="r", by=by, at=AT)

    return scenes.at_once([lambda: take(two, one), lambda: take(one, two)])


def test_one_wins_and_the_agency_keeps_an_approver():
    outcomes = take_each_others_role()

    assert sorted(type(one).__name__ for one in outcomes) == ["NotPermitted", "StaffRoleChange"]
    assert User.objects.filter(staff_agency="AMED", staff_role="APPROVER").count() == 1
    assert StaffRoleChange.objects.count() == 1


def test_without_the_lock_none_would_be_left(monkeypatch):
    """Negative control: both read, then both write."""
    both_have_read = threading.Barrier(2)
    lists = User.objects.none().__class__

    def unlocked(self, **_given):
        return self

    monkeypatch.setattr(lists, "select_for_update", unlocked)
    save = User.save

    def slow(self, **given):
        if given.get("update_fields"):
            both_have_read.wait(30)
        save(self, **given)

    monkeypatch.setattr(User, "save", slow)

    outcomes = take_each_others_role()

    assert [type(one).__name__ for one in outcomes] == ["StaffRoleChange"] * 2
    assert User.objects.filter(staff_role="APPROVER").count() == 0
