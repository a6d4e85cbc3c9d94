"""Erasing a person: no word of theirs is left anywhere, hashes hold, others keep theirs, a restore undoes nothing."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings as configured
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection

from applications import actions, models
from applications.actions import claiming, emptying, erasing, erasing_account
from applications.queries import traces as known
from applications.queries.fingerprints import fingerprint
from directory.models import Agency, CallChange, Erasure, ErasureRequest, Researcher, User
from tests.append_only import lifted
from tests.applications import scenes, screening
from tests.applications.factories import CREATED_AT
from tests.applications.my_data_lives import MINE, THEIRS, two_lives
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def before_the_deadline(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES - timedelta(hours=1))


def dump():
    """Every value of every column of every table, with where it stands; sessions as what they hold."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        fields = [one.attname for one in model._meta.concrete_fields]
        for row in model._default_manager.values(*fields):
            found += [(f"{model._meta.label}.{name}", str(value)) for name, value in row.items()]
    for session in apps.get_model("sessions.Session").objects.all():
        found.append(("sessions.Session.decoded", str(session.get_decoded())))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        found += [("portal_cache", f"{key} {value}") for key, value in cursor.fetchall()]
    for path in Path(configured.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            found.append((f"file {path.name}", path.read_bytes().decode(errors="replace")))
            found.append(("file name", str(path)))
    return found


def traces(*words):
    return sorted(
        {where for where, value in dump() if any(one in value.casefold() for one in words)}
    )


def approver(agency="AMED"):
    return UserFactory(staff_agency=agency, staff_role="APPROVER", email=f"{agency}@staff.example")


def surrounded(me, them, application):
    """Put the person's words and name wherever rows, logs, files and others' texts may hold them."""
    name, address = f"{MINE} name", me.email
    team = application.team
    models.InternalNote.objects.create(
        application=application, by=them, at=CREATED_AT, text=f"Ask {name} again"
    )
    models.TeamLetter.objects.create(
        application=application, act="RETURN", language="en", subject=f"To {name}",
        text=f"Dear {name.upper()},\nwrite to {address}.", drafted_at=CREATED_AT, drafted_by=them,
    )  # fmt: skip
    models.DataUse.objects.create(
        kind="EXPORT", by=them, at=CREATED_AT, name="members",
        filters=urlencode({"q": name}), personal=True,
        reason=f"{name} asked", application=None,
    )  # fmt: skip
    call, edition = application.call, application.call.edition
    models.GoldenCase.objects.create(
        edition=edition, agency=Agency.objects.first(), on=CREATED_AT, expected_verdict="FITS",
        why=f"As {name} has it", stated_by=them, stated_at=CREATED_AT,
    )  # fmt: skip
    models.Publication.objects.create(
        edition=edition, by=them, at=CREATED_AT, reason=f"{name} waits", fingerprint="f"
    )
    CallChange.objects.create(
        call=call, at=CREATED_AT, by=them, reason_en=f"{name} asked", reason_ja=f"{name}の希望",
        opens_before=call.opens_at, opens_after=call.opens_at, closes_before=CREATED_AT,
        closes_after=call.closes_at, edition_before=edition, edition_after=edition,
    )  # fmt: skip
    models.Event.objects.create(
        application=application, act="NOTICE_NOT_SENT", user=them, at=CREATED_AT,
        reason=f"{name} is away", details={},
    )  # fmt: skip
    models.Message.objects.create(
        dedupe_key="news", kind="TEAM", application=application, recipient=them.email,
        subject=f"{name} confirmed", text=f"{THEIRS} reads: {MINE}\nname ({address}) confirmed",
        sender_name=name, reply_to=address, created_at=CREATED_AT, available_at=CREATED_AT,
    )  # fmt: skip
    models.Message.objects.create(
        dedupe_key="code", kind="ACCOUNT", recipient=address.upper(), subject="Your code",
        text=f"{MINE}: 123456", created_at=CREATED_AT, available_at=CREATED_AT,
    )  # fmt: skip
    application.explanation = f"{name} holds what nobody else does; {THEIRS} helps."
    application.search_text = f"maps {MINE} name"
    application.save()
    team.memberships.filter(researcher__user=them).update(removed_reason=f"{name} took over")
    EmailAddress.objects.create(user=me, email=f"second@{MINE}.example", verified=True)
    SocialAccount.objects.create(user=me, provider="orcid", uid="1", extra_data={"who": MINE})
    Authenticator.objects.create(user=me, type="webauthn", data={"name": f"{MINE} key"})
    LogEntry.objects.create(
        user=them, content_type=ContentType.objects.get_for_model(User), object_id=str(me.pk),
        object_repr=address, change_message=f"{MINE}", action_flag=2,
    )  # fmt: skip
    for kept in ({"_auth_user_id": str(me.pk), "said": MINE}, {"account_login": address}):
        session = SessionStore()
        session.update(kept)
        session.save()
    UserSession.objects.create(
        user=me, session_key=session.session_key, ip="192.0.2.1", user_agent=f"{MINE} browser"
    )
    ErasureRequest.objects.create(user=me, note=f"{MINE} goes", requested_at=CREATED_AT)


def lives():
    """Two people of one team; the copy about the first holds their words, too."""
    me, them, _rows = two_lives()
    application = models.Application.objects.get()
    surrounded(me, them, application)
    # The application is over, so that nobody waits for the team.
    application.status = "NOT_ADOPTED"
    application.save()
    about = models.Attestation.objects.get(relied__grant__holder__user=me).proof
    with about.file.open("wb") as file:
        file.write(f"From: {me.email}\n\n{MINE} agrees".encode())
    for version in models.Version.objects.all():
        assert version.content == {"people": []}
    return me, them, application


def test_of_an_erased_person_no_word_is_left_in_any_table_or_file(
    django_capture_on_commit_callbacks,
):
    # Given somebody whose word stands in every table about people, in files, sessions and logs
    me, them, application = lives()
    before = traces(MINE)
    others = theirs_of(them)
    assert {one.partition(".")[0] for one in before} >= {
        *("directory", "applications", "account", "socialaccount", "mfa", "usersessions"),
        *("admin", "sessions"),
    }
    assert len(before) >= 75  # control: the scanner finds what is there

    # When an approver erases the person
    with django_capture_on_commit_callbacks(execute=True):
        done = actions.erase_person(
            user_id=me.pk, reason="Asked for by the person", by=approver(), at=AT
        )

    # Then the word is nowhere, but in the directory's own rows of funders (names of agencies)
    assert [one for one in traces(MINE) if not one.startswith(FUNDERS)] == []
    # And others' words stay
    assert theirs_of(them) == others
    # And what was done is listed without a name
    entry = Erasure.objects.get(subject__startswith="Researcher")
    assert [one.subject for one in done] == [entry.subject, f"User {me.pk}"]
    assert models.Event.objects.filter(act="PERSON_ERASED", application=application).count() == 1


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ([(emptying, "take_out")], "applications.TeamLetter.text"),
        ([(emptying, "erase_files")], "file "),
        ([(emptying, "_erase_acts")], "applications.Event.reason"),
        ([(emptying, "_erase_letters")], "applications.Notice.text"),
        ([(emptying, "_erase_row")], "directory.Researcher.family_latin"),
        ([(erasing, "take_out_of_the_logs")], "applications.DataUse.filters"),
        ([(erasing_account, "erase_mails")], "applications.Message.text"),
        (
            [(emptying, "erase_mails"), (erasing_account, "erase_mails")],
            "applications.Message.error",
        ),
        ([(erasing_account, "_end_sessions")], "sessions.Session.decoded"),
    ],
)
def test_without_one_of_its_parts_an_erasure_leaves_a_trace(
    parts, where, monkeypatch, django_capture_on_commit_callbacks
):
    """The control of the search above: it finds what a part would have left."""
    for module, part in parts:
        monkeypatch.setattr(module, part, lambda *_args, **_more: None)
    me, _them, _application = lives()

    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_person(user_id=me.pk, reason="Asked", by=approver(), at=AT)

    left = [one for one in traces(MINE) if not one.startswith(FUNDERS)]
    assert [one for one in left if one.startswith(where)], left


# The twins' funders, programmes and letter words are named after them; those are not about a person.
FUNDERS = (
    "directory.Agency.", "directory.HistoricalAgency.", "directory.Programme.",
    "directory.HistoricalProgramme.", "applications.ReleasedLetter.t", "applications.ReliedGrant.",
    "applications.Message.dedupe_key", "applications.Invitation.token", "applications.PersonalLink.token",
    "applications.Version.sha256", "applications.Proof.sha256",
)  # fmt: skip


def theirs_of(them):
    """What holds the other's own values, row by row."""
    return {
        "person": Researcher.objects.filter(user=them).values().get(),
        "account": User.objects.filter(pk=them.pk).values().get(),
        "addresses": list(EmailAddress.objects.filter(user=them).values()),
        "grants": list(Researcher.objects.get(user=them).grants.values()),
        "notices": list(models.Notice.objects.filter(holder__researcher__user=them).values()),
        "letters": list(
            models.Message.objects.filter(notice__holder__researcher__user=them).values()
        ),
        "versions": list(models.VersionPerson.objects.filter(researcher__user=them).values()),
    }


# -- a real submission ---------------------------------------------------------------------
def submitted(account_of_partner=True):
    """A submitted team whose partner has an account; the lead is somebody else."""
    scene = scenes.ready()
    if account_of_partner:
        kari = UserFactory(email="kari@example.org", name="Kari Nordmann")
        scene.partner.researcher.user = kari
        scene.partner.researcher.save()
    scene.submit()
    scene.partner.refresh_from_db()
    return scene


def test_snapshots_keep_a_pseudonym_and_their_hashes_hold():
    scene = submitted()
    version = models.Version.objects.get()
    kari = scene.partner.researcher.user

    done = actions.erase_person(user_id=kari.pk, reason="Asked", by=approver(), at=AT)

    again = models.Version.objects.get()
    assert (again.content, again.sha256) == (version.content, version.sha256)
    assert fingerprint(again.content) == again.sha256
    assert {one["id"] for one in again.content["inputs"]["people"]} >= {f"P{scene.partner.pk}"}
    assert models.VersionPerson.objects.get(pseudonym=f"P{scene.partner.pk}").values == {}
    kari.refresh_from_db()
    assert (kari.name, kari.email, kari.is_active) == (
        done[1].pseudonym, f"{done[1].pseudonym.lower()}@erased.invalid", False,
    )  # fmt: skip
    # The team goes on without the person: crossed out, and the grant with them.
    member = models.Membership.objects.get(pk=scene.partner.pk)
    assert (member.removed_at, member.researcher.name) == (AT, "—")
    call_command("check_invariants", stdout=io.StringIO())


def backup():
    """Every row of every table, and every file."""
    rows = [
        serializers.serialize("python", model._default_manager.order_by("pk"))
        for model in apps.get_models()
        if model._meta.label not in ("contenttypes.ContentType", "auth.Permission")
    ]
    root = Path(configured.MEDIA_ROOT)
    return rows, {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def restored(rows, files):
    """Bring the backup back: what was made since is gone, and all else as it was."""
    with lifted():
        Erasure.objects.all().delete()
        models.Event.objects.filter(act="PERSON_ERASED").delete()
        for table in rows:
            for one in serializers.deserialize("python", table):
                one.save()
    for path, content in files.items():
        path.write_bytes(content)


def test_an_older_backup_is_brought_back_and_the_person_is_gone_again(
    tmp_path_factory, capsys, django_capture_on_commit_callbacks
):
    # Given a person who was erased after a backup of all tables and files, and the list kept elsewhere
    me, them, _application = lives()
    kept, before = backup(), traces(MINE)
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_person(user_id=me.pk, reason="Asked", by=approver(), at=AT)
    file = tmp_path_factory.mktemp("elsewhere") / "erasures.csv"
    call_command("list_erasures", output=str(file))
    assert MINE not in file.read_text()
    others = theirs_of(them)

    # When the backup is restored: all values are there, the record of the erasure is not
    restored(*kept)
    assert traces(MINE) == before  # control

    # Then the list takes them away again, twice with no harm
    with django_capture_on_commit_callbacks(execute=True):
        call_command("apply_erasures", str(file))
        call_command("apply_erasures", str(file))
    assert [one for one in traces(MINE) if not one.startswith(FUNDERS)] == []
    assert theirs_of(them) == others
    assert Erasure.objects.filter(by=None, reason="applied again after a restore").count() == 2
    assert capsys.readouterr().out.count("2 erased, 0 not in this database, 0 left alone") == 2
    assert not ErasureRequest.objects.filter(handled_at=None, user=me).exists()


def test_a_number_that_belongs_to_somebody_else_now_is_left_alone(tmp_path, capsys):
    scene = scenes.ready()
    file = tmp_path / "erasures.csv"
    file.write_text(
        "subject,pseudonym,at\n"
        f"Researcher {scene.partner.researcher.pk},E-0123456789abcdef,2026-06-11T01:00:00+00:00\n"
        "User 987654,E-0123456789abcdef,2026-06-11T01:00:00+00:00\n"
    )

    with pytest.raises(CommandError):
        call_command("apply_erasures", str(file))

    assert "0 erased, 1 not in this database, 1 left alone" in capsys.readouterr().out
    assert Researcher.objects.get(pk=scene.partner.researcher.pk).name == "Kari Nordmann"
    assert Erasure.objects.count() == 0


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "subject,pseudonym,at\nUser 1,E-1\n"])
def test_a_file_that_is_no_list_erases_nothing(tmp_path, text):
    file = tmp_path / "other.csv"
    file.write_text(text)

    with pytest.raises(CommandError):
        call_command("apply_erasures", str(file))


# -- who may, and what stands against it ---------------------------------------------------------
def test_who_leads_a_team_that_goes_on_is_not_erased():
    scene = submitted()

    by = approver()
    with pytest.raises(actions.StandsAgainst):
        actions.erase_person(user_id=scene.lead.pk, reason="Asked", by=by, at=AT)

    # Once it is over, nothing stands against it, and the record of it stays.
    actions.withdraw_application(
        application_id=scene.pk, reason="", by=scene.lead, at=scenes.DAY + timedelta(1)
    )
    actions.erase_person(user_id=scene.lead.pk, reason="Asked", by=by, at=AT)
    assert traces("山田", "yamada", "lead@example.org") == []
    call_command("check_invariants", stdout=io.StringIO())


def test_staff_are_erased_only_after_their_role_was_taken():
    officer = screening.officer()

    with pytest.raises(actions.StandsAgainst):
        actions.erase_person(
            user_id=officer.pk, reason="Left", by=UserFactory(is_superuser=True), at=AT
        )


@pytest.mark.parametrize(
    ("agency", "role", "refusal"),
    [
        ("AMED", "OFFICER", actions.NotPermitted),
        ("AMED", "VIEWER", actions.NotPermitted),
        ("JST", "APPROVER", actions.NotPermitted),
        ("", "", actions.NotPermitted),
    ],
)
def test_only_an_approver_of_the_agency_erases(agency, role, refusal):
    scene = submitted()
    by = UserFactory(staff_agency=agency, staff_role=role)
    kari = scene.partner.researcher.user

    with pytest.raises(refusal):
        actions.erase_person(user_id=kari.pk, reason="Asked", by=by, at=AT)
    with pytest.raises(refusal):
        actions.erase_entry_of_team(
            researcher_id=scene.partner.researcher.pk, reason="Asked", by=by, at=AT
        )

    assert Researcher.objects.get(pk=scene.partner.researcher.pk).name == "Kari Nordmann"


def test_without_a_reason_nothing_is_erased():
    scene = submitted()

    with pytest.raises(actions.ReasonNeeded):
        actions.erase_person(
            user_id=scene.partner.researcher.user.pk, reason=" ", by=approver(), at=AT
        )

    assert Erasure.objects.count() == 0


def test_who_is_in_teams_of_both_agencies_is_erased_by_an_approver_of_each():
    amed, jst = world("AMED"), world("JST")
    kari = UserFactory(email="kari@example.org", name="Kari")
    for one in (amed, jst):
        one.partner.researcher.user = kari
        one.partner.researcher.save()
    asked = actions.request_erasure(by=kari, note="All of it", at=CREATED_AT)

    first = actions.erase_person(user_id=kari.pk, reason="Asked", by=approver("AMED"), at=AT)

    asked.refresh_from_db()
    kari.refresh_from_db()
    assert [one.subject for one in first] == [f"Researcher {amed.partner.researcher.pk}"]
    assert (asked.handled_at, kari.is_active) == (None, True)
    assert Researcher.objects.get(pk=jst.partner.researcher.pk).name == f"Kari {jst.canary}"

    second = actions.erase_person(user_id=kari.pk, reason="Asked", by=approver("JST"), at=AT)

    asked.refresh_from_db()
    assert [one.subject for one in second] == [
        f"Researcher {jst.partner.researcher.pk}", f"User {kari.pk}",
    ]  # fmt: skip
    assert (asked.handled_at, asked.answer) == (AT, "ERASED")


def test_a_partner_without_an_account_is_erased_by_command(capsys):
    scene = submitted(account_of_partner=False)
    by = approver()

    call_command(
        "erase_person", entry=scene.partner.researcher.pk, by=by.email, reason="Asked by letter"
    )

    assert traces("kari", "nordmann") == []
    assert capsys.readouterr().out.startswith(f"Researcher {scene.partner.researcher.pk} E-")


# -- the words by which somebody is known ---------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dear Li Wei, welcome", "Dear ［erased］, welcome"),
        ("LI  WEI\nand li\nwei", "［erased］\nand ［erased］"),
        ("Li Weiさん", "［erased］さん"),
        ("Ali Weiss replied", "Ali Weiss replied"),
        ("山田花子 様、山田　花子 様", "［erased］ 様、［erased］ 様"),
        ("li@example.org; ali@example.org", "［erased］; ali@example.org"),
    ],
)
def test_a_name_is_found_however_it_is_written_and_not_inside_another(text, left):
    pattern = known.pattern_of({"Li Wei", "山田 花子", "li@example.org"})

    assert known.without(text, pattern) == left


def test_a_name_or_an_address_that_two_share_stays_the_others():
    scene = scenes.ready()
    twin = scenes.person(
        scene.application.team, "MEMBER", "Kari Nordmann", "JP", email="kari@example.no"
    )

    found = known.known_as([scene.partner.researcher], None)

    assert not found & {"Kari Nordmann", "kari@example.no"}
    assert twin.researcher.name == "Kari Nordmann"
