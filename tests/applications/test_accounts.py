"""Accounts: sign-up mails a code through the outbox, names the portal by its setting, erases the text."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from applications import outbox
from applications.models import Message
from directory.models import User
from tests.applications import scenes

pytestmark = pytest.mark.django_db
PASSWORD = "sea-otter-lantern-42"


def sign_up(client, address="new@example.org", **headers):
    return client.post(
        reverse("account_signup"), {"email": address, "password1": PASSWORD}, headers=headers
    )


@pytest.fixture(autouse=True)
def any_host(settings):
    settings.ALLOWED_HOSTS = ["*"]


def test_a_sign_up_owes_one_mail_with_a_code_and_no_link(client):
    assert sign_up(client).status_code == 302
    message = Message.objects.get()
    assert (message.kind, message.recipient, message.state) == (
        "ACCOUNT",
        "new@example.org",
        "WAITING",
    )
    # A scanner that opens links in mails cannot spend a code
    assert "/accounts/" not in message.text
    assert mail.outbox == []


def test_the_code_leaves_and_is_erased_here(client):
    sign_up(client)
    text = Message.objects.get().text
    outbox.deliver_due(now=timezone.now)
    assert [(one.to, one.body) for one in mail.outbox] == [(["new@example.org"], text)]
    assert Message.objects.get().text == ""


def test_a_forged_host_reaches_no_mail(client):
    sign_up(client, host="evil.example")
    message = Message.objects.get()
    assert "evil.example" not in message.text + message.subject


def test_a_known_address_is_answered_like_a_new_one(client):
    scenes.user("known")
    fresh = sign_up(client)
    client.cookies.clear()
    known = sign_up(client, "known@example.org")
    assert (known.status_code, known["Location"]) == (fresh.status_code, fresh["Location"])
    assert User.objects.filter(email="known@example.org").count() == 1
    # The owner of the known address is told; the new one gets a code
    assert list(Message.objects.order_by("pk").values_list("recipient", flat=True)) == [
        "new@example.org",
        "known@example.org",
    ]


def test_one_address_is_one_account_in_any_case():
    scenes.user("known")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="KNOWN@example.org")


@pytest.mark.parametrize(
    ("fields", "staff"),
    [
        ({}, False),
        ({"staff_agency": "AMED", "staff_role": "VIEWER"}, True),
        ({"is_superuser": True}, True),
    ],
)
def test_who_is_staff(fields, staff):
    assert scenes.user("somebody", **fields).is_staff is staff


@pytest.mark.parametrize("fields", [{"staff_agency": "AMED"}, {"staff_role": "OFFICER"}])
def test_a_staff_role_belongs_to_an_agency(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        scenes.user("somebody", **fields)
