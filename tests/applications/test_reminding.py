"""Reminders of due notices: whom, when and how often, and who is left alone."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import actions, outbox
from applications.actions import claiming
from applications.actions.invitation_limits import forgotten_digest
from applications.actions.ledger import sync_notices
from applications.models import (
    Application,
    Event,
    ForgottenAddress,
    MailGate,
    Membership,
    Message,
    Notice,
    PersonalLink,
    ReliedGrant,
    Role,
    Team,
)
from applications.models.invitation import token_digest
from applications.queries.application import workspace
from directory.models import JAPAN_TIME, Researcher
from tests.applications import scenes
from tests.applications.invited import secret_of

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KARI = "kari@example.no"


@pytest.fixture
def scene(monkeypatch):
    """Submitted on 20 May 2024: Kari's notice to RCN is due."""
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    found = scenes.ready()
    found.submit()
    return found


def run(days, hours=0):
    """Let the worker ask on that day; return whom it owes a mail."""
    known = set(Message.objects.values_list("pk", flat=True))
    actions.owe_due_reminders(at=scenes.DAY + days * DAY + hours * HOUR)
    new = Message.objects.exclude(pk__in=known).order_by("pk")
    assert {one.kind for one in new} <= {"DUE"}
    return [one.recipient for one in new]


def with_more_grants(scene):
    """Four more notices of Kari's; with RCN's, five are due."""
    for slug, number in [("nihr", "NIHR200001"), ("nsf", "2434229"), ("stint", "MG2019-8480"),
                         ("vinnova", "2023-01234")]:  # fmt: skip
        scenes.grant(scene.application, scene.partner, slug, number)
    ReliedGrant.objects.update(verdict="FITS")  # as if submitted with the first
    sync_notices(workspace(scene.stored()), scenes.DAY)
    assert Notice.objects.filter(state="DUE").count() == 5


def reminders():
    return Message.objects.filter(kind="DUE").order_by("pk")


def test_a_holder_is_reminded_after_three_and_after_ten_days_and_not_again(scene):
    told = {day: who for day in range(40) if (who := run(day))}

    assert told == {3: [KARI], 10: [KARI]}
    first, second = reminders()
    member, notice = scene.partner.pk, Notice.objects.get()
    assert [one.dedupe_key for one in (first, second)] == [
        f"due:{member}:3:2024-05-20",
        f"due:{member}:10:2024-05-20",
    ]
    assert first.expires_at == first.created_at + 2 * DAY
    events = Event.objects.filter(act="NOTICE_REMINDED").order_by("pk")
    assert [(one.by_system, one.details) for one in events] == [
        (True, {"membership": member, "message": one.pk, "notices": [notice.pk]})
        for one in (first, second)
    ]


def test_days_are_counted_in_japan(scene):
    # 23 May begins in Japan at 15:00 UTC of the 22nd; the scene's moment is 01:00 UTC
    assert (run(2, hours=13), run(2, hours=14)) == ([], [KARI])


def test_five_due_notices_of_one_person_are_one_mail(scene):
    with_more_grants(scene)

    assert run(3) == [KARI]
    text = reminders().get().text
    assert [text.count(f"- {one}") for one in ("RCN", "NIHR", "NSF", "STINT", "Vinnova")] == [1] * 5


def test_a_notice_that_fell_due_later_has_its_own_days_and_no_second_mail_beside(scene):
    with_more_grants(scene)
    Notice.objects.filter(agency__slug="nsf").update(due_on=date(2024, 5, 24))

    assert {day: who for day in range(20) if (who := run(day))} == {
        day: [KARI] for day in (3, 7, 10, 14)
    }


def test_the_mail_brings_the_only_link_that_works(scene):
    old = PersonalLink.objects.create(
        membership=scene.partner, token_digest="0" * 64, created_at=scenes.DAY,
        expires_at=scenes.DAY + 400 * DAY,
    )  # fmt: skip
    run(3)

    mail = reminders().get()
    assert mail.secret.startswith("http://localhost:8000/en/me/")
    fresh = PersonalLink.objects.get(token_digest=token_digest(secret_of(mail)))
    old.refresh_from_db()
    assert (fresh.revoked_at, old.revoked_at) == (None, scenes.DAY + 3 * DAY)


def test_who_has_an_account_is_led_to_the_page_behind_sign_in(scene):
    account = scenes.user("kari", language="ja")
    Researcher.objects.filter(pk=scene.partner.researcher_id).update(user=account)

    assert run(3) == [account.email]
    mail = reminders().get()
    assert f"/ja/teams/{scene.application.team.ref}/mine/" in mail.text
    assert (mail.secret, PersonalLink.objects.count()) == ("", 0)


def holder(**fields):
    return lambda scene: Membership.objects.filter(pk=scene.partner.pk).update(**fields)


def researcher(**fields):
    return lambda scene: Researcher.objects.filter(pk=scene.partner.researcher_id).update(**fields)


def notices(**fields):
    return lambda _scene: Notice.objects.update(**fields)


def forgotten(_scene):
    ForgottenAddress.objects.create(digest=forgotten_digest(KARI), at=scenes.DAY)


def account_closed(scene):
    researcher(user=scenes.user("gone", is_active=False))(scene)


def mail_held(_scene):
    gate = outbox.mail_gate()
    MailGate.objects.filter(pk=gate.pk).update(held_at=scenes.DAY, reason="restored")


@pytest.mark.parametrize(
    "left_alone",
    [
        holder(reminders_off_at=scenes.DAY),
        holder(removed_at=scenes.DAY),
        holder(confirmed_at=None, confirmed_how=""),  # withdrew, or never confirmed
        researcher(email=""),
        researcher(email="No-Reply@example.no"),
        researcher(email="international@nihr.ac.uk"),  # a funder's, published
        notices(recipient_email="KARI@example.no"),  # the one whom the notice is for
        forgotten,
        account_closed,
        mail_held,
        notices(removed_at=scenes.DAY),
        *[
            notices(state=state)
            for state in ("NOT_YET_DUE", "NOTHING_OWED", "RELEASED", "HANDED_OVER", "HELD")
        ],
        notices(strength="ENQUIRY"),
        *[
            lambda scene, status=status: scene.change(status=status)
            for status in ("DRAFT", "WITHDRAWN", "NOT_ACCEPTED", "NOT_ADOPTED")
        ],
    ],
)
def test_left_alone(scene, left_alone):
    left_alone(scene)

    assert (run(3), run(10)) == ([], [])
    assert (Event.objects.filter(act="NOTICE_REMINDED").count(), PersonalLink.objects.count()) == (
        (0, 0)
    )


@pytest.mark.parametrize("status", ["SCREENING", "RETURNED", "ACCEPTED", "ADOPTED"])
def test_control_while_the_application_lives_the_holder_is_reminded(scene, status):
    until = scenes.CLOSES if status == "RETURNED" else None
    scene.change(status=status, returned_until=until, return_reason="Area" if until else "")

    assert run(3) == [KARI]


def in_another_team(scene, status="SUBMITTED"):
    """The same person, by the same address, holds a due notice in a second team."""
    team = Team.objects.create(created_at=scenes.DAY)
    other = Application.objects.create(
        team=team, call=scene.application.call, status=status, title_en="Second", receipt="B",
        edition=scene.application.call.edition, submitted_at=scenes.DAY, version=1,
        submitted_by=scene.lead,
        created_at=scenes.DAY, changed_at=scenes.DAY,
    )  # fmt: skip
    member = scenes.person(team, Role.PARTNER, "Kari N.", "NO", email=KARI.upper())
    rcn = Notice.objects.get().agency
    Notice.objects.create(
        application=other, holder=member, agency=rcn, body=rcn, strength="REQUESTED",
        trigger="UPON_APPLICATION", state="DUE", due_on=scenes.DAY.date(),
    )  # fmt: skip


def test_one_address_in_two_teams_hears_of_us_once_in_24_hours(scene):
    in_another_team(scene)

    assert (run(3), run(3, hours=1), run(3, hours=23)) == ([KARI], [], [])
    # Then the other team's waits no longer; but while that mail has not left, nothing follows it
    Message.objects.filter(kind="DUE").update(
        state="HANDED_OVER", handed_over_at=scenes.DAY + 3 * DAY + HOUR, secret=""
    )
    assert (run(4), run(4, hours=1)) == ([], [KARI.upper()])


# -- hazard 26 -----------------------------------------------------------------------------------


def test_after_a_worker_that_stood_still_for_twelve_days_nobody_gets_more_than_one_mail(scene):
    with_more_grants(scene)

    assert [run(day) for day in (12, 13, 14, 25)] == [[KARI], [], [], []]
    assert reminders().get().dedupe_key == f"due:{scene.partner.pk}:10:2024-05-20"


def test_of_a_mail_server_that_was_down_for_a_week_only_the_newest_reminder_leaves(
    scene, mailoutbox
):
    run(3), run(10)

    outbox.deliver_due(now=lambda: scenes.DAY + 10 * DAY)

    assert Counter(one.to[0] for one in mailoutbox)[KARI] == 1
    assert [one.state for one in reminders()] == ["DISCARDED", "HANDED_OVER"]


def test_control_without_the_day_after_which_it_is_of_no_use_both_leave(scene, mailoutbox):
    run(3), run(10)
    reminders().update(expires_at=None)

    outbox.deliver_due(now=lambda: scenes.DAY + 10 * DAY)

    assert Counter(one.to[0] for one in mailoutbox)[KARI] == 2


# -- the worker ----------------------------------------------------------------------------------


def due_since_three_days():
    """The command asks the database's clock."""
    today = timezone.now().astimezone(JAPAN_TIME).date()
    Notice.objects.update(due_on=today - 3 * DAY)


def test_the_worker_owes_reminders_and_sends_them(scene, mailoutbox):
    due_since_three_days()
    for _run in range(2):
        call_command("send_messages", "--once", stdout=StringIO())

    assert [one.to[0] for one in mailoutbox].count(KARI) == 1


def test_a_reminder_that_cannot_be_worded_stops_no_mail(scene, mailoutbox, monkeypatch, caplog):
    def broken(**_mail):
        raise KeyError("no words")

    due_since_three_days()
    monkeypatch.setattr("applications.reminder_mail.due_mail", broken)
    call_command("send_messages", "--once", stdout=StringIO())

    assert [one.to[0] for one in mailoutbox] == ["lead@example.org"]
    assert "Reminders of notices could not be owed" in caplog.text
    assert (reminders().count(), PersonalLink.objects.count()) == (0, 0)


# -- cost ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 4])
def test_the_statements_are_the_same_for_one_as_for_many(scene, people):
    with_more_grants(scene)
    for number in range(1, people):
        member = scenes.person(
            scene.application.team, Role.PARTNER, f"P{number}", "NO", email=f"p{number}@x.example"
        )
        scenes.grant(scene.application, member, "rcn", f"30000{number}")
    ReliedGrant.objects.update(verdict="FITS")  # as if submitted with the first
    sync_notices(workspace(scene.stored()), scenes.DAY)
    outbox.mail_gate()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        actions.owe_due_reminders(at=scenes.DAY + 3 * DAY)

    # gate, its lock; twice (before and under the locks) rows, last reminders, addresses written to,
    # published ones, forgotten ones; locks; keys; links revoked, made; mails; events
    of_ours = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len([one for one in of_ours if "pg_control" not in one]) == 18
    assert reminders().count() == people


# -- a colleague's reminder ------------------------------------------------------------------------


def remind(scene, *, by=None, days=0, hours=0):
    return actions.remind_holder(
        application_id=scene.pk,
        membership_id=scene.partner.pk,
        by=by or scene.lead,
        at=scenes.DAY + days * DAY + hours * HOUR,
    )


def test_a_colleague_reminds_once_in_72_hours_and_the_portal_counts_it(scene):
    mail = remind(scene, days=3)

    assert (mail.kind, mail.recipient, mail.asked_by) == ("DUE", KARI, scene.lead)
    event = Event.objects.get(act="NOTICE_REMINDED")
    assert (event.user, event.details["membership"]) == (scene.lead, scene.partner.pk)
    for by, hours in ((scene.lead, 1), (scene.deputy, 71)):
        with pytest.raises(actions.TooSoon) as refusal:
            remind(scene, by=by, days=3, hours=hours)
        assert refusal.value.again_at == mail.created_at + 72 * HOUR
    assert [run(day) for day in (3, 4, 5)] == [[], [], []]
    assert remind(scene, by=scene.deputy, days=6).asked_by == scene.deputy


def test_a_colleague_reminds_of_what_is_not_due_yet_or_went_wrong(scene):
    Notice.objects.update(state="NOT_YET_DUE", due_on=None)
    assert "Not due yet: When the application is submitted" in remind(scene).text
    Notice.objects.update(state="BOUNCED")
    assert "State: Came back undeliverable" in remind(scene, days=4).text


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (holder(reminders_off_at=scenes.DAY), actions.RemindersOff),
        (holder(removed_at=scenes.DAY), Membership.DoesNotExist),
        (holder(confirmed_at=None, confirmed_how=""), actions.NotConfirmed),
        (researcher(email=""), actions.NoAddress),
        (notices(recipient_email=KARI), actions.NoAddress),
        (researcher(email="international@nihr.ac.uk"), actions.NoAddress),
        (forgotten, actions.AddressForgotten),
        (notices(removed_at=scenes.DAY), actions.NothingOpen),
        (notices(state="RELEASED"), actions.NothingOpen),
        (lambda scene: scene.change(status="WITHDRAWN"), actions.NotAllowed),
    ],
)
def test_why_a_colleagues_reminder_is_refused(scene, change, refusal):
    change(scene)
    with pytest.raises(refusal):
        remind(scene)
    assert reminders().count() == 0


def test_nobody_but_the_teams_writers_reminds(scene):
    staff = scenes.user("staff", staff_agency="AMED", staff_role="OFFICER")
    for by in (staff, scenes.user("stranger")):
        with pytest.raises(actions.NotPermitted):
            remind(scene, by=by)


# -- the choice ------------------------------------------------------------------------------------


def test_a_person_stops_the_reminders_and_wants_them_again(scene):
    def choose(wanted, by=scene.partner):
        actions.choose_reminders(
            application_id=scene.pk, membership_id=scene.partner.pk, wanted=wanted, by=by,
            at=scenes.DAY,
        )  # fmt: skip
        return Membership.objects.get(pk=scene.partner.pk).reminders_off_at

    assert [choose(False), choose(False), choose(True), choose(True)] == [
        *[scenes.DAY] * 2,
        *[None] * 2,
    ]
    acts = Event.objects.filter(act__startswith="REMINDERS").order_by("pk")
    assert [(one.act, one.membership) for one in acts] == [
        ("REMINDERS_STOPPED", scene.partner),
        ("REMINDERS_WANTED", scene.partner),
    ]
    with pytest.raises(actions.NotPermitted):
        choose(False, by=scene.lead)
