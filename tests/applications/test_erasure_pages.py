"""The staff's pages of requests for erasure: what would go is shown first, and a button does it."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.urls import reverse

from applications import actions
from applications.actions import claiming
from directory.models import Erasure, ErasureRequest, User
from tests.applications import scenes
from tests.applications.twins import world
from tests.directory.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)
LIST = "applications:staff_erasures"
ERASED = "Erased in your agency's teams. The account closes once nothing stands against it."


@pytest.fixture
def approver(client):
    user = UserFactory(staff_agency="AMED", staff_role="APPROVER", name="Approver")
    client.force_login(user)
    return user


@pytest.fixture
def kari(settings, tmp_path, monkeypatch):
    """A partner of a submitted team who asked for erasure."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(claiming, "database_now", lambda: scenes.DAY)
    scene = scenes.ready()
    user = UserFactory(email="kari@example.org", name="Kari Nordmann")
    scene.partner.researcher.user = user
    scene.partner.researcher.save()
    scene.submit()
    actions.request_erasure(by=user, note="All of it, please", at=AT)
    return user


def one(user):
    return reverse("applications:staff_erasure", args=[ErasureRequest.objects.get(user=user).pk])


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def test_an_approver_reads_what_goes_and_erases(client, approver, kari):
    # Given the list, which leads to the request
    assert one(kari) in text(client.get(reverse(LIST)))

    # When the page is read, nothing is erased
    page = text(client.get(one(kari)))
    for words in (
        "The name, addresses and particulars in 1 team",
        "of 1 grant",
        "The names beside 1 submitted version",
        "The account with its addresses, ways to sign in and sessions. "
        "The account closes once nothing stands against it.",
        "keeps institutions, grant numbers and the project's own texts. If the team wrote a name",
    ):
        assert words in page
    assert Erasure.objects.count() == 0

    # And without a reason or the tick nothing is, either
    for given in ({"reason": "", "sure": "on"}, {"reason": "Asked"}):
        assert client.post(one(kari), given).status_code == 200
    assert Erasure.objects.count() == 0

    # Then a press of the button erases, and both lists say so
    done = client.post(one(kari), {"reason": "Letter 12 of 2026", "sure": "on"}, follow=True)
    assert ERASED in text(done)
    assert not User.objects.get(pk=kari.pk).is_active
    assert list(Erasure.objects.values_list("by", "reason").distinct()) == [
        (approver.pk, "Letter 12 of 2026")
    ]
    shown = text(client.get(reverse(LIST)))
    assert ("Kari" in shown, "Nobody waits for an answer." in shown) == (False, True)


def test_a_second_press_erases_no_more(client, approver, kari):
    for _press in range(2):
        client.post(one(kari), {"reason": "Asked", "sure": "on"})

    assert Erasure.objects.count() == 2  # the entry and the account


def test_what_stands_against_it_is_said_and_no_button_is_shown(client, approver, kari):
    lead = User.objects.get(email="lead@example.org")
    actions.request_erasure(by=lead, note="", at=AT)

    page = text(client.get(one(lead)))
    pressed = client.post(one(lead), {"reason": "Asked", "sure": "on"})

    assert "Hand the lead over, or let the team withdraw:" in page
    assert 'name="erase"' not in page
    assert pressed.status_code == 200
    assert Erasure.objects.count() == 0


@pytest.mark.parametrize("owners", [("AMED",), ("AMED", "JST")])
def test_nothing_tells_whether_the_other_agency_has_the_person_too(client, approver, owners):
    """Product.md 8: the same words, whether the account goes now or waits for the other agency."""
    sides = [world(owner) for owner in owners]
    kari = UserFactory(email="kari@example.org", name="Kari")
    for side in sides:
        side.partner.researcher.user = kari
        side.partner.researcher.save()
    actions.request_erasure(by=kari, note="", at=AT)

    page = text(client.get(one(kari)))
    done = text(client.post(one(kari), {"reason": "Asked", "sure": "on"}, follow=True))

    for shown in (page, done):
        assert "other agency" not in shown
        assert "hibari" not in shown
    assert "The account closes once nothing stands against it." in page
    assert ERASED in done
    assert User.objects.get(pk=kari.pk).is_active is (len(owners) == 2)


def test_the_other_agencys_request_does_not_exist_here(client, kari):
    client.force_login(UserFactory(staff_agency="JST", staff_role="APPROVER"))

    assert client.get(one(kari)).status_code == 404
    assert client.post(one(kari), {"reason": "Asked", "sure": "on"}).status_code == 404
    assert Erasure.objects.count() == 0
