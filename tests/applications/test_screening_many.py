"""One act for many applications: the preview says what then happens, and whatever moved on is named, not forced."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from applications.models import Application, Event, TeamLetter
from applications.queries.screening import last_move
from directory.models import User
from tests.applications.factories import ApplicationFactory, MembershipFactory, UserFactory
from tests.applications.invited import words
from tests.applications.screening import given, officer, soon
from tests.directory.factories import CallFactory

pytestmark = pytest.mark.django_db
PAGE = "applications:staff_screening"


@pytest.fixture
def call(db):
    return CallFactory(owner="AMED")


@pytest.fixture
def desk(call):
    client = Client()
    client.force_login(officer())
    return client


def in_screening(call, number):
    found = [ApplicationFactory(submitted=True, call=call) for _one in range(number)]
    Application.objects.update(status="SCREENING")
    return found


def place(application, status="SCREENING"):
    return f"{application.pk}:{status}:{last_move(application)}"


def hidden(page):
    """What the preview's form carries."""
    form = page.content.decode().rpartition('<form method="post">')[2]
    pairs = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    return {name: [value for key, value in pairs if key == name] for name, _value in pairs}


def states():
    return list(Application.objects.order_by("pk").values_list("status", flat=True))


def test_the_preview_names_what_will_change_and_the_rest_and_nothing_else_happens(desk, call):
    one, two, three = in_screening(call, 3)
    Application.objects.filter(pk=three.pk).update(status="ACCEPTED")
    chosen = [place(one), place(two), place(three, "ACCEPTED")]

    preview = desk.post(reverse(PAGE), {"chosen": chosen, "act": "ACCEPT", "hour": "12"})

    assert "This will change 2 applications." in words(preview)
    assert "Its state is “Accepted for review”, from which this step does not follow." in words(
        preview
    )
    assert states() == ["SCREENING", "SCREENING", "ACCEPTED"]  # a preview changes nothing

    done = desk.post(reverse(PAGE), hidden(preview))
    assert "2 applications were changed." in words(done)
    assert states() == ["ACCEPTED"] * 3
    assert list(TeamLetter.objects.order_by("pk").values_list("application", flat=True)) == [
        one.pk,
        two.pk,
    ]


def test_what_moves_on_between_preview_and_press_is_named_and_left_alone(desk, call):
    one, two = in_screening(call, 2)
    preview = desk.post(
        reverse(PAGE), {"chosen": [place(one), place(two)], "act": "ACCEPT", "hour": "12"}
    )
    Application.objects.filter(pk=two.pk).update(status="NOT_ACCEPTED")

    for _press in range(2):
        done = desk.post(reverse(PAGE), hidden(preview))

    assert states() == ["ACCEPTED", "NOT_ACCEPTED"]
    assert Event.objects.filter(act="ACCEPT").count() == 1
    assert "Somebody was faster" in words(done)


def test_what_the_act_wants_is_asked_for_and_kept(desk, call):
    one, _two = in_screening(call, 2)
    asked = {"chosen": [place(one)], "act": "RETURN", "hour": "17"}

    bare = desk.post(reverse(PAGE), asked)
    assert sorted(bare.context["form"].errors) == ["day", "reason"]
    assert bare.context["picked"] == {one.pk}
    named = desk.post(reverse(PAGE), asked | given(soon(17)) | {"reason": "As A46Y-V8QJ-V7XY-3KSR"})
    assert list(named.context["form"].errors) == ["reason"]
    quoted = {"act": "NOT_ADOPT", "reason": "As A46Y-V8QJ-V7XY-3KSR"}  # optional, but in the letter
    assert list(desk.post(reverse(PAGE), asked | quoted).context["form"].errors) == ["reason"]
    none = desk.post(reverse(PAGE), asked | {"chosen": []})
    assert none.context["nothing_chosen"] is True
    until = soon(17)
    day = given(until) | {"reason": "The title\nin English"}
    desk.post(reverse(PAGE), hidden(desk.post(reverse(PAGE), asked | day)))

    assert states() == ["RETURNED", "SCREENING"]
    one.refresh_from_db()
    assert one.return_reason == "The title\nin English"
    assert one.returned_until == until


def test_of_the_other_agency_nothing_is_offered_or_changed(desk, call):
    ours, theirs = in_screening(call, 1)[0], ApplicationFactory(
        submitted=True, call=CallFactory(code="jst-2026-1", owner="JST")
    )  # fmt: skip
    Application.objects.update(status="SCREENING")

    shown = desk.get(reverse(PAGE))
    assert [one.application.pk for one in shown.context["places"]] == [ours.pk]
    sent = {"chosen": [place(ours), place(theirs)], "act": "ACCEPT", "hour": "12", "confirm": "1"}
    desk.post(reverse(PAGE), sent)

    assert states() == ["ACCEPTED", "SCREENING"]
    viewer = Client()
    viewer.force_login(officer("viewer", role="VIEWER"))
    assert viewer.get(reverse(PAGE)).status_code == 403


def test_the_list_is_narrowed_to_mine_to_nobodys_and_to_a_colleagues(desk, call):
    mine, free, hers = in_screening(call, 3)
    colleague, other = officer("colleague"), officer("elsewhere", "JST")
    me = User.objects.get(email="officer@example.org")
    Application.objects.filter(pk=mine.pk).update(assigned_to=me)
    Application.objects.filter(pk=hers.pk).update(assigned_to=colleague)

    found = {
        value: [
            one.application.pk
            for one in desk.get(reverse(PAGE), {"assigned": value}).context["places"]
        ]
        for value in ("me", "nobody", str(colleague.pk), str(other.pk))
    }

    # A colleague of the other agency is no choice at all
    assert found == {
        "me": [mine.pk],
        "nobody": [free.pk],
        str(colleague.pk): [hers.pk],
        str(other.pk): [],
    }


def test_all_are_ticked_by_a_link_and_the_view_of_the_list_is_kept(desk, call):
    one, two, three = in_screening(call, 3)
    Application.objects.filter(pk=three.pk).update(status="ACCEPTED")
    view = "?state=SCREENING&order=first"

    shown = desk.get(reverse(PAGE) + view)
    ticked = desk.get(reverse(PAGE) + shown.context["tick_url"])

    assert [shown.context["picked"], ticked.context["picked"]] == [set(), {one.pk, two.pk}]
    list_url = reverse("applications:staff_applications") + view
    preview = desk.post(
        reverse(PAGE) + view, {"chosen": [place(one)], "act": "ACCEPT", "hour": "12"}
    )
    done = desk.post(reverse(PAGE) + view, hidden(preview))
    for page in (ticked, preview, done):
        assert f'href="{escape(list_url)}"' in page.content.decode()
    page = reverse("applications:staff_application", args=[one.pk]) + view
    assert f'href="{escape(page)}"' in done.content.decode()
    assert desk.get(reverse(PAGE) + "?tick=all&stat=DRAFT").status_code == 400


def test_the_letters_of_many_are_read_one_after_the_other(desk, call):
    found = in_screening(call, 3)
    for one in found:
        MembershipFactory(team=one.team, lead=True, researcher__user=UserFactory())
    sent = {"chosen": [place(one) for one in found], "act": "ACCEPT", "hour": "12", "confirm": "1"}
    done = desk.post(reverse(PAGE), sent)
    first, second, third = TeamLetter.objects.order_by("pk")
    assert done.context["letter"] == first
    elsewhere = ApplicationFactory(submitted=True, call=CallFactory(code="jst-2026-1", owner="JST"))
    TeamLetter.objects.create(
        application=elsewhere, act="ACCEPT", language="ja", subject="s", text="t",
        drafted_at=first.drafted_at, drafted_by=first.drafted_by,
    )  # fmt: skip

    # From the middle one it goes on to the last, then to the one left over, then back to the page
    went, number = [], []
    for letter in (second, third, first):
        read = desk.get(reverse("applications:staff_team_letter", args=[letter.pk]))
        number.append(read.context["more"])
        release = reverse("applications:staff_team_letter_release", args=[letter.pk])
        words_seen = {"seen": read.context["seen"], "next": "1"}
        went.append(desk.post(f"{release}?state=ACCEPTED", words_seen).url)

    assert number == [2, 1, 0]  # JST's letter is nobody's here
    assert went == [
        reverse("applications:staff_team_letter", args=[third.pk]) + "?state=ACCEPTED",
        reverse("applications:staff_team_letter", args=[first.pk]) + "?state=ACCEPTED",
        reverse("applications:staff_application", args=[first.application_id]) + "?state=ACCEPTED",
    ]
    assert TeamLetter.objects.exclude(released_at=None).count() == 3
