"""Until when an application is the team's: screening begins after the deadline, and a return can be mended."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications import actions
from applications.actions import claiming
from applications.models import Application, Event, Message, TeamLetter
from applications.queries.screening import last_move
from applications.queries.stages import late_corrections
from applications.workflow import Act, Status
from directory.models import Call
from tests.applications import scenes
from tests.applications.factories import ApplicationFactory
from tests.applications.invited import words
from tests.applications.screening import LATER, UNTIL, decide, given, letter, officer, release, soon
from tests.applications.test_screening_many import hidden
from tests.directory.factories import CallFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock(monkeypatch):
    moment = {"now": scenes.DAY}
    monkeypatch.setattr(claiming, "database_now", lambda: moment["now"])
    return moment


@pytest.fixture
def scene(clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    found = scenes.ready()
    found.submit()
    Message.objects.all().delete()  # the receipt
    return found


@pytest.fixture
def by(scene):
    return officer()


def practise(scene):
    Call.objects.filter(pk=scene.application.call_id).update(is_practice=True)


def test_screening_begins_to_the_second_when_the_call_has_closed(scene, by, clock):
    clock["now"] = scenes.CLOSES - SECOND
    with pytest.raises(actions.StillTheTeams) as refused:
        decide(scene, Act.TAKE_INTO_SCREENING, by)
    assert refused.value.until == scenes.CLOSES
    assert scene.submit(at=scenes.DAY).status == Status.SUBMITTED  # the team may still

    clock["now"] = scenes.CLOSES
    assert decide(scene, Act.TAKE_INTO_SCREENING, by).status == Status.SCREENING


def test_in_practice_every_step_can_be_tried_while_the_call_is_open(scene, by, clock):
    practise(scene)
    early = {"at": scenes.DAY, "until": scenes.DAY + timedelta(days=1)}

    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by, **early)
    with pytest.raises(actions.StillTheTeams):
        decide(scene, Act.TAKE_INTO_SCREENING, by)
    clock["now"] = early["until"]
    with pytest.raises(actions.CallClosed):
        scene.submit()

    assert decide(scene, Act.TAKE_INTO_SCREENING, by).status == Status.SCREENING


@pytest.mark.parametrize(
    ("now", "until", "fits"),
    [
        (LATER, LATER, False),  # no time at all
        (LATER, LATER + SECOND, True),
        (LATER, LATER + timedelta(days=366), True),
        (LATER, LATER + timedelta(days=366) + SECOND, False),  # a slip of the year
        (LATER, datetime(2200, 1, 1, tzinfo=UTC), False),
        (scenes.DAY, scenes.CLOSES - SECOND, False),  # nothing is taken from the call's own time
        (scenes.DAY, scenes.CLOSES, True),
    ],
)
def test_the_date_of_a_return_lies_within_its_bounds(scene, by, clock, now, until, fits):
    clock["now"] = LATER
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    clock["now"] = now

    if fits:
        decide(scene, Act.RETURN, by, until=until, at=now)
    else:
        with pytest.raises(actions.DateNeeded):
            decide(scene, Act.RETURN, by, until=until, at=now)

    assert scene.stored().returned_until == (until if fits else None)


def late(moment):
    """The applications that the staff's list shows as not corrected in time."""
    return list(Application.objects.filter(late_corrections(moment)).values_list("pk", flat=True))


def test_a_call_that_is_prolonged_gives_the_returned_team_its_time_too(scene, by, clock):
    clock["now"] = LATER
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by)
    prolonged = UNTIL + timedelta(days=10)
    Call.objects.filter(pk=scene.application.call_id).update(closes_at=prolonged)

    clock["now"] = prolonged - SECOND
    with pytest.raises(actions.StillTheTeams) as refused:
        decide(scene, Act.TAKE_INTO_SCREENING, by)
    assert refused.value.until == prolonged
    assert late(UNTIL) == late(prolonged - SECOND) == []
    assert late(prolonged) == [scene.application.pk]
    assert scene.submit(at=UNTIL).version == 2


def test_a_return_with_a_mistyped_date_is_returned_again(scene, by, clock):
    clock["now"] = LATER
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by, until=UNTIL)
    mistaken = letter()
    right = UNTIL + timedelta(days=7)

    decide(scene, Act.RETURN, by, until=right, reason="The title and the budget")

    stored = scene.stored()
    assert (stored.status, stored.returned_until, stored.return_reason) == (
        Status.RETURNED,
        right,
        "The title and the budget",
    )
    mistaken.refresh_from_db()
    assert mistaken.dropped_at == LATER
    assert "The title and the budget" in letter().text
    release(by)
    assert Message.objects.count() == 2


def test_a_return_that_nobody_answers_is_taken_back_with_the_version_submitted_last(
    scene, by, clock
):
    clock["now"] = LATER
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by)
    scene.change(title_en="Never submitted")
    clock["now"] = UNTIL - SECOND
    with pytest.raises(actions.StillTheTeams):
        decide(scene, Act.TAKE_INTO_SCREENING, by)

    clock["now"] = UNTIL
    taken = decide(scene, Act.TAKE_INTO_SCREENING, by, at=UNTIL)

    assert (taken.status, taken.version, taken.returned_until, taken.return_reason) == (
        Status.SCREENING,
        1,
        None,
        "",
    )
    newest = taken.versions.get()
    assert newest.content["inputs"]["answers"]["title_en"] == "Memory of cells"
    assert TeamLetter.objects.filter(released_at=None, dropped_at=None).count() == 0
    with pytest.raises(actions.NotAllowed):
        scene.submit(at=UNTIL)


# -- on pages -----------------------------------------------------------------------------------
@pytest.fixture
def desk(by):
    client = Client()
    client.force_login(by)
    return client


def at(name, pk, *more):
    return reverse(f"applications:staff_{name}", args=[pk, *more])


def close_in(scene, span):
    closes = soon() + span
    Call.objects.filter(pk=scene.application.call_id).update(closes_at=closes)
    return closes


def test_the_page_says_from_when_it_can_be_taken_and_a_typed_address_too(scene, desk, clock):
    closes = close_in(scene, timedelta(0))
    clock["now"] = closes - SECOND

    shown = desk.get(at("application", scene.pk))
    assert [one["label"] for one in shown.context["acts"]] == []
    assert shown.context["screening_from"] == closes
    assert "It can be taken into screening from" in words(shown)
    typed = [
        desk.get(at("decide", scene.pk, "take-into-screening")),
        desk.post(
            at("decide", scene.pk, "take-into-screening"),
            {"seen_status": "SUBMITTED", "seen_move": last_move(scene.stored())},
        ),
    ]
    assert [one.status_code for one in typed] == [409, 409]
    assert ["can be taken into screening from then on" in words(one) for one in typed] == [True] * 2
    assert scene.stored().status == Status.SUBMITTED


def test_a_link_of_an_old_page_leads_to_what_happened_meanwhile(scene, by, desk, clock):
    """An officer who read version 1 does not accept version 2 by a link that was shown before it."""
    clock["now"] = LATER
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    listed = "?state=SCREENING"
    read = desk.get(at("application", scene.pk) + listed)
    link = next(one["url"] for one in read.context["acts"] if "not-accept" not in one["url"]
                and "accept" in one["url"])  # fmt: skip
    fresh = desk.get(link)
    assert fresh.status_code == 200
    assert fresh.context["view"] == listed  # where the page was shown goes no further
    decide(scene, Act.RETURN, by)
    scene.submit(at=LATER)
    decide(scene, Act.TAKE_INTO_SCREENING, by)

    old = desk.get(link)
    sent = desk.post(link, {name: fresh.context["form"][name].value() or "" for name in
                            ("seen_status", "seen_move", "reason")})  # fmt: skip

    assert [old.status_code, sent.status_code] == [409, 409]
    assert "Take into screening" in words(old)
    assert scene.stored().status == Status.SCREENING
    assert desk.get(at("decide", scene.pk, "accept")).status_code == 200  # typed, it reads afresh


def test_a_date_out_of_bounds_is_said_beside_the_field(scene, by, desk, clock):
    clock["now"] = LATER
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    form = desk.get(at("decide", scene.pk, "return")).context["form"]
    seen = {name: form[name].value() for name in ("seen_status", "seen_move")}

    far = desk.post(
        at("decide", scene.pk, "return"),
        seen | given(soon() + timedelta(days=1000)) | {"reason": "The title"},
    )

    assert far.status_code == 200
    assert list(far.context["form"].errors) == ["day"]
    assert scene.stored().status == Status.SCREENING


def test_returned_again_the_form_holds_what_was_asked_for(scene, by, desk, clock):
    clock["now"] = LATER
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by, reason="The title")

    shown = desk.get(at("application", scene.pk))
    assert [one["label"] for one in shown.context["acts"]] == [
        "Take into screening",  # the date has passed long ago
        "Return again, with another date",
    ]
    asked = desk.get(shown.context["acts"][1]["url"])
    assert asked.context["form"]["reason"].value() == "The title"


def test_of_many_each_that_cannot_is_named_with_its_reason(desk, clock):
    clock["now"] = datetime(2026, 5, 1, tzinfo=UTC)
    opened = CallFactory(owner="AMED", closes_at=soon())
    closed = CallFactory(owner="AMED", code="amed-2020-1", closes_at=scenes.CLOSES, opens_at=scenes.DAY)  # fmt: skip
    one = ApplicationFactory(submitted=True, call=opened)
    two = ApplicationFactory(submitted=True, call=closed)
    chosen = [f"{each.pk}:SUBMITTED:0" for each in (one, two)]

    page = reverse("applications:staff_screening")
    preview = desk.post(page, {"chosen": chosen, "act": "TAKE_INTO_SCREENING", "hour": "12"})

    told = {each.chosen.application.pk: each.why for each in preview.context["cannot"]}
    assert list(told) == [one.pk]
    assert told[one.pk].startswith("The team may still change it and submit it again until")
    done = desk.post(page, hidden(preview))
    assert [each.chosen.application.pk for each in done.context["can"]] == [two.pk]


@pytest.mark.parametrize("refusal", [
    actions.NotPermitted("RETURN"), actions.DateNeeded(LATER, UNTIL), actions.ReasonNeeded(),
])  # fmt: skip
def test_of_many_a_refusal_in_the_middle_is_reported_and_the_rest_is_done(
    desk, clock, monkeypatch, refusal
):
    call = CallFactory(owner="AMED", closes_at=scenes.CLOSES, opens_at=scenes.DAY)
    three = [ApplicationFactory(submitted=True, call=call) for _one in range(3)]
    clock["now"] = LATER
    decide_one = actions.decide

    def decide_but_the_second(**asked):
        if asked["application_id"] == three[1].pk:
            raise refusal
        return decide_one(**asked)

    monkeypatch.setattr(actions, "decide", decide_but_the_second)
    sent = {"act": "TAKE_INTO_SCREENING", "hour": "12", "confirm": "1",
            "chosen": [f"{each.pk}:SUBMITTED:0" for each in three]}  # fmt: skip

    done = desk.post(reverse("applications:staff_screening"), sent)

    assert done.status_code == 200
    changed = [[each.chosen.application.pk for each in done.context[name]] for name in ("can", "cannot")]  # fmt: skip
    assert changed == [[three[0].pk, three[2].pk], [three[1].pk]]
    assert Event.objects.filter(act="TAKE_INTO_SCREENING").count() == 2
