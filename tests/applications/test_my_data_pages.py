"""My data: what the page shows, and changing name, language and time zone."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone, translation

from applications import actions
from applications.models import Role
from applications.queries.fingerprints import fingerprint
from applications.queries.sections import profile_values
from directory.models import User
from tests.applications import scenes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
TYPED = {"name": "Kari Nordmann", "language": "ja", "time_zone": "Europe/Oslo"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    translation.activate("en")
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def me(client):
    user = scenes.user("kari", language="en", time_zone="Asia/Tokyo")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.force_login(user)
    return user


def page(name="my_data", language="en"):
    with translation.override(language):
        return reverse(f"applications:{name}")


def seen(user):
    return fingerprint(profile_values(user))


def save(client, user, **typed):
    return client.post(page("my_data_profile"), TYPED | {"seen": seen(user)} | typed)


def test_the_page_shows_each_part_with_the_page_that_changes_it(client, me):
    EmailAddress.objects.create(user=me, email="other@example.org")
    shown = client.get(page())

    assert shown.context["profile_rows"] == [
        {"key": "Name", "value": "Kari", "href": "/en/my-data/profile/#id_name"},
        {"key": "Language", "value": "English", "href": "/en/my-data/profile/#div_id_language"},
        {
            "key": "Time zone",
            "value": "Asia/Tokyo\nNow: Tuesday 10 March 2026, 12:00 JST (UTC+9)",
            "href": "/en/my-data/profile/#id_time_zone",
        },
    ]
    assert shown.context["address_rows"] == [
        {
            "key": "kari@example.org",
            "value": "Preferred: mails go to it, and staff and funders see it\nVerified",
        },
        {"key": "other@example.org", "value": "Not verified yet"},
    ]
    [password, *others] = shown.context["sign_in_rows"]
    assert (password["value"], password["href"]) == (
        "None: you sign in with a mailed code",
        reverse("account_set_password"),
    )
    # The other ways have a row where they are installed; ORCID's, too, where it has keys.
    names = {"mfa": "Passkeys", "usersessions": "Sessions"}
    assert [one["key"].split(",")[0] for one in others] == [
        name for app, name in names.items() if apps.is_installed(f"allauth.{app}")
    ]
    html = shown.content.decode()
    assert f'href="{page("my_data_download")}"' in html
    assert f'href="{page("my_data_erasure")}"' in html
    assert "You are in no team." in html


@pytest.mark.parametrize("language", ["en", "ja"])
def test_everybody_signed_in_finds_it_in_the_header_and_nobody_else(client, me, language):
    link = f'href="{page(language=language)}"'

    assert link in client.get(f"/{language}/funders/").content.decode()
    client.logout()
    assert link not in client.get(f"/{language}/funders/").content.decode()


def test_only_own_teams_are_listed_even_for_a_superuser(client, scene):
    User.objects.filter(pk=scene.lead.pk).update(is_superuser=True)
    other = scenes.Team.objects.create(created_at=NOW, created_by=scene.deputy)
    scenes.person(other, Role.LEAD, "Somebody else", "JP")
    scene.lead.refresh_from_db()
    client.force_login(scene.lead)

    shown = client.get(page())

    assert shown.context["teams"] == [scene.application]
    assert f'href="/en/teams/{scene.application.team.ref}/"' in shown.content.decode()


@pytest.mark.parametrize("teams", [1, 3])
def test_statements(client, me, teams, django_assert_num_queries):
    call = scenes.load_directory()
    for number in range(teams):
        team = scenes.Team.objects.create(created_at=NOW, created_by=me)
        scenes.person(team, Role.LEAD, f"Kari {number}", "JP", user=me)
        team.applications.create(call=call, created_at=NOW, changed_at=NOW)
        EmailAddress.objects.create(user=me, email=f"{number}@example.org")

    # session, account; addresses; teams; open request; linked iDs and second factors, if installed
    optional = sum(apps.is_installed(f"allauth.{name}") for name in ("socialaccount", "mfa"))
    with django_assert_num_queries(5 + optional):
        shown = client.get(page())

    assert len(shown.context["teams"]) == teams


# -- name, language, time zone ---------------------------------------------------------------
def test_saved_particulars_are_stored_and_nothing_else_is(client, me):
    before = User.objects.filter(pk=me.pk).values().get()

    response = save(client, me, email="evil@example.org", is_superuser="on", staff_role="OFFICER")

    assert response.status_code == 302
    assert User.objects.filter(pk=me.pk).values().get() == before | TYPED


def test_the_language_chosen_is_that_of_the_next_page_and_of_addresses_without_one(client, me):
    response = save(client, me)
    after = client.get(response["Location"])

    assert response["Location"] == "/ja/my-data/"
    assert after.context["profile_rows"][1]["value"] == "日本語"
    # Who opens an address without a language is led to the one chosen, whatever the browser asks.
    led = client.get("/teams/", headers={"accept-language": "en"})
    assert led["Location"] == "/ja/teams/"


def test_the_language_chosen_is_that_of_mails(client, scene):
    client.force_login(scene.lead)
    save(client, scene.lead, language="ja")
    lead = User.objects.get(pk=scene.lead.pk)
    scene.change(submitted_at=None)

    scene.submit(by=lead)

    mail = scene.application.messages.get(kind="RECEIPT")
    assert "受付" in mail.subject + mail.text


def test_the_zone_chosen_wins_over_one_looked_at_before(client, me):
    client.cookies["zone"] = "America/New_York"

    response = save(client, me)

    assert response.cookies["zone"]["max-age"] == 0
    assert User.objects.get(pk=me.pk).time_zone == "Europe/Oslo"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "Asia/Tokyo ", "../etc/passwd", "asia/tokyo"])
def test_an_unknown_zone_is_refused_with_a_sentence(client, me, zone):
    response = save(client, me, time_zone=zone)

    sentence = (
        "There is no time zone of that name. Choose one from the list."
        if zone
        else "This field is required."
    )
    assert response.status_code == 200
    assert response.context["form"].errors == {"time_zone": [sentence]}
    assert User.objects.get(pk=me.pk).time_zone == "Asia/Tokyo"


def test_the_form_shows_the_present_time_of_the_zone(client, me):
    html = client.get(page("my_data_profile")).content.decode()
    assert "Now in Japan: Tuesday 10 March 2026, 12:00 JST (UTC+9)." in html

    html = save(client, me, language="").content.decode()
    assert "Now in Norway: Tuesday 10 March 2026, 04:00 CET (UTC+1)." in html


def test_a_zone_stored_before_is_kept_whatever_it_is(client, me):
    User.objects.filter(pk=me.pk).update(time_zone="Etc/GMT+9")
    me.refresh_from_db()

    response = save(client, me, time_zone="Etc/GMT+9")

    assert response.status_code == 302
    assert User.objects.get(pk=me.pk).time_zone == "Etc/GMT+9"


def test_what_nobody_sees_is_refused_in_a_name(client, me):
    response = save(client, me, name="Kari\u202eevil")

    assert response.context["form"].errors == {
        "name": ["There is an invisible character after “Kari”. Delete it."]
    }


def test_two_tabs_meet_and_nothing_is_overwritten(client, me):
    old = seen(me)
    save(client, me, name="From the other tab", language="en")

    response = client.post(
        page("my_data_profile"), TYPED | {"name": "From this tab", "language": "en", "seen": old}
    )

    assert response.status_code == 409
    assert response.context["conflict_rows"] == [
        {"key": "Name", "yours": "From this tab", "stored": "From the other tab"}
    ]
    assert User.objects.get(pk=me.pk).name == "From the other tab"

    # Sent again, knowingly, it is saved.
    renewed = response.context["form"]["seen"].value()
    client.post(
        page("my_data_profile"),
        TYPED | {"name": "From this tab", "language": "en", "seen": renewed},
    )
    assert User.objects.get(pk=me.pk).name == "From this tab"


def test_without_the_fingerprint_the_other_tab_would_be_overwritten(client, me, monkeypatch):
    """Negative control of the test above."""
    from applications.actions import profile

    monkeypatch.setattr(profile, "unchanged_since", lambda *given: None)
    old = seen(me)
    save(client, me, name="From the other tab")

    client.post(page("my_data_profile"), TYPED | {"name": "From this tab", "seen": old})

    assert User.objects.get(pk=me.pk).name == "From this tab"


def test_the_action_writes_the_account_of_whoever_acts():
    mine, other = scenes.user("mine"), scenes.user("other")

    actions.save_profile(values=TYPED, seen=seen(mine), by=mine, at=NOW)

    assert profile_values(User.objects.get(pk=mine.pk)) == TYPED
    assert profile_values(User.objects.get(pk=other.pk)) == profile_values(other)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", ["my_data", "my_data_profile", "my_data_erasure"])
def test_the_pages_are_kept_out_of_caches(client, me, name, language):
    response = client.get(page(name, language))

    assert "no-store" in response["Cache-Control"]
    assert [str(one) for one in get_messages(response.wsgi_request)] == []
