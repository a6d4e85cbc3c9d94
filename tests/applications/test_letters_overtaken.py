"""Letters to the team that a later act overtakes: none leaves, none is counted, and the record says so."""

from datetime import timedelta

import pytest

from applications import actions, outbox
from applications.actions import claiming
from applications.models import Event, Message, Notice, TeamLetter
from applications.queries.evidence import AMONG_STAFF
from applications.queries.fingerprints import fingerprint
from applications.queries.screening import as_read, letters_waiting, recipients_of_team, words_of
from applications.queries.stages import letter_waits
from applications.workflow import Act
from directory.models import User
from tests.applications import scenes
from tests.applications.screening import LATER, UNTIL, decide, letter, officer, release

pytestmark = pytest.mark.django_db
SOON = LATER + timedelta(minutes=1)


@pytest.fixture
def scene(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    moment = {"now": scenes.DAY}
    monkeypatch.setattr(claiming, "database_now", lambda: moment["now"])
    found = scenes.ready()
    found.submit()
    moment["now"] = LATER
    Message.objects.all().delete()  # the receipt
    return found


@pytest.fixture
def by(scene):
    return officer()


@pytest.fixture
def accepted(scene, by):
    """An acceptance whose letter was released: to the deputy and the lead."""
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    release(by)
    return list(Message.objects.order_by("pk"))


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("state", ["WAITING", "HELD", "FAILED"])
def test_a_released_letter_that_has_not_left_is_discarded_when_the_decision_is_reversed(
    scene, by, accepted, state
):
    Message.objects.update(state=state)

    decide(scene, Act.REOPEN_SCREENING, by, reason="A slip")

    assert states() == ["DISCARDED", "DISCARDED"]
    events = Event.objects.filter(act="MAIL_OVERTAKEN").order_by("pk")
    assert [one.details for one in events] == [{"message": one.pk} for one in accepted]
    for one in accepted:
        with pytest.raises(actions.NotAllowed):
            actions.send_again(message_id=one.pk, by=by, at=SOON)


def test_what_has_left_stays_as_it_is(scene, by, accepted):
    Message.objects.update(state="HANDED_OVER", handed_over_at=LATER)

    decide(scene, Act.REOPEN_SCREENING, by, reason="A slip")

    assert states() == ["HANDED_OVER", "HANDED_OVER"]
    assert not Event.objects.filter(act="MAIL_OVERTAKEN").exists()


@pytest.mark.parametrize("back", ["WAITING", "FAILED"])
def test_one_that_a_worker_has_is_not_tried_again(scene, by, accepted, back):
    """It may leave at that moment; given back or failed, it is out of date."""
    Message.objects.update(state="SENDING", available_at=LATER)

    decide(scene, Act.REOPEN_SCREENING, by, reason="A slip")
    assert states() == ["SENDING", "SENDING"]
    Message.objects.update(state=back)

    if back == "WAITING":
        assert outbox.deliver_due(now=lambda: SOON) == {"discarded": 2}
    else:
        with pytest.raises(actions.NoLongerOfUse):
            actions.send_again(message_id=accepted[0].pk, by=by, at=SOON)


@pytest.mark.parametrize("how", ["submit", "withdraw"])
def test_the_team_itself_overtakes_the_letter_about_a_return(scene, by, how):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by)
    released = release(by)
    decide(scene, Act.RETURN, by, reason="The budget, too", until=UNTIL)
    draft = letter()
    waits = scene.stored().__class__.objects.filter(letter_waits(LATER))
    assert [waits.count(), letters_waiting([scene.pk], LATER).get()] == [1, draft]

    if how == "submit":
        scene.submit(at=LATER)
    else:
        actions.withdraw_application(
            application_id=scene.pk, reason="No time", by=scene.lead, at=LATER
        )

    assert [waits.count(), letters_waiting([scene.pk], LATER).count()] == [0, 0]
    draft.refresh_from_db()
    assert (draft.dropped_at, released.pk != draft.pk) == (LATER, True)
    decisions = Message.objects.filter(kind="DECISION")
    assert set(decisions.values_list("state", flat=True)) == {"DISCARDED"}
    dropped = Event.objects.filter(act="TEAM_LETTER_DROPPED").get()
    assert (dropped.user, dropped.details) == (
        scene.lead,
        {"letter": draft.pk, "overtaken": True},
    )


def test_a_letter_about_a_return_counts_and_leaves_until_the_returns_date(scene, by):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.RETURN, by)
    of_ours = scene.stored().__class__.objects
    last = UNTIL - timedelta(seconds=1)

    counted = [
        (of_ours.filter(letter_waits(at)).count(), letters_waiting([scene.pk], at).count())
        for at in (last, UNTIL)
    ]
    assert counted == [(1, 1), (0, 0)]

    release(by)
    assert set(Message.objects.values_list("expires_at", flat=True)) == {UNTIL}


def test_the_letter_goes_to_those_who_were_shown_or_to_nobody(scene, by):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    read = letter()
    shown = fingerprint(as_read(read, recipients_of_team(scene.stored())))
    User.objects.filter(pk=scene.deputy.pk).update(email="elsewhere@example.org")

    with pytest.raises(actions.Conflict):
        actions.release_team_letter(letter_id=read.pk, seen=shown, by=by, at=LATER)
    assert Message.objects.count() == 0

    release(by, read)
    assert set(Message.objects.values_list("recipient", flat=True)) == {
        "elsewhere@example.org",
        scene.lead.email,
    }


def test_changed_words_are_on_record_among_staff_and_unchanged_ones_are_not(scene, by):
    decide(scene, Act.TAKE_INTO_SCREENING, by)
    decide(scene, Act.ACCEPT, by)
    words = words_of(letter())

    for text in ("Accepted, with thanks.", "Accepted, with thanks."):
        actions.edit_team_letter(
            letter_id=letter().pk,
            values=words | {"text": text},
            seen=fingerprint(words_of(letter())),
            by=by,
            at=LATER,
        )

    event = Event.objects.get(act="TEAM_LETTER_EDITED")
    assert (event.user, event.details) == (by, {"letter": letter().pk})
    assert {"TEAM_LETTER_EDITED", "MAIL_OVERTAKEN"} <= AMONG_STAFF


def test_letters_to_funders_are_no_concern_of_it(scene, by, accepted):
    Message.objects.filter(pk=accepted[0].pk).update(kind="TEAM")

    decide(scene, Act.REOPEN_SCREENING, by, reason="A slip")

    assert states() == ["WAITING", "DISCARDED"]
    assert Notice.objects.exists()
    assert TeamLetter.objects.filter(released_at__isnull=False).count() == 1
