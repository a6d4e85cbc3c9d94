"""The download: everything about the person, nothing about a team mate, no secret; every field decided."""

import json

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from applications.queries import my_record
from applications.queries.my_data import my_data
from directory.models import User
from tests.applications.factories import ApplicationFactory
from tests.applications.my_data_decisions import FIELDS, MODELS_OUT, RENAMED
from tests.applications.my_data_lives import MINE, NOW, THEIRS, account, life, two_lives

pytestmark = pytest.mark.django_db
# Not bound to an account by a key, and still about people.
BESIDE = {"directory.Institution", "applications.ForgottenAddress", "sessions.Session"}
# A team is named by its reference, a call by its code, a copy by its hash.
PUBLIC_NAME = {"team": "ref", "call": "code", "proof": "sha256"}
OPTIONAL = ("socialaccount", "mfa", "usersessions")
# With each of them installed the download asks one statement more.
INSTALLED = sum(apps.is_installed(f"allauth.{name}") for name in OPTIONAL)


def about_people() -> set[str]:
    """Every model with a key that leads, in however many steps, to an account or a researcher."""
    found = {User, apps.get_model("directory", "Researcher")}
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            if any(field.remote_field and field.related_model in found for field in keys(model))
        }
        if more <= found:
            break
        found |= more
    # What staff edited in the directory keeps its editor; the history pages show it to staff.
    names = {model._meta.label for model in found if not model.__name__.startswith("Historical")}
    return names | BESIDE


def keys(model):
    return [field for field in model._meta.concrete_fields if field.remote_field]


def undecided(label: str) -> set[str]:
    """Fields of the table without a decision, and decisions without a field."""
    held, left_out = FIELDS[label]
    stored = {field.name for field in apps.get_model(label)._meta.concrete_fields}
    return stored ^ (held | set(left_out))


def here(labels):
    """Those of the tables that are installed."""
    return {one for one in labels if apps.is_installed(app_of(one))}


def app_of(label: str) -> str:
    name = label.partition(".")[0]
    if name in ("admin", "sessions"):
        return f"django.contrib.{name}"
    return name if name in ("directory", "applications") else f"allauth.{name}"


def leaves(value):
    """All values and all keys of a nested answer, as text."""
    if isinstance(value, dict):
        return {str(key) for key in value}.union(*map(leaves, value.values()))
    if isinstance(value, list):
        return set().union(*map(leaves, value))
    return {str(value)}


def test_every_table_about_people_is_decided():
    assert about_people() == here(FIELDS) | here(MODELS_OUT)


@pytest.mark.parametrize("label", sorted(here(FIELDS)))
def test_every_field_is_in_or_out(label):
    assert undecided(label) == set()


def test_a_field_without_a_decision_is_caught(monkeypatch):
    """Negative control of the test above."""
    held, left_out = FIELDS["directory.Researcher"]
    monkeypatch.setitem(FIELDS, "directory.Researcher", (held - {"reading"}, left_out))

    assert undecided("directory.Researcher") == {"reading"}


def test_every_field_that_is_in_stands_in_the_file():
    me, _them, rows = two_lives()

    found = leaves(json.loads(json.dumps(my_data(me, NOW))))

    missing, looked_at = [], set()
    for row in rows:
        label = row._meta.label
        held, _left_out = FIELDS[label]
        row.refresh_from_db()
        for name in held:
            looked_at.add((label, name))
            value = getattr(row, name)
            if name in PUBLIC_NAME:
                value = getattr(value, PUBLIC_NAME[name])
            plain = my_record.plain(value)
            if RENAMED.get(name, name) not in found or not leaves(plain) <= found:
                missing.append((label, name, plain))
    assert missing == []
    optional = tuple(f"{name}." for name in OPTIONAL)
    assert looked_at == {
        (label, name)
        for label, (held, _left_out) in FIELDS.items()
        for name in held
        if not label.startswith(optional)
    }


def test_nothing_of_a_team_mate_stands_in_the_file():
    me, them, _rows = two_lives()

    mine, theirs = (json.dumps(my_data(one, NOW), ensure_ascii=False) for one in (me, them))

    assert [one for one in leaves(json.loads(mine)) if THEIRS in one] == []
    assert THEIRS not in mine
    assert MINE not in theirs
    assert mine.count(MINE) > 40
    # Control: the same question about the team mate does give what is theirs.
    assert theirs.count(THEIRS) > 40


def test_a_leak_would_be_seen(monkeypatch):
    """Negative control: the uploader's name for a file is another's word."""
    me, _them, _rows = two_lives()
    monkeypatch.setattr(my_record, "PROOF", (*my_record.PROOF, "name"))

    assert THEIRS in json.dumps(my_data(me, NOW))


def test_no_secret_stands_in_the_file():
    me, _them, _rows = two_lives()

    text = json.dumps(my_data(me, NOW))

    assert me.password not in text
    assert "secret-" not in text
    assert "token" not in text


def test_ways_to_sign_in_are_listed_without_their_secrets():
    me = account(MINE)
    made = {
        "socialaccount.SocialAccount": {
            "provider": "orcid.org",
            "uid": "0000-0002-1825-0097",
            "extra_data": {"given": "Kari"},
        },
        "mfa.Authenticator": {"type": "totp", "data": {"secret": "secret-of-the-code"}},
        "usersessions.UserSession": {
            "ip": "192.0.2.7",
            "user_agent": "A browser",
            "session_key": "secret-session",
        },
    }
    rows = [apps.get_model(name)(user=me, **fields) for name, fields in made.items()]
    for row in rows:
        row.save()
        row.refresh_from_db()

    file = my_data(me, NOW)

    found = leaves(file)
    for row in rows:
        for name in FIELDS[row._meta.label][0]:
            assert leaves(my_record.plain(getattr(row, name))) <= found, (row._meta.label, name)
    assert [len(file[key]) for key in ("linked_identities", "second_factors", "sessions")] == [
        1
    ] * 3
    assert "secret" not in json.dumps(file)
    assert leaves(my_data(account(THEIRS), NOW)) & {"orcid.org", "192.0.2.7", "totp"} == set()


def test_an_invitation_of_another_that_was_answered_from_here_shows_no_address():
    me, them = account(MINE), account(THEIRS)
    *_rows, invitation = (
        one
        for one in life(them, THEIRS, ApplicationFactory(submitted=True), me)
        if one._meta.model_name == "invitation"
    )
    invitation.claimed_by = me
    invitation.save()

    assert [one["email"] for one in my_data(me, NOW)["invitations"]] == [""]
    assert THEIRS not in json.dumps(my_data(me, NOW)["invitations"])


def test_an_address_that_was_not_proved_brings_no_mails_and_no_invitations():
    me, them = account(MINE), account(THEIRS)
    life(them, THEIRS, ApplicationFactory(submitted=True), me)
    me.emailaddress_set.create(email="HIBARI@example.org", verified=False)
    file = my_data(me, NOW)

    assert (file["invitations"], file["mails"]) == ([], [])

    # Control: proved, both are there.
    them.emailaddress_set.all().delete()
    me.emailaddress_set.filter(primary=False).update(verified=True)
    file = my_data(me, NOW)
    assert (len(file["invitations"]), len(file["mails"])) == (1, 1)


def test_the_file_comes_as_an_attachment_and_is_kept_nowhere(client, monkeypatch):
    me, _them, _rows = two_lives()
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(me)

    response = client.get(reverse("applications:my_data_download"))

    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Content-Disposition"] == (
        'attachment; filename="aspire-my-data-2026-06-10.json"'
    )
    assert "no-store" in response["Cache-Control"]
    file = json.loads(response.content.decode("utf-8"))
    assert (file["format"], file["made_at"]) == (1, "2026-06-10T01:00:00+00:00")
    assert list(file) == [
        "format", "made_at", "account", "email_addresses", "linked_identities", "second_factors",
        "sessions", "researchers", "grants", "attestations", "notices", "letters", "invitations",
        "personal_links", "mails", "events", "uploads", "teams_formed", "submitted_versions",
        "staff_role_changes", "erasure_requests",
    ]  # fmt: skip
    # Japanese is written as Japanese.
    assert "地図" in response.content.decode("utf-8")


def test_writing_to_the_download_is_refused(client):
    client.force_login(account(MINE))

    assert client.post(reverse("applications:my_data_download")).status_code == 405


@pytest.mark.parametrize("teams", [1, 3])
def test_statements(client, teams, django_assert_num_queries):
    me, them = account(MINE), account(THEIRS)
    for number in range(teams):
        life(me, MINE, ApplicationFactory(submitted=True), them, number)
    client.force_login(me)

    # session, account; addresses; researchers with teams, applications, calls; grants and what
    # relies on them; attestations, notices, letters, invitations, links, mails, events, uploads, teams
    # formed; people of versions, versions; role changes, requests for erasure
    with django_assert_num_queries(21 + INSTALLED):
        response = client.get(reverse("applications:my_data_download"))

    assert len(response.json()["researchers"]) == teams
