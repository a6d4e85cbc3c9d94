"""What has outlived its period goes, kind by kind; what has not, and what has no period, stays."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions, models
from applications.actions import claiming
from applications.management.commands import apply_retention
from applications.queries import retention
from applications.queries.fingerprints import fingerprint
from applications.workflow import Act
from tests.applications import releasing, scenes, screening
from tests.applications.factories import ApplicationFactory, ProofFactory
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)
KINDS = (
    *("drafts", "withdrawn", "not_accepted", "adopted"),
    *("mail_texts", "data_uses", "invitation_addresses"),
)


# The database's, as the acts ask it.
clock = {}


@pytest.fixture(autouse=True)
def settled(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.RETENTION = dict.fromkeys(KINDS)
    clock["now"] = scenes.CLOSES - DAY
    monkeypatch.setattr(claiming, "database_now", lambda: clock["now"])
    monkeypatch.setattr(apply_retention, "database_now", lambda: NOW)


def run(*options):
    out = io.StringIO()
    call_command("apply_retention", *options, stdout=out)
    return out.getvalue().splitlines()


def names():
    return sorted(
        models.Membership.objects.order_by("pk").values_list("researcher__name", flat=True)
    )


def brought_to(state):
    """A team whose application came to this state at ``LATER``, two days after the deadline."""
    scene = scenes.ready()
    if state == "drafts":
        return scene
    clock["now"] = scenes.CLOSES - DAY
    scene.submit()
    clock["now"] = screening.LATER
    if state == "withdrawn":
        actions.withdraw_application(
            application_id=scene.pk, reason="We, 山田 花子, withdraw", by=scene.lead, at=screening.LATER
        )  # fmt: skip
        return scene
    officer = screening.officer()
    acts = {
        "not_accepted": (Act.TAKE_INTO_SCREENING, Act.NOT_ACCEPT),
        "adopted": (Act.TAKE_INTO_SCREENING, Act.ACCEPT, Act.ADOPT),
    }[state]
    for act in acts:
        screening.decide(scene, act, officer, reason="As the panel said of 山田 花子")
    return scene


@pytest.mark.parametrize("kind", ["drafts", "withdrawn", "not_accepted", "adopted"])
def test_an_application_goes_with_its_period_and_not_a_day_earlier(settings, kind):
    scene = brought_to(kind)
    moved = scenes.DAY if kind == "drafts" else screening.LATER
    kept = (NOW - moved).days
    named = names()

    # A period that is not over yet, and those of all the other kinds, touch nothing.
    settings.RETENTION = dict.fromkeys(KINDS, 1) | {kind: kept + 1} | dict.fromkeys(KINDS[4:])
    run()
    assert names() == named

    # A dry run lists it, by number, and changes nothing.
    settings.RETENTION |= {kind: kept - 1}
    assert f"{kind}: Application {scene.pk}" in run("--dry-run")
    assert names() == named

    # Then it goes: people, texts, reasons and search; twice finds nothing more.
    assert f"{kind}: Application {scene.pk}" in run()
    assert f"{kind}: 0 emptied, {kept - 1} days" in run()
    stored = scene.stored()
    assert set(names()) == {"—"}
    assert (stored.title_ja, stored.title_en, stored.abstract_en) == ("", "", "")
    assert "山田" not in stored.search_text
    assert not any("山田" in one.reason for one in models.Event.objects.all())
    assert not any("山田" in one.text for one in models.TeamLetter.objects.all())
    for version in models.Version.objects.all():
        assert fingerprint(version.content) == version.sha256
    call_command("check_invariants", stdout=io.StringIO())


def test_without_periods_nothing_goes():
    scene = brought_to("withdrawn")
    before = (names(), list(models.Message.objects.values()))

    assert run()[:-1] == [f"{kind}: kept, no period is set" for kind in KINDS]

    assert (names(), list(models.Message.objects.values())) == before
    assert scene.stored().title_ja == "細胞の記憶"


def test_a_draft_of_an_open_call_is_not_abandoned(settings):
    scene = scenes.ready()
    scene.application.call.closes_at = NOW + DAY
    scene.application.call.save()
    settings.RETENTION |= {"drafts": 1}

    assert "drafts: 0 emptied, 1 days" in run()


def test_texts_of_mails_go_but_neither_letters_to_funders_nor_what_waits(settings):
    scene = releasing.ready(scenes.ready())
    releasing.release(scene)
    left = {"handed_over_at": scenes.DAY, "secret": "", "state": "HANDED_OVER"}
    models.Message.objects.update(**left)
    given = {"kind": "TEAM", "application": scene.application, "recipient": "a@b.example"}
    moments = {"created_at": scenes.DAY, "available_at": scenes.DAY}
    done = models.Message.objects.create(
        dedupe_key="done", subject="s", text="done", **given, **moments, **left
    )
    waits = models.Message.objects.create(
        dedupe_key="waits", subject="s", text="waits", **given, **moments
    )
    settings.RETENTION |= {"mail_texts": 365}

    assert f"mail_texts: Message {done.pk}" in run()

    done.refresh_from_db()
    assert (done.text, done.subject, done.recipient) == ("", "", "")
    assert models.Message.objects.get(kind="NOTICE").text != ""
    assert models.Message.objects.get(pk=waits.pk).text == "waits"


def test_a_failed_mail_goes_once_it_is_past_its_time_and_one_still_of_use_stays(settings):
    scene = scenes.ready()
    given = {
        "kind": "INVITATION", "application": scene.application, "recipient": "a@b.example",
        "created_at": scenes.DAY, "available_at": scenes.DAY, "subject": "s", "text": "Dear Kari",
        "secret": "https://link", "state": "FAILED",
    }  # fmt: skip
    past = models.Message.objects.create(dedupe_key="past", expires_at=scenes.CLOSES, **given)
    of_use = [
        models.Message.objects.create(dedupe_key=f"of use {until}", expires_at=until, **given)
        for until in (None, NOW + DAY)
    ]
    settings.RETENTION |= {"mail_texts": 365}

    assert f"mail_texts: Message {past.pk}" in run()

    past.refresh_from_db()
    assert (past.state, past.reason) == ("DISCARDED", "out of date")
    assert (past.text, past.subject, past.recipient, past.secret) == ("", "", "", "")
    for one in of_use:
        one.refresh_from_db()
        assert (one.state, one.text) == ("FAILED", "Dear Kari")
    assert "mail_texts: 0 emptied, 365 days" in run()


def begun_again(scene, status, at):
    """Another application of the same team for the same call, as it stands since ``at``."""
    submitted = {} if status == "DRAFT" else {
        "submitted_at": scenes.DAY, "submitted_by": scene.lead, "receipt": f"R-{at:%d}",
        "edition": scene.application.call.edition, "version": 1,
    }  # fmt: skip
    return models.Application.objects.create(
        team=scene.application.team, call=scene.application.call, status=status, created_at=at,
        changed_at=at, title_ja="もう一度", **submitted,
    )  # fmt: skip


def test_a_team_that_withdrew_and_began_again_goes_when_the_later_period_is_over_too(settings):
    scene = brought_to("withdrawn")
    again = begun_again(scene, "NOT_ACCEPTED", NOW - 50 * DAY)
    named = names()

    # The earlier one's period alone, the later one's not yet, or never: all stays.
    for later in (60, None):
        settings.RETENTION = dict.fromkeys(KINDS) | {"withdrawn": 365, "not_accepted": later}
        run()
        assert names() == named

    settings.RETENTION |= {"not_accepted": 40}
    told = run()

    assert f"withdrawn: Application {scene.pk}" in told
    assert f"not_accepted: Application {again.pk}" in told
    assert set(names()) == {"—"}
    assert not models.Application.objects.exclude(title_ja="").exists()
    assert {line for line in run() if "emptied" in line} == {
        "withdrawn: 0 emptied, 365 days", "not_accepted: 0 emptied, 40 days",
    }  # fmt: skip


def test_of_two_withdrawn_ones_the_older_does_not_take_the_newer_ones_people(settings):
    scene = brought_to("withdrawn")
    begun_again(scene, "WITHDRAWN", NOW - 50 * DAY)
    settings.RETENTION |= {"withdrawn": 60}
    named = names()

    assert "withdrawn: 0 emptied, 60 days" in run()

    assert names() == named


def test_a_draft_abandoned_after_a_withdrawal_goes_with_it_in_one_night(settings):
    scene = brought_to("withdrawn")
    draft = begun_again(scene, "DRAFT", scenes.DAY)
    settings.RETENTION |= {"withdrawn": 365, "drafts": 365}

    told = run()

    assert f"drafts: Application {draft.pk}" in told
    assert f"withdrawn: Application {scene.pk}" in told
    assert not models.Application.objects.exclude(title_ja="").exists()


def test_an_application_reopened_since_it_was_listed_is_left_alone(settings, monkeypatch):
    brought_to("not_accepted")
    settings.RETENTION |= {"not_accepted": 365}
    named, lock = names(), claiming.lock

    def reopened_first(pk):
        models.Application.objects.filter(pk=pk).update(status="SCREENING")
        return lock(pk)

    monkeypatch.setattr("applications.actions.retention.lock", reopened_first)

    assert "not_accepted: 0 emptied, 365 days" in run()
    assert names() == named


def test_one_application_that_cannot_be_emptied_stops_no_other_and_the_run_says_so(
    settings, monkeypatch, caplog
):
    scene = brought_to("withdrawn")
    other = ApplicationFactory(status="WITHDRAWN", title_ja="別", changed_at=scenes.DAY)
    settings.RETENTION |= {"withdrawn": 365, "invitation_addresses": 365}
    lock, out = claiming.lock, io.StringIO()

    def broken(pk):
        if pk == scene.pk:
            raise OSError("disk")
        return lock(pk)

    monkeypatch.setattr("applications.actions.retention.lock", broken)
    with pytest.raises(CommandError) as refusal:
        call_command("apply_retention", stdout=out)

    assert refusal.value.returncode == 1
    told = out.getvalue().splitlines()
    assert f"could not be emptied: Application {scene.pk}; the log says why" in told
    assert f"withdrawn: Application {other.pk}" in told
    assert "withdrawn: 1 emptied, 365 days" in told
    assert "invitation_addresses: 0 emptied, 365 days" in told
    assert scene.stored().title_ja == "細胞の記憶"
    assert "disk" in caplog.text


def test_the_logs_are_read_once_for_a_team_however_many_people(settings):
    scene = brought_to("withdrawn")
    LogEntry.objects.create(
        user=scene.lead, action_flag=2, object_repr="山田 花子", change_message="Kari Nordmann"
    )
    settings.RETENTION |= {"withdrawn": 365}

    with CaptureQueriesContext(connection) as asked:
        run()

    read = [one for one in asked.captured_queries if 'FROM "django_admin_log"' in one["sql"]]
    assert len(read) == 1
    kept = LogEntry.objects.get()
    assert (kept.object_repr, kept.change_message) == ("［erased］", "［erased］")


def test_words_of_uses_of_data_and_addresses_of_invitations_go(settings):
    scene, by = scenes.ready(), UserFactory()
    use = {"kind": "EXPORT", "by": by, "name": "members", "personal": True, "reason": "Panel"}
    old = models.DataUse.objects.create(at=scenes.DAY, filters="q=Kari", **use)
    new = models.DataUse.objects.create(at=NOW - DAY, filters="q=Kari", **use)
    asked = {
        "membership": scene.partner, "application": scene.application, "language": "en",
        "email": "kari@example.no", "created_at": scenes.DAY, "created_by": by,
    }  # fmt: skip
    models.Invitation.objects.create(
        token_digest="1" * 64, expires_at=scenes.CLOSES, ended_how="DECLINED",
        ended_at=scenes.CLOSES, **asked,
    )  # fmt: skip
    models.Invitation.objects.create(token_digest="2" * 64, expires_at=NOW + DAY, **asked)
    settings.RETENTION |= {"data_uses": 365, "invitation_addresses": 90}

    told = run()

    assert f"data_uses: DataUse {old.pk}" in told
    assert list(models.DataUse.objects.order_by("pk").values_list("filters", "reason")) == [
        ("［erased］", "［erased］"), ("q=Kari", "Panel"),
    ]  # fmt: skip
    assert new.by == by
    assert list(models.Invitation.objects.order_by("pk").values_list("email", flat=True)) == [
        "", "kari@example.no",
    ]  # fmt: skip


def test_a_file_without_a_row_is_swept_once_it_is_a_day_old(settings):
    kept = ProofFactory()
    folder = Path(settings.MEDIA_ROOT) / "proofs"
    for name in ("left-behind", "being-uploaded"):
        (folder / name).write_bytes(b"x")
    old = (datetime.now(tz=UTC) - 2 * DAY).timestamp()
    os.utime(folder / "left-behind", (old, old))
    os.utime(kept.file.path, (old, old))

    assert actions.sweep_files() == ["proofs/left-behind"]

    assert sorted(one.name for one in folder.iterdir()) == sorted(
        ["being-uploaded", Path(kept.file.name).name]
    )


def test_every_setting_has_its_rows():
    asked = retention.over(dict.fromkeys(KINDS, 1), NOW)

    assert [one.kind for one in asked] == list(KINDS)


def test_the_privacy_page_tells_the_periods_in_force(client, settings):
    page = reverse("directory:privacy")
    unset = client.get(page).content.decode()
    settings.RETENTION |= {"drafts": 365, "mail_texts": 90}
    told = client.get(page).content.decode()

    assert "Kept until AMED has set a period" in unset
    assert ("365 days" in unset, "365 days" in told, "90 days" in told) == (False, True, True)
