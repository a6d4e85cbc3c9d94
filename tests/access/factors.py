"""Second factors without a device: whatever a page of one's own account may show is there."""

import json
from hashlib import sha256

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

from directory.models import User


def enrol(user: User, name: str) -> None:
    """Give an account codes of an app, recovery codes (looked at once: that is noted) and a passkey."""
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user).mark_as_viewed()
    WebAuthn.add(user, name, _credential(user))


def passkey_of(user: User) -> Authenticator:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN)


def _credential(user: User) -> dict:
    """What a browser sends when a passkey is made; nothing can be signed with it."""
    number = sha256(user.email.encode()).digest()
    key = ES256({1: 2, 3: -7, -1: 1, -2: b"\1" * 32, -3: b"\2" * 32})
    data = AuthenticatorData.create(
        sha256(b"localhost").digest(),
        AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV,
        0,
        AttestedCredentialData.create(b"\0" * 16, number, key),
    )
    said = {"type": "webauthn.create", "challenge": "AA", "origin": "http://localhost"}
    return {
        "id": websafe_encode(number),
        "rawId": websafe_encode(number),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(said).encode()),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        },
        "clientExtensionResults": {},
    }
