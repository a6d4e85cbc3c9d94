"""Asking for erasure: recorded once, taken back with a trace, seen by those who answer and nobody else."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation

from applications import actions
from applications.queries import erasures
from directory.models import ErasureRequest
from tests.applications import scenes
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 11, 3, 0, tzinfo=UTC)
PAGE = "applications:staff_erasures"
CHANGELIST = "admin:directory_erasurerequest_changelist"


@pytest.fixture(autouse=True)
def in_english():
    # A page asked for in Japanese leaves its language behind in this thread.
    translation.activate("en")


@pytest.fixture
def me(client):
    user = UserFactory(email="kari@example.org")
    client.force_login(user)
    return user


def page():
    return reverse("applications:my_data_erasure")


def rows():
    fields = ("user", "note", "requested_at", "handled_at", "handled_by", "answer")
    return list(ErasureRequest.objects.order_by("pk").values_list(*fields))


def test_asking_twice_is_one_request():
    me = UserFactory()

    first = actions.request_erasure(by=me, note="All of it.", at=AT)
    second = actions.request_erasure(by=me, note="All of it, please.", at=LATER)

    assert first == second
    assert rows() == [(me.pk, "All of it.", AT, None, None, "")]


def test_the_table_itself_holds_no_second_open_request():
    me = UserFactory()
    actions.request_erasure(by=me, note="", at=AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        ErasureRequest.objects.create(user=me, requested_at=LATER)


def test_taking_it_back_leaves_a_trace_and_a_new_one_may_follow():
    me = UserFactory()
    actions.request_erasure(by=me, note="", at=AT)

    actions.withdraw_erasure_request(by=me, at=LATER)
    assert actions.withdraw_erasure_request(by=me, at=LATER) is None
    actions.request_erasure(by=me, note="After all.", at=LATER)

    assert rows() == [
        (me.pk, "", AT, LATER, me.pk, "WITHDRAWN"),
        (me.pk, "After all.", LATER, None, None, ""),
    ]


def test_what_staff_have_handled_cannot_be_taken_back():
    me, staff = UserFactory(), UserFactory(staff_agency="AMED", staff_role="APPROVER")
    request = actions.request_erasure(by=me, note="", at=AT)
    ErasureRequest.objects.filter(pk=request.pk).update(
        handled_at=LATER, handled_by=staff, answer="Done."
    )

    assert actions.withdraw_erasure_request(by=me, at=LATER) is None
    assert rows() == [(me.pk, "", AT, LATER, staff.pk, "Done.")]


def test_nobody_takes_back_the_request_of_another():
    me, other = UserFactory(), UserFactory()
    actions.request_erasure(by=me, note="", at=AT)

    assert actions.withdraw_erasure_request(by=other, at=LATER) is None
    assert rows() == [(me.pk, "", AT, None, None, "")]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_request():
    if connection.vendor != "postgresql":
        pytest.skip("needs a real PostgreSQL")
    me = UserFactory()
    ask = [lambda: actions.request_erasure(by=me, note="", at=AT)] * 8

    found = scenes.at_once(ask)

    assert len(set(found)) == 1
    assert ErasureRequest.objects.count() == 1


# -- the page ----------------------------------------------------------------------------------
def test_the_page_says_first_what_goes_and_what_stays(client, me):
    html = client.get(page()).content.decode()

    for sentence in (
        "What an erasure takes away",
        "What stays, and why",
        "with a pseudonym in place of your name",
        "What AMED or JST are bound by law to keep",
        "This button is not the statutory procedure.",
        "goes to AMED in writing.",
    ):
        assert sentence in html


def test_reading_the_page_asks_for_nothing(client, me):
    client.get(page())
    client.head(page())

    assert rows() == []


def test_one_button_asks_and_another_takes_it_back(client, me):
    asked = client.post(page(), {"note": "The 2024 team.\r\nPlease."}, follow=True)

    assert asked.context["open_request"].note == "The 2024 team.\nPlease."
    assert 'name="note"' not in asked.content.decode()
    assert "Your request for erasure is recorded." in asked.content.decode()
    assert "It is not handled yet." in client.get(reverse("applications:my_data")).content.decode()

    back = client.post(page(), {"withdraw": "1"}, follow=True)

    assert back.context["open_request"] is None
    assert "Your request for erasure is withdrawn." in back.content.decode()
    assert "withdrawn by you" in back.content.decode()
    assert ErasureRequest.objects.get().answer == "WITHDRAWN"


def test_a_note_too_long_is_refused_and_nothing_is_recorded(client, me):
    refused = client.post(page(), {"note": "x" * 2001})

    assert list(refused.context["form"].errors) == ["note"]
    assert rows() == []


def test_the_answer_of_staff_is_shown(client, me):
    root = UserFactory(is_superuser=True)
    request = actions.request_erasure(by=me, note="", at=AT)
    ErasureRequest.objects.filter(pk=request.pk).update(
        handled_at=LATER, handled_by=root, answer="Erased <all>."
    )

    assert "Erased &lt;all&gt;." in client.get(page()).content.decode()


# -- who sees requests ---------------------------------------------------------------------------
@pytest.fixture
def asked(db, settings, tmp_path):
    """A request from each agency's team, one from an account without a team, one from JST's staff."""
    settings.MEDIA_ROOT = tmp_path
    found = {}
    for owner in ("AMED", "JST"):
        one = world(owner)
        one.lead.researcher.user = UserFactory(email=f"lead@{one.canary}.example")
        one.lead.researcher.save()
        found[owner] = actions.request_erasure(by=one.lead.researcher.user, note=one.canary, at=AT)
    found["alone"] = actions.request_erasure(by=UserFactory(), note="alone", at=AT)
    of_staff = UserFactory(staff_agency="JST", staff_role="VIEWER")
    found["staff"] = actions.request_erasure(by=of_staff, note="staff", at=AT)
    return found


WHO = [
    ({"is_superuser": True}, {"AMED", "JST", "alone", "staff"}),
    ({"staff_agency": "AMED", "staff_role": "APPROVER"}, {"AMED"}),
    ({"staff_agency": "JST", "staff_role": "APPROVER"}, {"JST", "staff"}),
    ({"staff_agency": "AMED", "staff_role": "OFFICER"}, set()),
    ({"staff_agency": "AMED", "staff_role": "VIEWER"}, set()),
    ({}, set()),
]


@pytest.mark.parametrize(("fields", "names"), WHO)
def test_who_sees_which_requests(asked, fields, names):
    seen = erasures.requests_of_staff(UserFactory(**fields))

    assert set(seen) == {asked[name] for name in names}


@pytest.mark.parametrize(("fields", "names"), WHO)
def test_the_admins_window_and_the_staff_page_show_the_same(client, asked, fields, names):
    user = UserFactory(**fields)
    client.force_login(user)
    window, index = client.get(reverse(CHANGELIST)), client.get(reverse("applications:staff"))

    if names:
        assert {one.note for one in window.context["cl"].result_list} == {
            asked[name].note for name in names
        }
        assert index.context["erasures_open"] == len(names)
        assert reverse(PAGE) in index.content.decode()
        assert {one[2] for one in client.get(reverse(PAGE)).context["open_rows"]} == {
            asked[name].note for name in names
        }
    else:
        assert window.status_code == (403 if user.is_staff else 302)
        assert index.status_code == (200 if user.is_staff else 404)
        assert reverse(PAGE) not in index.content.decode()
        assert client.get(reverse(PAGE)).status_code == (403 if user.is_staff else 404)
    for name, request in asked.items():
        change = reverse("admin:directory_erasurerequest_change", args=[request.pk])
        assert client.post(change, {"answer": "x"}).status_code in (403, 404, 302)
        status = client.get(change).status_code
        assert (status == 200) is (name in names), name
    assert {row[5] for row in rows()} == {""}


def test_without_the_scope_the_other_agencys_request_would_be_seen(client, asked, monkeypatch):
    """Negative control of the test above."""
    from applications.admin import privacy

    monkeypatch.setattr(privacy, "requests_of_staff", lambda user: ErasureRequest.objects.all())
    client.force_login(UserFactory(staff_agency="AMED", staff_role="APPROVER"))

    window = client.get(reverse(CHANGELIST))

    assert asked["JST"] in window.context["cl"].result_list


def test_handled_requests_leave_the_count(client, asked):
    root = UserFactory(is_superuser=True)
    client.force_login(root)
    actions.withdraw_erasure_request(by=asked["alone"].user, at=LATER)

    index = client.get(reverse("applications:staff"))

    assert index.context["erasures_open"] == 3


def test_somebody_who_left_the_team_still_counts(asked):
    from applications.models import Membership

    Membership.objects.filter(researcher__user=asked["AMED"].user).update(removed_at=LATER)
    approver = UserFactory(staff_agency="AMED", staff_role="APPROVER")

    assert list(erasures.requests_of_staff(approver)) == [asked["AMED"]]
