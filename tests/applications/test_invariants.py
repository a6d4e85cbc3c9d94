"""Every promise of check_invariants: a healthy world keeps all, and each broken row is named, alone."""

import io
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications import actions, models
from applications.actions import claiming
from applications.queries.promises import PROMISES
from applications.queries.promises.lists import LISTS
from applications.workflow import Act
from directory.models import Erasure, Researcher, StaffRoleChange, User
from tests.append_only import lifted
from tests.applications import releasing, scenes, screening
from tests.applications.factories import (
    ApplicationFactory,
    MembershipFactory,
    ProofFactory,
    ReliedGrantFactory,
)
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
GUARDED = "Every table of evidence and of published editions is guarded by its triggers."


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    """A submitted team with a letter released to its funder, screened and accepted by an officer."""
    settings.MEDIA_ROOT = tmp_path
    settings.RETENTION = settings.RETENTION | {"mail_texts": 365}
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES - MINUTE)
    scene = releasing.ready(scenes.ready())
    releasing.release(scene)
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.CLOSES)
    officer = screening.officer()
    for act in (Act.TAKE_INTO_SCREENING, Act.ACCEPT):
        screening.decide(scene, act, officer)
    screening.release(officer)
    ProofFactory(application=scene.application)
    return scene


def told():
    """What the command prints but for its last line, and how it ends."""
    out = io.StringIO()
    try:
        call_command("check_invariants", stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines()[:-1], error.returncode
    return out.getvalue().splitlines()[:-1], 0


def test_a_healthy_world_keeps_every_promise(world):
    assert told() == ([], 0)
    assert len(PROMISES) >= 25
    assert len({one.sentence for one in PROMISES}) == len(PROMISES)


def test_the_practice_world_keeps_every_promise(settings, tmp_path):
    settings.MEDIA_ROOT, settings.DEBUG = tmp_path, True
    call_command("load_directory", stdout=io.StringIO())
    call_command("demo", stdout=io.StringIO())

    assert told() == ([], 0)


def test_more_rows_ask_no_more_statements(world):
    with CaptureQueriesContext(
        connection,
    ) as once:
        told()
    for _more in range(3):
        ApplicationFactory(submitted=True)
        world.application.events.create(act="CREATED", by_system=True, at=scenes.DAY)

    with CaptureQueriesContext(connection) as again:
        told()

    assert len(again) == len(once)


def test_an_officer_who_moves_to_the_other_agency_breaks_nothing_by_what_was_done_before(world):
    moves_to_jst(User.objects.get(staff_role="OFFICER"))

    assert told() == ([], 0)


def test_a_superuser_who_is_staff_of_one_agency_reads_as_a_superuser(world):
    root = UserFactory(is_superuser=True, staff_agency="JST", staff_role="APPROVER")
    reading = {"name": "application", "application": world.application, "by": root}
    actions.record_reading(**reading, at=scenes.DAY)
    assert models.DataUse.objects.get().agency == ""
    # And what was written before under the agency accuses nobody.
    models.DataUse.objects.create(kind="READ", agency="JST", at=scenes.DAY, **reading)

    assert told() == ([], 0)


def test_what_was_submitted_before_the_promises_is_brought_to_them(world):
    migration = import_module("applications.migrations.0010_keeping")
    day = world.stored().reference_on
    world.change(reference_on=None)
    failed = mail(kind="ACCOUNT", text="123456", state="FAILED")
    waits = mail(dedupe_key="waits", kind="ACCOUNT", text="654321")

    migration.pin_reference_days(apps, None)
    migration.erase_codes_that_failed(apps, None)

    assert world.stored().reference_on == day
    failed.refresh_from_db()
    waits.refresh_from_db()
    assert (failed.text, waits.text) == ("", "654321")
    assert told() == ([], 0)


# -- each promise, broken --------------------------------------------------------------------------
@contextmanager
def unchecked(model, *names):
    """Take constraints off a table, as an earlier release or a hand at the database might."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
            return
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{name}"')
    yield


def event(scene, **fields):
    fields = {"act": "NOTICE_EDITED", "user": scene.lead, "at": timezone.now()} | fields
    stood = {"from_state": "ACCEPTED", "to_state": "ACCEPTED"} | fields
    return models.Event.objects.create(application=scene.application, **stood)


def of(row):
    """How the command names a row."""
    if isinstance(row, models.Application | models.Team | User | StaffRoleChange | Researcher):
        return [f"{type(row).__name__} {row.pk}"]
    if hasattr(row, "application_id") and row.application_id:
        return [f"{type(row).__name__} {row.pk} (application {row.application_id})"]
    return [f"{type(row).__name__} {row.pk}"]


def elsewhere():
    """Another healthy team's draft."""
    return MembershipFactory(lead=True, team=ApplicationFactory().team).team.applications.get()


def state_without_act(scene):
    scene.change(status="ADOPTED")
    return of(scene.application)


def unlawful_act(scene):
    made = event(scene, act="NOT_ADOPT", to_state="NOT_ADOPTED", from_state="SCREENING")
    # The state itself agrees, and so does the row before: only the step is not in the table.
    event(scene, act="REOPEN_DECISION", from_state="NOT_ADOPTED")
    with lifted():
        models.Event.objects.filter(pk=made.pk).update(from_state="ACCEPTED", to_state="WITHDRAWN")
        models.Event.objects.filter(pk=made.pk + 1).update(from_state="WITHDRAWN")
    return [*of(made), *of(models.Event.objects.get(pk=made.pk + 1))]


def leap(scene):
    first = models.Event.objects.get(act="ACCEPT")
    with lifted():
        models.Event.objects.filter(pk=first.pk).update(
            act="REOPEN_SCREENING", to_state="SCREENING"
        )
        models.Event.objects.filter(pk=first.pk).update(from_state="NOT_ACCEPTED")
    scene.change(status="SCREENING")
    return of(first)


def moved_by_a_note(scene):
    return of(event(scene, from_state="SCREENING"))


def out_of_order(scene):
    now = timezone.now()
    event(scene, at=now)
    event(scene, at=now - timedelta(seconds=59))  # within the minute
    return of(event(scene, at=now - timedelta(minutes=3)))


def two_actors(scene):
    with unchecked(models.Event, "event_has_exactly_one_actor"):
        made = event(scene, membership=scene.partner)
    return of(made)


def stranger_by_link(scene):
    return of(event(scene, user=None, membership=MembershipFactory()))


def other_agency_acts(scene):
    return of(event(scene, act="ASSIGNED", user=screening.officer("jst", "JST")))


def moves_to_jst(officer):
    """An officer of AMED loses that role, and is given one by JST."""
    root, day = UserFactory(is_superuser=True), scenes.CLOSES + timedelta(days=30)
    given = {"user": officer, "by": root, "reason": "Moves"}
    StaffRoleChange.objects.create(agency="AMED", role_before="OFFICER", at=day, **given)
    StaffRoleChange.objects.create(
        agency="JST", role_after="OFFICER", at=day + timedelta(days=1), **given
    )
    User.objects.filter(pk=officer.pk).update(staff_agency="JST")


def acts_after_moving(scene):
    officer = User.objects.get(staff_role="OFFICER")
    moves_to_jst(officer)  # what they did before breaks nothing
    return of(event(scene, act="ASSIGNED", user=officer))


def other_agency_reads(scene):
    return of(
        models.DataUse.objects.create(
            kind="READ", by=screening.officer("jst", "JST"), agency="JST", at=scenes.DAY,
            application=scene.application, name="application",
        )
    )  # fmt: skip


def silent_export(scene):
    with unchecked(models.DataUse, "export_with_personal_columns_says_why"):
        made = models.DataUse.objects.create(
            kind="EXPORT", by=UserFactory(), at=scenes.DAY, name="members", personal=True
        )
    return [f"DataUse {made.pk} (application None)"]


def own_role(scene):
    officer = screening.officer("self")
    with unchecked(StaffRoleChange, "staff_role_is_never_changed_by_its_owner"):
        made = StaffRoleChange.objects.create(
            user=officer, by=officer, agency="AMED", role_after="OFFICER", reason="r", at=scenes.DAY
        )
    return of(made)


def role_by_hand(scene):
    viewer = UserFactory(staff_agency="AMED", staff_role="OFFICER")
    StaffRoleChange.objects.create(
        user=viewer, by=UserFactory(), agency="AMED", role_after="VIEWER", reason="r", at=scenes.DAY
    )
    return of(viewer)


def guard_dropped(table, kind):
    def dropped(scene):
        on_postgresql = connection.vendor == "postgresql"
        name = f"{table}_{kind}_" + ("row" if on_postgresql else "update")
        where = f' ON "{table}"' if on_postgresql else ""
        with connection.cursor() as cursor:
            if on_postgresql:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f'DROP TRIGGER "{name}"{where}')
        return [f"trigger {name}"]

    return dropped


def no_reference_date(scene):
    scene.change(reference_on=None)
    return of(scene.application)


def version_missing(scene):
    scene.change(version=2)
    return of(scene.application)


def sealed(change):
    def broken(scene):
        version = models.Version.objects.get()
        with lifted():
            models.Version.objects.update(**change(version))
        return of(version)

    return broken


def submission_moved(scene):
    made = models.Event.objects.get(act="SUBMIT")
    with lifted():
        models.Event.objects.filter(pk=made.pk).update(at=made.at - timedelta(seconds=30))
    return [*of(models.Version.objects.get()), *of(made)]


def renumbered(version):
    from applications.queries.fingerprints import fingerprint

    content = version.content | {"receipt": "AAAA-AAAA-AAAA-AAAA"}
    return {"content": content, "sha256": fingerprint(content)}


def names_row_gone(scene):
    with lifted():
        models.VersionPerson.objects.first().delete()
    return of(models.Version.objects.get())


def file_gone(scene):
    proof = models.Proof.objects.get()
    proof.file.storage.delete(proof.file.name)
    return of(proof)


def file_cut(scene):
    proof = models.Proof.objects.get()
    with open(proof.file.path, "wb") as file:
        file.write(b"%PD")
    return of(proof)


def no_lead(scene):
    scene.application.team.memberships.filter(role="LEAD").update(role="MEMBER")
    return of(scene.application.team)


def grant_of_another_team(scene):
    return of(
        ReliedGrantFactory(
            application=scene.application, grant__holder=MembershipFactory().researcher
        )
    )


def grant_of_one_who_left(scene):
    models.Membership.objects.filter(pk=scene.partner.pk).update(removed_at=scenes.DAY)
    return of(models.ReliedGrant.objects.get())


def holder_elsewhere(scene):
    models.Notice.objects.update(holder=MembershipFactory())
    return of(models.Notice.objects.get())


def answer(scene, **fields):
    given = {"relied": models.ReliedGrant.objects.get(), "code": "ERC_SCOPE", "answer": "GIVEN"}
    return models.Attestation.objects.create(**given | {"at": scenes.DAY} | fields)


def answer_unproved(scene):
    proof = ProofFactory(application=elsewhere())
    return of(answer(scene, on_behalf=True, reason="r", proof=proof))


def answer_about_nothing(scene):
    models.ReliedGrant.objects.update(removed_at=scenes.DAY)
    return of(answer(scene, at=scenes.DAY + MINUTE))


def proof_of_another(scene):
    models.Notice.objects.update(proof=ProofFactory(application=elsewhere()))
    return of(models.Notice.objects.get())


def invited_and_gone(scene):
    gone = MembershipFactory(team=scene.application.team, unconfirmed=True, removed_at=scenes.DAY)
    return of(
        models.Invitation.objects.create(
            membership=gone, application=scene.application, email="a@b.example", language="en",
            token_digest="1" * 64, created_at=scenes.DAY, created_by=scene.lead,
            expires_at=scenes.CLOSES,
        )
    )  # fmt: skip


def half_confirmed(scene):
    with unchecked(models.Membership, "membership_confirmed_when_and_how_come_together"):
        models.Membership.objects.filter(pk=scene.partner.pk).update(confirmed_how="")
    return of(scene.partner)


def notice_state(state, /, **mail):
    def broken(scene):
        models.Notice.objects.update(state=state)
        models.Message.objects.filter(kind="NOTICE").update(**mail)
        return of(models.Notice.objects.get())

    return broken


LEFT = {"state": "HANDED_OVER", "handed_over_at": scenes.DAY, "secret": ""}


def left_twice(scene):
    mail = models.Message.objects.get(kind="NOTICE")
    for _time in range(2):
        event(
            scene, act="NOTICE_HANDED_OVER", user=None, by_system=True, details={"message": mail.pk}
        )
    return [f"Message {mail.pk}"]


def letter_of_nobody(scene):
    models.ReleasedLetter.objects.all().delete()
    return of(models.Message.objects.get(kind="NOTICE"))


def letter_of_another(scene):
    other = elsewhere()
    models.Message.objects.filter(kind="NOTICE").update(application=other)
    return of(models.Message.objects.get(kind="NOTICE"))


def mail(**fields):
    given = {"dedupe_key": "m", "kind": "TEAM", "recipient": "a@b.example", "subject": "s"}
    moments = {"created_at": scenes.DAY, "available_at": scenes.DAY}
    return models.Message.objects.create(**given | moments | fields)


def mail_to_nobody(scene):
    return of(mail(recipient="", application=scene.application))


def link_kept(scene):
    with unchecked(models.Message, "message_keeps_its_link_only_while_it_may_go_out"):
        return of(mail(application=scene.application, **LEFT | {"secret": "https://…"}))


def code_kept(scene):
    made = mail(kind="ACCOUNT", text="123456", **LEFT | {"handed_over_at": timezone.now()})
    models.Message.objects.filter(pk=made.pk).update(created_at=timezone.now())
    return [f"Message {made.pk} (application None)"]


def text_kept(scene):
    return of(mail(text="Long ago", application=scene.application, **LEFT))


def code_of_a_failed_one_kept(scene):
    made = mail(kind="ACCOUNT", text="123456", state="FAILED")
    models.Message.objects.filter(pk=made.pk).update(created_at=timezone.now())
    return [f"Message {made.pk} (application None)"]


def text_of_a_failed_one_kept(scene):
    given = {"application": scene.application, "state": "FAILED", "text": "Long ago"}
    mail(dedupe_key="still of use", **given)
    return of(mail(expires_at=scenes.CLOSES, **given))


def letter_without_mail(scene):
    letter = models.TeamLetter.objects.filter(released_at__isnull=False).get()
    models.Message.objects.filter(kind="DECISION").delete()
    return of(letter)


def erased_and_back(scene):
    Erasure.objects.create(
        subject=f"Researcher {scene.partner.researcher.pk}", pseudonym="E-1", at=scenes.DAY, reason="r"
    )  # fmt: skip
    return of(scene.partner.researcher)


def account_back(scene):
    Erasure.objects.create(
        subject=f"User {scene.deputy.pk}", pseudonym="E-2", at=scenes.DAY, reason="r"
    )
    return of(scene.deputy)


BREAKERS = [
    ("The state of an application is where its last act led.", state_without_act),
    ("Every act follows the table of transitions.", unlawful_act),
    ("Every act begins in the state in which the one before it ended.", leap),
    ("Nothing but an act moves an application.", moved_by_a_note),
    ("The events of an application are in order of time, to a minute.", out_of_order),
    ("Every event has exactly one actor: an account, a member or the portal.", two_actors),
    ("A member who acts by link is of the application's team.", stranger_by_link),
    ("Staff act on applications to their own agency's calls only.", other_agency_acts),
    ("Staff act on applications to their own agency's calls only.", acts_after_moving),
    ("Staff read applications to their own agency's calls only.", other_agency_reads),
    ("An export with personal columns says why.", silent_export),
    ("Nobody changes their own staff role.", own_role),
    ("A staff role is what its last change made it.", role_by_hand),
    (GUARDED, guard_dropped("applications_event", "append_only")),
    (GUARDED, guard_dropped("directory_noticerule", "published")),
    (
        "A submitted application has a receipt, an edition, a reference date, a moment and a submitter.",
        no_reference_date,
    ),
    ("The versions of an application are numbered from 1 to the present one.", version_missing),
    (
        "The fingerprint of a version is that of its content.",
        sealed(lambda version: {"sha256": "0" * 64}),
    ),
    ("The sealed content bears the receipt and the number of its version.", sealed(renumbered)),
    (
        "Each version was submitted when and by whom its sealed content says, and each submission has one.",
        submission_moved,
    ),
    ("Each person of a version has a row of names, be it an empty one.", names_row_gone),
    ("Each copy kept as proof has its file, whole.", file_gone),
    ("Each copy kept as proof has its file, whole.", file_cut),
    ("A team that goes on has exactly one lead.", no_lead),
    ("A grant relied on is held by somebody of the application's team.", grant_of_another_team),
    ("Who has left a team holds no grant it relies on.", grant_of_one_who_left),
    ("The holder of a notice is of the application's team.", holder_elsewhere),
    (
        "An answer on somebody's behalf has a reason and a copy, kept with its application.",
        answer_unproved,
    ),
    ("An answer to a condition was given while its grant was relied on.", answer_about_nothing),
    ("The copy that proves a notice is kept with its application.", proof_of_another),
    ("An open invitation asks somebody who is in the team.", invited_and_gone),
    (
        "A confirmation says when and how, and on somebody's behalf also why and by whom.",
        half_confirmed,
    ),
    (
        "A notice that is released has a letter that waits.",
        notice_state("RELEASED", **LEFT),
    ),
    (
        "A notice that is handed over has a letter that the mail server took.",
        notice_state("HANDED_OVER"),
    ),
    (
        "A notice that is held, failed or came back has a letter that did.",
        notice_state("BOUNCED"),
    ),
    ("A notice that is held, failed or came back has a letter that did.", notice_state("HELD")),
    ("A notice that is held, failed or came back has a letter that did.", notice_state("FAILED")),
    ("No letter to a funder was handed over twice.", left_twice),
    ("Every letter to a funder was released by somebody.", letter_of_nobody),
    ("A letter to a funder is of the application of its notice.", letter_of_another),
    ("Every mail that may go out has a recipient.", mail_to_nobody),
    ("A mail keeps its link only while it may go out.", link_kept),
    ("No mail of sign-in keeps its code once it left or failed.", code_kept),
    ("No mail of sign-in keeps its code once it left or failed.", code_of_a_failed_one_kept),
    ("No text of a mail is kept longer than its time.", text_kept),
    ("No text of a mail is kept longer than its time.", text_of_a_failed_one_kept),
    ("A letter to the team that was released has its mail.", letter_without_mail),
    ("A person who was erased is nameless in the team.", erased_and_back),
    ("An account that was erased is closed under its pseudonym.", account_back),
]


def test_every_promise_is_broken_once():
    elsewhere_broken = {one.sentence for one in LISTS}  # test_invariants_of_lists.py
    assert {sentence for sentence, _break in BREAKERS} == {
        one.sentence for one in PROMISES
    } - elsewhere_broken


@pytest.mark.parametrize(
    ("sentence", "broken"), BREAKERS, ids=[breaks.__name__ for _sentence, breaks in BREAKERS]
)
def test_a_broken_promise_names_exactly_its_row(world, sentence, broken):
    named = broken(world)

    assert told() == ([f"{sentence} Broken by: {row}" for row in named], 1)
