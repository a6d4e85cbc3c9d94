"""What somebody did for one agency stays its own after they went to the other."""

from datetime import UTC, datetime, timedelta

import pytest

from applications.queries.erasures import erasures_of_staff, requests_of_staff
from directory.models import Erasure, ErasureRequest, StaffRoleChange
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)
BEFORE, AFTER = AT - timedelta(days=30), AT + timedelta(days=30)

# What is on record of somebody's roles, where they are staff today -> where they were at ``AT``.
LIVES = [
    pytest.param([], "AMED", {"AMED"}, id="no change on record"),
    pytest.param([(BEFORE, "AMED", "", "APPROVER")], "AMED", {"AMED"}, id="stayed"),
    pytest.param(
        [
            (BEFORE, "AMED", "", "APPROVER"),
            (AFTER, "AMED", "APPROVER", ""),
            (AFTER, "JST", "", "APPROVER"),
        ],
        "JST",
        {"AMED"},
        id="went to the other agency later",
    ),
    pytest.param(
        [
            (BEFORE, "AMED", "", "APPROVER"),
            (BEFORE, "AMED", "APPROVER", ""),
            (BEFORE, "JST", "", "APPROVER"),
        ],
        "JST",
        {"JST"},
        id="had gone there before",
    ),
    pytest.param(
        [(AFTER, "AMED", "APPROVER", ""), (AFTER, "JST", "", "VIEWER")],
        "JST",
        {"AMED"},
        id="the first role is on record only by its end",
    ),
    pytest.param(
        [(BEFORE, "AMED", "", "APPROVER"), (AFTER, "AMED", "APPROVER", "")],
        "",
        {"AMED"},
        id="left",
    ),
    pytest.param([(AFTER, "AMED", "", "VIEWER")], "AMED", set(), id="a superuser until then"),
]


@pytest.mark.parametrize(("changes", "today", "whose"), LIVES)
def test_an_erasure_stays_with_the_agency_for_which_it_was_done(changes, today, whose):
    role = "APPROVER" if today else ""
    them, other = UserFactory(staff_agency=today, staff_role=role), UserFactory()
    for at, agency, before, after in changes:
        StaffRoleChange.objects.create(
            user=them, by=other, agency=agency, role_before=before, role_after=after, at=at,
            reason="Office",
        )  # fmt: skip
    asked = ErasureRequest.objects.create(
        user=other, requested_at=BEFORE, handled_at=AT, handled_by=them
    )
    done = Erasure.objects.create(
        subject="Researcher 1", pseudonym="E-1", by=them, at=AT, reason="Asked"
    )

    sees = {
        agency: UserFactory(staff_agency=agency, staff_role="APPROVER")
        for agency in ("AMED", "JST")
    }

    assert {one for one, user in sees.items() if done in erasures_of_staff(user)} == whose
    assert {one for one, user in sees.items() if asked in requests_of_staff(user)} == whose
