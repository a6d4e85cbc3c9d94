"""Second factors enrolled and used through the pages: an app, a key in software."""

import json
import re

from django.test import Client
from django.urls import reverse

from tests.applications.people import totp_code
from tests.applications.soft_key import SoftKey

ORIGIN = "https://portal.example.jp"


def data_on(page: str) -> dict:
    """What the page's script is given for the key."""
    return json.loads(re.search(r'<script id="js_data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


def enrol_app(desk: Client) -> str:
    address = reverse("mfa_activate_totp")
    secret = re.search(r'<code class="secret">(\w+)', desk.get(address).content.decode())[1]
    answer = desk.post(address, {"code": totp_code(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret


def enrol_key(desk: Client, key: SoftKey):
    address = reverse("mfa_add_webauthn")
    options = data_on(desk.get(address).content.decode())["creation_options"]
    fields = {"name": "Laptop", "credential": key.create(options)}
    if key.verifies:
        fields["passwordless"] = "on"
    answer = desk.post(address, fields)
    assert answer.status_code == 302, answer.context["form"].errors


def passkey(desk: Client, key: SoftKey, **extra):
    address = reverse("mfa_login_webauthn")
    asked = desk.get(address, headers={"accept": "application/json"}).json()
    return desk.post(address, {"credential": key.get(asked["request_options"]), **extra})
