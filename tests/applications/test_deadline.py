"""The deadline: one instant by the database's clock, to the millisecond and without grace."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import actions
from applications.actions import claiming
from applications.models import Application, Message, Version
from applications.queries.clock import database_now
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import section_values
from applications.workflow import Status
from directory.models import Call, Edition
from directory.models.calls import JAPAN_TIME
from tests.applications import scenes

pytestmark = pytest.mark.django_db
MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
ZONES = ("Asia/Tokyo", "Europe/London", "America/New_York", "Australia/Sydney", "UTC")


@pytest.fixture
def scene():
    return scenes.ready()


@pytest.fixture
def clock(monkeypatch):
    """Set the database's clock."""

    def turn_to(moment):
        monkeypatch.setattr(claiming, "database_now", lambda: moment)

    return turn_to


def outcome(scene, **how) -> str:
    try:
        scene.submit(**how)
    except actions.CallClosed:
        return "closed"
    return "in"


# The weeks in which clocks jump in London, New York and Sydney, and the call's own day.
CLOSINGS = (
    scenes.CLOSES,
    datetime(2024, 3, 10, 7, 0, tzinfo=UTC),  # New York: 02:00 does not exist
    datetime(2024, 3, 31, 1, 0, tzinfo=UTC),  # London: 01:00 does not exist
    datetime(2024, 4, 6, 16, 0, tzinfo=UTC),  # Sydney: 02:00 comes twice
    datetime(2024, 10, 27, 1, 0, tzinfo=UTC),  # London: 01:00 comes twice
)


@pytest.mark.parametrize("closes", CLOSINGS, ids=lambda moment: f"{moment:%m-%d}")
@pytest.mark.parametrize(
    ("distance", "expected"), [(-SECOND, "in"), (-MS, "in"), (0 * MS, "closed"), (MS, "closed")]
)
@pytest.mark.parametrize("zone", ZONES)
def test_the_grid_around_the_closing_moment(scene, clock, closes, distance, expected, zone):
    # Given a call that closes then, and a lead who lives in that zone and reads its clock
    Call.objects.update(closes_at=closes, reference_on=date(2024, 5, 28))
    scene.lead.time_zone = zone
    moment = closes + distance
    clock(moment)
    with timezone.override(zone):
        # When the check page is sent then, whatever the zone
        assert outcome(scene, at=moment.astimezone(ZoneInfo(zone))) == expected
    # Then it is in, with that moment on record, or nothing is
    assert Version.objects.count() == Message.objects.count() == (expected == "in")
    if expected == "in":
        assert scene.stored().submitted_at == moment


@pytest.mark.parametrize(("distance", "expected"), [(-MS, "closed"), (0 * MS, "in"), (MS, "in")])
def test_the_opening_moment_is_inside(scene, clock, distance, expected):
    clock(scene.application.call.opens_at + distance)
    assert outcome(scene) == expected


@pytest.mark.parametrize("skew", [timedelta(minutes=-10), timedelta(minutes=10)])
@pytest.mark.parametrize(("distance", "expected"), [(-SECOND, "in"), (0 * SECOND, "closed")])
def test_a_web_server_whose_clock_is_wrong_changes_nothing(scene, clock, skew, distance, expected):
    clock(scenes.CLOSES + distance)
    assert outcome(scene, at=scenes.CLOSES + distance + skew) == expected
    if expected == "in":
        # Both clocks are on record, so that the skew can be seen.
        version = Version.objects.get()
        assert (version.database_clock, version.web_clock) == (
            scenes.CLOSES - SECOND,
            scenes.CLOSES - SECOND + skew,
        )


def test_control_by_the_web_clock_a_skewed_server_lets_people_in(scene, monkeypatch):
    skewed = scenes.CLOSES + SECOND - timedelta(minutes=10)
    monkeypatch.setattr(claiming, "database_now", lambda: skewed)
    assert outcome(scene, at=skewed) == "in"


def test_a_second_version_obeys_the_deadline_and_the_first_one_stands(scene, clock):
    clock(scenes.CLOSES - MS)
    first = scene.submit()
    scene.change(title_en="Later thoughts")
    clock(scenes.CLOSES)
    assert outcome(scene) == "closed"
    stored = scene.stored()
    assert (stored.version, stored.receipt, stored.status) == (1, first.receipt, Status.SUBMITTED)


def test_a_double_click_across_the_deadline_still_shows_the_receipt(scene, clock):
    seen = scene.seen()
    clock(scenes.CLOSES - MS)
    first = scene.submit(seen=seen)
    clock(scenes.CLOSES + MS)
    assert scene.submit(seen=seen).receipt == first.receipt
    assert Version.objects.count() == Message.objects.count() == 1


def _save_title(scene):
    return actions.save_section(
        application_id=scene.pk,
        section="project",
        values={"title_en": "Later thoughts"},
        seen=fingerprint(section_values(scene.stored(), "project")),
        by=scene.lead,
        at=scenes.DAY,
    )


def test_after_the_deadline_a_draft_may_be_edited_and_a_submitted_one_not(scene, clock):
    clock(scenes.CLOSES)
    assert _save_title(scene).title_en == "Later thoughts"
    clock(scenes.CLOSES - MS)
    scene.submit()
    clock(scenes.CLOSES)
    with pytest.raises(actions.CallClosed):
        _save_title(scene)


# -- a returned application has a date of its own --------------------------------------------


@pytest.mark.parametrize(("distance", "expected"), [(-MS, "in"), (0 * MS, "closed")])
def test_a_returned_one_is_corrected_until_its_own_date(scene, clock, distance, expected):
    clock(scenes.DAY)
    scene.submit()
    until = scenes.CLOSES + timedelta(days=14)
    scene.change(
        status=Status.RETURNED, returned_until=until, return_reason="Title", title_en="Corrected"
    )
    clock(until + distance)
    assert outcome(scene) == expected


def test_a_returned_one_is_judged_by_the_edition_it_was_submitted_under(scene, clock):
    clock(scenes.DAY)
    scene.submit()
    newer = Edition.objects.create(
        code="amed-2025-01-01",
        owner="AMED",
        as_of=date(2025, 1, 1),
        updated_on=date(2025, 1, 1),
        source="https://www.amed.go.jp/en/",
        published_at=scenes.DAY,
    )
    Call.objects.update(edition=newer)
    scene.change(
        status=Status.RETURNED,
        returned_until=scenes.CLOSES + timedelta(days=14),
        return_reason="The title",
        title_en="Corrected",
    )
    again = scene.submit()
    assert (again.edition.code, again.best_verdict) == ("amed-2024-07-01", "FITS")


# -- hazard 13: the deadline moves while pages are open --------------------------------------


@pytest.mark.parametrize(
    ("moved_to", "sent_at", "expected"),
    [
        (scenes.CLOSES + timedelta(hours=1), scenes.CLOSES, "in"),
        (scenes.CLOSES + timedelta(hours=1), scenes.CLOSES + timedelta(hours=1), "closed"),
        (scenes.CLOSES - timedelta(hours=1), scenes.CLOSES - SECOND, "closed"),
        (scenes.CLOSES - timedelta(hours=1), scenes.CLOSES - timedelta(hours=1) - MS, "in"),
    ],
)
def test_an_open_page_obeys_the_moved_deadline(scene, clock, moved_to, sent_at, expected):
    # Given a check page that was opened before staff moved the deadline
    seen = scene.seen()
    Call.objects.update(closes_at=moved_to)
    clock(sent_at)
    assert outcome(scene, seen=seen) == expected


def test_nobody_who_is_in_falls_out_when_the_deadline_moves_forward(scene, clock):
    clock(scenes.CLOSES - SECOND)
    first = scene.submit()
    Call.objects.update(closes_at=scenes.CLOSES - timedelta(days=1))
    stored = scene.stored()
    assert (stored.status, stored.receipt, stored.submitted_at) == (
        Status.SUBMITTED,
        first.receipt,
        scenes.CLOSES - SECOND,
    )


def test_a_deadline_moved_to_another_day_asks_to_look_again(scene, clock):
    # The reference date moves with it, and with that perhaps a verdict.
    seen = scene.seen()
    Call.objects.update(closes_at=scenes.CLOSES + timedelta(days=30))
    clock(scenes.CLOSES)
    with pytest.raises(actions.Conflict):
        scene.submit(seen=seen)
    assert outcome(scene) == "in"


def test_the_reference_day_is_the_closing_day_in_japan():
    call = Call(closes_at=datetime(2024, 5, 27, 15, 0, tzinfo=UTC))
    assert call.reference_day == date(2024, 5, 28)
    assert call.closes_at.astimezone(JAPAN_TIME).hour == 0


def test_the_database_clock_is_aware_and_goes_on():
    first, second = database_now(), database_now()
    assert first.tzinfo is not None
    assert first <= second
    assert abs(second - timezone.now()) < timedelta(minutes=10)


def test_a_returned_application_is_judged_on_the_day_it_was_submitted_under(scene, clock):
    # Given an application submitted while the call closed on 28 May 2024
    clock(scenes.DAY)
    scene.submit()
    scene.change(status=Status.RETURNED, returned_until=scenes.CLOSES, return_reason="Title")
    assert scene.stored().reference_on == date(2024, 5, 28)
    # When the agency moves the call's deadline by two months
    Call.objects.update(closes_at=scenes.CLOSES + timedelta(days=60), reference_on=None)
    # Then the returned one keeps its day, while a draft follows the call
    kept = scene.stored()
    assert kept.reference_day == date(2024, 5, 28)
    assert Application(call=kept.call).reference_day == date(2024, 7, 27)


def test_submitted_again_after_a_return_it_is_still_judged_on_its_own_day(scene, clock):
    # Given an application that was returned, and a call whose deadline moved by two months meanwhile
    clock(scenes.DAY)
    scene.submit()
    scene.change(status=Status.RETURNED, returned_until=scenes.CLOSES, return_reason="Title")
    Call.objects.update(closes_at=scenes.CLOSES + timedelta(days=60), reference_on=None)
    ends = date(2024, 6, 30)  # after the day it was submitted under, before the call's new one
    scene.grant.ends_on = ends
    scene.grant.save()
    days = []
    # When the team submits again, and once more while the call is still open
    for title in ("Corrected", "Corrected twice"):
        scene.change(title_en=title)
        scene.submit()
        stored = scene.stored()
        content = stored.versions.latest("number").content["inputs"]
        days.append((stored.reference_on, stored.reference_day, content["reference_on"]))
        assert content["grants"][0]["verdict"] == "FITS"
    # Then each is judged on the day of the first submission
    day = date(2024, 5, 28)
    assert days == [(day, day, "2024-05-28")] * 2
    # Control: one that was never returned follows the call
    scene.change(returned_until=None)
    assert scene.stored().reference_day == date(2024, 7, 27)


def test_the_match_says_the_day_that_its_verdicts_are_of(client, scene, clock):
    clock(scenes.DAY)
    scene.submit()
    scene.change(
        status=Status.RETURNED,
        returned_until=scenes.CLOSES + timedelta(days=9),
        return_reason="Title",
    )
    Call.objects.update(closes_at=scenes.CLOSES + timedelta(days=60), reference_on=None)
    client.force_login(scene.lead)
    html = client.get(
        reverse("applications:match", args=[scene.application.team.ref])
    ).content.decode()
    assert "Grants must be running on Tuesday 28 May 2024." in html
