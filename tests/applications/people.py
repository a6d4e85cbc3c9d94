"""People at the sign-in pages: browsers, mailed codes, authenticator apps."""

import re

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from applications.models import Message
from directory.models import User

PASSWORD = "sea-otter-lantern-42"
CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", re.MULTILINE)


def person(email: str, *, verified: bool = True, password: str | None = PASSWORD, **fields) -> User:
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def mailed_code(email: str) -> str:
    """The newest code in the outbox for this address."""
    for message in Message.objects.filter(recipient=email).order_by("-pk"):
        if found := CODE.search(message.text):
            return found[1]
    raise AssertionError(f"no code for {email}")


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def sign_in_by_code(client: Client, email: str, **extra):
    client.post(reverse("account_request_login_code"), {"email": email, **extra})
    return client.post(reverse("account_confirm_login_code"), {"code": mailed_code(email), **extra})


def reauthenticate(client: Client, password: str = PASSWORD, next_page: str = ""):
    address = reverse("account_reauthenticate")
    return client.post(address, {"password": password, "next": next_page})


def who(client: Client) -> str:
    """The address of whoever is signed in at this browser, "" for nobody."""
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk).email if pk else ""


def totp_code(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06d}"


def texts(response) -> list[str]:
    """What the pages of a followed response told in their banners."""
    return [str(message) for message in response.context["messages"]]
