"""Erasing a person: no word of theirs is left anywhere, hashes hold, others keep theirs, a restore undoes nothing."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

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
from django.core.management import CommandError, call_command
from django.db import connection

from applications import actions, models
from applications.queries.fingerprints import fingerprint
from directory.models import Erasure, ErasureRequest, Researcher, User
from tests.applications import scenes, screening
from tests.applications.factories import CREATED_AT
from tests.applications.my_data_lives import MINE, THEIRS, two_lives
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


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
        kind="EXPORT", by=them, at=CREATED_AT, name="members", filters=f"q={name}", personal=True,
        reason=f"{name} asked", application=None,
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


def lives(monkeypatch=None):
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


def test_of_an_erased_person_no_word_is_left_in_any_table_or_file(django_capture_on_commit_callbacks):
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
        "account": {k: v for k, v in User.objects.filter(pk=them.pk).values().get().items()},
        "addresses": list(EmailAddress.objects.filter(user=them).values()),
        "grants": list(Researcher.objects.get(user=them).grants.values()),
        "notices": list(models.Notice.objects.filter(holder__researcher__user=them).values()),
        "letters": list(
            models.Message.objects.filter(notice__holder__researcher__user=them).values()
        ),
        "versions": list(models.VersionPerson.objects.filter(researcher__user=them).values()),
    }
