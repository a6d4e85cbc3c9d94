"""Follow-up letters: once, for bodies that were or may have been told, and for nobody else."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from applications import actions
from applications.actions import claiming
from applications.actions.follow_ups import prepare_follow_ups
from applications.actions.ledger import sync_notices
from applications.letters import draft
from applications.models import Event, Message, MessageKind, Notice
from applications.queries.application import workspace
from applications.queries.ledger import ledger
from applications.workflow import Act, NoticeState
from directory.models import Grant
from tests.applications import scenes

pytestmark = pytest.mark.django_db
NIGHT = scenes.DAY.replace(hour=16)  # already the next day in Japan


@pytest.fixture
def scene(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    found = scenes.ready()
    scenes.grant(found.application, found.partner, "nihr", "NIHR200001")
    scenes.grant(found.application, found.partner, "arc", "DP200101613")
    sync_notices(workspace(found.stored()), scenes.DAY)
    found.submit()
    return found


def record(scene, slug):
    return actions.record_notice(
        notice_id=Notice.objects.get(body__slug=slug).pk, done_on=date(2024, 5, 20),
        channel="TELEPHONE", done_to="the officer", reason="She told me.", by=scene.lead,
        at=scenes.DAY,
    )  # fmt: skip


def withdraw(scene, at=NIGHT):
    return actions.withdraw_application(application_id=scene.pk, reason="", by=scene.lead, at=at)


def follow_ups():
    return Notice.objects.filter(follows__isnull=False).order_by("pk")


def put(slug, state):
    more = {"acknowledged_at": scenes.DAY} if state == "ACKNOWLEDGED" else {}
    if state == "RECORDED":
        more = {"done_on": scenes.DAY.date(), "channel": "EMAIL"}
    if state == "NOT_SENT_BY_CHOICE":
        more = {"reason": "No."}
    Notice.objects.filter(body__slug=slug).update(state=state, **more)


def mail(slug, state):
    handed = {"handed_over_at": scenes.DAY} if state in ("HANDED_OVER", "BOUNCED") else {}
    notice = Notice.objects.get(body__slug=slug)
    Message.objects.create(
        dedupe_key=f"{slug} {state}", kind=MessageKind.NOTICE, application=notice.application,
        notice=notice, recipient="a@example.org", subject="s", state=state,
        created_at=scenes.DAY, available_at=scenes.DAY, **handed,
    )  # fmt: skip


def test_a_withdrawal_prepares_one_letter_for_each_notice_that_was_given(scene):
    told = record(scene, "nihr")
    record(scene, "arc")  # an enquiry: nothing was owed, and its address is for questions only
    withdraw(scene)

    (letter,) = follow_ups()
    assert (letter.follows, letter.occasion, letter.state) == (told, "WITHDRAWN", "DUE")
    assert (letter.strength, letter.trigger, letter.due_on) == (
        "NONE_STATED",
        "",
        date(2024, 5, 21),
    )
    assert (letter.body, letter.agency, letter.grant, letter.holder) == (
        told.body,
        told.agency,
        None,
        told.holder,
    )
    assert letter.recipient_email == "international@nihr.ac.uk"
    event = Event.objects.get(act="FOLLOW_UP_PREPARED")
    assert (event.user, event.details) == (scene.lead, {"notice": letter.pk, "follows": told.pk})
    assert Message.objects.filter(kind="NOTICE").count() == 0  # nothing goes out by itself


def test_where_nobody_was_told_nothing_follows(scene):
    """The control of the test above."""
    withdraw(scene)

    assert list(follow_ups()) == []
    assert Event.objects.filter(act="FOLLOW_UP_PREPARED").count() == 0


@pytest.mark.parametrize("state", NoticeState)
def test_it_follows_from_every_state_in_which_the_body_was_or_may_have_been_told(scene, state):
    put("nihr", state)
    withdraw(scene)

    told = state in ("RELEASED", "HELD", "HANDED_OVER", "RECORDED", "ACKNOWLEDGED")
    assert follow_ups().count() == told


@pytest.mark.parametrize(
    ("earlier", "state", "expected"),
    [
        ("HANDED_OVER", "FAILED", 1),  # the first letter arrived, a second one failed
        ("HELD", "NOT_SENT_BY_CHOICE", 1),  # it may have gone out, and was not repeated
        ("BOUNCED", "BOUNCED", 0),
        ("FAILED", "FAILED", 0),
    ],
)
def test_an_earlier_letter_that_may_have_arrived_counts(scene, earlier, state, expected):
    mail("nihr", earlier)
    put("nihr", state)
    withdraw(scene)

    assert follow_ups().count() == expected


def test_a_notice_crossed_out_is_not_followed(scene):
    told = record(scene, "nihr")
    grant = Grant.objects.get(agency__slug="nihr")
    actions.remove_grant(
        application_id=scene.pk, grant_id=grant.pk, reason="", by=scene.lead, at=scenes.DAY
    )
    withdraw(scene)
    told.refresh_from_db()

    assert (told.state, told.removed_at) == ("RECORDED", scenes.DAY)
    assert list(follow_ups()) == []


def test_they_are_prepared_once_and_stay_through_every_later_look_at_the_ledger(scene):
    record(scene, "nihr")
    record(scene, "rcn")
    application = withdraw(scene)
    before = list(Notice.objects.order_by("pk").values())
    prepare_follow_ups(application, Act.WITHDRAW, scene.lead, NIGHT)
    prepare_follow_ups(application, Act.NOT_ADOPT, scene.lead, NIGHT)
    sync_notices(workspace(application), NIGHT + timedelta(days=1))

    assert list(Notice.objects.order_by("pk").values()) == before
    assert sorted(one.body.slug for one in follow_ups()) == ["nihr", "rcn"]


def test_an_application_begun_again_owes_anew_and_has_no_follow_up(scene):
    record(scene, "nihr")
    withdraw(scene)
    again = actions.start_again(application_id=scene.pk, by=scene.lead, at=NIGHT)

    states = dict(again.notices.values_list("body__slug", "state"))
    assert states == {"rcn": "NOT_YET_DUE", "nihr": "NOT_YET_DUE", "arc": "NOTHING_OWED"}
    assert again.notices.filter(follows__isnull=False).count() == 0


def test_the_letter_says_when_they_were_told_and_that_it_is_over(scene):
    record(scene, "nihr")
    withdraw(scene)
    book = ledger(scene.stored())
    (row,) = [one for one in book.rows if one.follow_up]
    letter = draft(
        row.notice, application=book.application, holder=row.notice.holder.researcher,
        lead=book.lead, grants=row.grants, call=book.application.call, row=row.row,
        templates=book.templates,
    )  # fmt: skip

    assert (row.owed, row.has_letter, row.open, row.questions_to) == (False, True, True, "")
    assert "I told you on 20 May 2024 about an application" in letter.text
    assert f"receipt number {scene.stored().receipt}) has been withdrawn." in letter.text
    assert (letter.missing, letter.template_version) == ((), "WITHDRAWN shipped 1")


def test_pages_say_that_nobody_asks_for_it_and_it_may_be_left(client, scene):
    record(scene, "nihr")
    withdraw(scene)
    client.force_login(scene.lead)
    letter = follow_ups().get()
    where = reverse("applications:notice", args=[scene.application.team.ref, letter.pk])
    shown = " ".join(client.get(where).content.decode().split())
    listed = client.get(reverse("applications:notices", args=[scene.application.team.ref]))
    client.post(where, {"act": "not-sent", "not-sent-reason": "They know."})

    sentence = "Nobody asks for this letter; it tells NIHR that the application, of which it was told, has been withdrawn."  # fmt: skip
    assert sentence in shown
    assert "<h1>Follow-up letter to NIHR</h1>" in shown
    assert "A follow-up letter; nobody asks for it" in listed.content.decode()
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("NOT_SENT_BY_CHOICE", "They know.")


def test_the_export_gives_the_end_as_the_occasion(client, scene):
    record(scene, "nihr")
    withdraw(scene)
    client.force_login(scenes.user("officer", staff_agency="AMED", staff_role="OFFICER"))
    where = reverse("applications:staff_export", args=["notices"])
    codes = b"".join(client.get(f"{where}?headers=codes").streaming_content).decode("utf-8-sig")
    lines = [line.split(",") for line in codes.splitlines()]
    columns = [lines[0].index(name) for name in ("body_told", "strength", "trigger", "state")]

    assert [[line[place] for place in columns] for line in lines[1:]] == [
        ["nihr", "NONE_STATED", "WITHDRAWN", "DUE"],
        ["arc", "ENQUIRY", "ANY_TIME", "NOTHING_OWED"],
        ["nihr", "REQUESTED", "UPON_APPLICATION", "RECORDED"],
        ["rcn", "REQUESTED", "UPON_APPLICATION", "NOT_YET_DUE"],
    ]
