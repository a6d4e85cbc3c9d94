"""A security key in software: a real key pair, answers as WebAuthn has them, told what to verify."""

import hashlib
import json
import secrets
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """Signs challenges; ``verifies`` says whether it asked its owner for a finger or PIN."""

    def __init__(self, origin: str, *, verifies: bool = True) -> None:
        self.origin, self.verifies = origin, verifies
        self.id, self.count = secrets.token_bytes(16), 0
        self.pair = ec.generate_private_key(ec.SECP256R1())
        self.handle = ""

    def _data(self, rp_id: str, flags: int, attested: bytes = b"") -> bytes:
        self.count += 1
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return (
            hashlib.sha256(rp_id.encode()).digest()
            + struct.pack(">BI", flags, self.count)
            + attested
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _answer(self, response: dict[str, bytes | str], **extra) -> str:
        shown = {k: v if isinstance(v, str) else websafe_encode(v) for k, v in response.items()}
        return json.dumps(
            {
                "type": "public-key",
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "clientExtensionResults": extra,
                "response": shown,
            }
        )

    def create(self, options: dict) -> str:
        """Answer what the page of adding a key asks."""
        asked = options["publicKey"]
        self.handle = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.pair.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = self._data(asked["rp"]["id"], ATTESTED, bytes(attested))
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(
            {"clientDataJSON": client, "attestationObject": attestation}, credProps={"rk": True}
        )

    def get(self, options: dict) -> str:
        """Answer what a page of signing in asks."""
        asked = options["publicKey"]
        data = self._data(asked["rpId"], 0)
        client = self._client("webauthn.get", asked["challenge"])
        signed = self.pair.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signed,
                "userHandle": self.handle,
            }
        )
