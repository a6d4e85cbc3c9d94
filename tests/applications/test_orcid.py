"""ORCID for honest people: a new account, signing in, linking, unlinking, and ORCID being away."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from applications.models import Message
from directory.models import Researcher
from tests.applications.fake_orcid import JOSIAH
from tests.applications.orcid_scenes import (
    MALLORY,
    OWNER,
    accounts,
    begin,
    come_back,
    linked,
    signed_in,
    through,
)
from tests.applications.people import mailed_code, person, who

pytestmark = pytest.mark.django_db


def test_a_new_person_gives_an_address_and_proves_it_by_a_mailed_code(client, orcid):
    assert through(client, orcid)["Location"] == reverse("socialaccount_signup")
    client.post(reverse("socialaccount_signup"), {"email": OWNER})
    assert who(client) == ""

    client.post(reverse("account_email_verification_sent"), {"code": mailed_code(OWNER)})

    assert who(client) == OWNER
    assert accounts() == {(OWNER, "orcid.org", JOSIAH)}
    kept = SocialAccount.objects.get().extra_data
    assert set(kept) == {"orcid-identifier"}  # nothing else of the record


def test_a_linked_person_signs_in_with_one_press_and_a_new_session(client, orcid):
    linked()
    client.get(reverse("account_login"))
    begun = begin(client)
    before = client.session.session_key
    come_back(client, orcid.authorize(begun["Location"]))

    assert who(client) == OWNER
    assert client.session.session_key != before


def test_linking_writes_the_id_into_ones_own_entries_and_unlinking_takes_it_out(orcid):
    owner, other = person(OWNER), person(MALLORY)
    mine = Researcher.objects.create(name="Mine", user=owner)
    theirs = Researcher.objects.create(name="Theirs", user=other)
    client = signed_in(OWNER, proved=True)

    through(client, orcid, "connect")

    entries = dict(Researcher.objects.values_list("pk", "orcid"))
    assert entries == {mine.pk: JOSIAH, theirs.pk: ""}
    assert Message.objects.filter(recipient=OWNER, text__contains=JOSIAH).count() == 1

    account = SocialAccount.objects.get()
    client.post(reverse("socialaccount_connections"), {"account": account.pk})

    entries = dict(Researcher.objects.values_list("pk", "orcid"))
    assert entries == {mine.pk: "", theirs.pk: ""}
    assert accounts() == set()


def test_the_return_address_is_the_portals_own_and_the_request_is_not_for_a_link_to_change(
    client, orcid, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    address = client.post(
        reverse("orcid_login") + "?process=login&scope=/activities/update&auth_params=prompt%3Dx",
        headers={"host": "evil.example"},
    )["Location"]

    assert "evil.example" not in address
    assert "redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fen%2Faccounts%2Forcid" in address
    assert "scope=%2Fauthenticate&" in address
    assert "prompt" not in address


def test_without_keys_there_is_no_button_and_no_route(client):
    page = client.get(reverse("account_login")).content.decode()

    assert "orcid_login" not in page
    assert reverse("orcid_login") not in page
    assert begin(client).status_code == 404
    assert come_back(client, {"code": "x", "state": "y"}).status_code == 404


def test_an_id_linked_earlier_can_be_removed_after_the_keys_have_gone(client):
    linked()
    client = signed_in(OWNER, proved=True)
    page = reverse("socialaccount_connections")

    assert JOSIAH in client.get(page).content.decode()
    client.post(page, {"account": SocialAccount.objects.get().pk})

    assert accounts() == set()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_declined_or_down_is_a_calm_page_with_the_other_way_in(client, orcid, language):
    root = f"/{language}/accounts/orcid/login/"
    begun = client.post(root)["Location"]
    state = orcid.authorize(begun)["state"]
    declined = client.get(
        f"{root}callback/", {"error": "access_denied", "state": state}, follow=True
    )
    orcid.down = True
    brought = orcid.authorize(client.post(root)["Location"])
    down = client.get(f"{root}callback/", brought)

    assert (declined.status_code, down.status_code) == (200, 401)
    for response in (declined, down):
        page = response.content.decode()
        assert f"/{language}/accounts/login/code/" in page
        assert f"/{language}/accounts/login/" in page
    assert who(client) == ""
