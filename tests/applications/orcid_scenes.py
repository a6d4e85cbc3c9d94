"""ORCID in tests: the portal set up for it, browsers on their way there and back, linked accounts."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings as portal_settings
from django.test import Client
from django.urls import reverse

from directory.models import User
from tests.applications.fake_orcid import JOSIAH
from tests.applications.people import person, reauthenticate, sign_in, who

OWNER, MALLORY = "owner@example.org", "mallory@example.com"


def configure(settings, issuer: str = "orcid.org") -> None:
    settings.ORCID_CLIENT_ID, settings.ORCID_ISSUER = "APP-TEST", issuer
    app = {"name": "ORCID", "provider_id": issuer, "client_id": "APP-TEST", "secret": "s"}
    orcid = {**portal_settings.SOCIALACCOUNT_PROVIDERS["orcid"], "APPS": [app]}
    settings.SOCIALACCOUNT_PROVIDERS = {"orcid": orcid}


def begin(client: Client, process: str = "login"):
    """Press the button: the address at ORCID that the browser is sent to."""
    return client.post(reverse("orcid_login") + f"?process={process}")


def come_back(client: Client, brought: dict[str, str]):
    return client.get(reverse("orcid_callback"), brought)


def through(client: Client, orcid, process: str = "login"):
    """Press, agree at ORCID, come back."""
    return come_back(client, orcid.authorize(begin(client, process)["Location"]))


def linked(email: str = OWNER, iD: str = JOSIAH, issuer: str = "orcid.org"):  # noqa: N803
    user = User.objects.filter(email=email).first() or person(email)
    return SocialAccount.objects.create(user=user, provider=issuer, uid=iD)


def signed_in(email: str, *, proved: bool = False) -> Client:
    client = Client()
    sign_in(client, email)
    if proved:
        reauthenticate(client)
    assert who(client) == email
    return client


def accounts() -> set[tuple[str, str, str]]:
    return set(SocialAccount.objects.values_list("user__email", "provider", "uid"))
