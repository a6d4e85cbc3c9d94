"""Accounts: two look-alikes are never one, and one address is never two (hazard 43)."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from applications import forms
from applications.accounts import adapter
from applications.forms.accounts import AccountEmailField
from applications.models import Message
from directory.models import User, users
from tests.directory.addresses import GOOD, REFUSED, addresses

pytestmark = pytest.mark.django_db
PASSWORD = "sea-otter-lantern-42"


def sign_up(client, address):
    client.cookies.clear()
    return client.post(reverse("account_signup"), {"email": address, "password1": PASSWORD})


def test_of_2000_addresses_each_owner_gets_one_account():
    good = [one for one in addresses() if not one.refused]
    found = {}
    for one in good:
        try:
            user = User.objects.get_by_natural_key(one.typed)
        except User.DoesNotExist:
            user = User.objects.create_user(one.typed)
        found.setdefault(user.pk, set()).add(one.owner)

    assert User.objects.count() == len({one.owner for one in good})
    assert [owners for owners in found.values() if len(owners) > 1] == []


@pytest.mark.parametrize("shape", GOOD, ids=lambda one: one.name)
def test_every_spelling_signs_up_to_the_one_account_that_has_it(client, shape):
    # Given somebody who has the address already
    User.objects.create_user(shape.owner)

    # When it is typed in this way
    assert sign_up(client, shape.typed).status_code == 302

    # Then no second account is made, and its owner is told at the address on record
    assert list(User.objects.values_list("email", flat=True)) == [shape.owner]
    assert list(Message.objects.values_list("recipient", flat=True)) == [shape.owner]


@pytest.mark.parametrize("shape", GOOD, ids=lambda one: one.name)
def test_a_sign_up_stores_the_form_that_is_compared(client, shape):
    assert sign_up(client, shape.typed).status_code == 302

    assert [one.email for one in User.objects.all()] == [shape.owner]
    assert [one.email for one in EmailAddress.objects.all()] == [shape.owner]


@pytest.mark.parametrize("shape", REFUSED, ids=lambda one: one.name)
def test_a_sign_up_refuses_what_the_forms_refuse(client, shape):
    answer = sign_up(client, shape.typed)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["email"]
    assert (User.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize("shape", GOOD, ids=lambda one: one.name)
def test_every_spelling_signs_in(client, shape):
    user = User.objects.create_user(shape.owner, PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    client.post(reverse("account_login"), {"login": shape.typed, "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_a_code_goes_to_the_address_on_record_and_not_to_the_one_typed(client, name):
    user = User.objects.create_user("kari@xn--bcher-kva.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    client.post(reverse(name), {"email": " Kari@BÜCHER.example. "})

    assert [one.recipient for one in Message.objects.all()] == ["kari@xn--bcher-kva.example"]


def test_an_address_of_ones_own_is_not_added_twice(client):
    user = User.objects.create_user("kari@example.no", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    for typed in ("KARI@EXAMPLE.NO.", "ｋａｒｉ＠ｅｘａｍｐｌｅ．ｎｏ"):
        answer = client.post(reverse("account_email"), {"email": typed, "action_add": ""})
        assert list(answer.context["form"].errors) == ["email"]
    assert EmailAddress.objects.count() == 1


def test_control_without_the_one_form_an_address_is_two_accounts(monkeypatch):
    monkeypatch.setattr(users, "canonical", lambda address: address.strip().lower())
    User.objects.create_user("kari@bücher.example")
    User.objects.create_user("kari@xn--bcher-kva.example")

    assert User.objects.count() == 2


def test_control_without_the_guard_a_look_alike_signs_up(client, monkeypatch):
    monkeypatch.setattr(forms.fields, "refuse_address", lambda text: None)
    monkeypatch.setattr(adapter, "refuse_address", lambda text: None)

    assert sign_up(client, "kari@exаmple.com").status_code == 302
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "address", list(settings.ACCOUNT_FORMS.values()), ids=list(settings.ACCOUNT_FORMS)
)
def test_every_form_of_an_account_reads_an_address_our_way(address):
    form = import_string(address)()

    assert "username" not in form.fields
    assert type(form.fields.get("login") or form.fields["email"]) is AccountEmailField
