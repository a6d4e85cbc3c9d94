"""What has outlived its period goes, kind by kind; what has not, and what has no period, stays."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from applications import actions, models
from applications.actions import claiming
from applications.management.commands import apply_retention
from applications.queries import retention
from applications.queries.fingerprints import fingerprint
from applications.workflow import Act
from tests.applications import releasing, scenes, screening
from tests.applications.factories import ProofFactory
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)
KINDS = (
    *("drafts", "withdrawn", "not_accepted", "adopted"),
    *("mail_texts", "data_uses", "invitation_addresses"),
)


@pytest.fixture(autouse=True)
def settled(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.RETENTION = dict.fromkeys(KINDS)
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES - DAY)
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
    scene.submit()
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
