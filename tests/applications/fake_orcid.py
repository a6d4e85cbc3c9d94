"""A stand-in for ORCID on loopback: gives codes, checks the verifier, answers as a script tells it."""

import base64
import hashlib
import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

from applications.accounts.orcid import PortalOrcidAdapter

JOSIAH = "0000-0002-1825-0097"
LAURE = "0000-0001-5109-3700"


@dataclass
class FakeOrcid:
    """Who signs in there, and what ORCID says of them."""

    orcid: object = JOSIAH
    path: str | None = None  # the iD of the record, where it is another than the token's
    host: str = "orcid.org"
    email: str | None = None
    down: bool = False
    codes: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> dict[str, str]:
        """The person agrees: what the browser brings back."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.codes[code] = query["code_challenge"]
        return {"code": code, "state": query["state"]}

    def token(self, body: dict[str, list[str]]) -> tuple[int, dict]:
        challenge = self.codes.pop(body["code"][0], None)  # each code works once
        verifier = body.get("code_verifier", [""])[0]
        digest = hashlib.sha256(verifier.encode()).digest()
        if challenge != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "t", "token_type": "bearer", "orcid": self.orcid}

    def record(self) -> tuple[int, dict]:
        emails = [{"email": self.email, "verified": True, "primary": True}] if self.email else []
        return 200, {
            "orcid-identifier": {
                "path": self.path or self.orcid,
                "host": self.host,
                "uri": f"https://{self.host}/{self.path or self.orcid}",
            },
            "person": {"name": None, "emails": {"email": emails}},
        }


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(*self.server.orcid.token(parse_qs(body)))

    def do_GET(self) -> None:
        self.server.orcid.asked.append(self.path)
        self.answer(*self.server.orcid.record())

    def answer(self, status: int, content: dict) -> None:
        if self.server.orcid.down:
            status, content = 503, {}
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


def serve(monkeypatch) -> tuple[FakeOrcid, ThreadingHTTPServer]:
    """Start it, and turn the adapter's addresses to it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.orcid = FakeOrcid()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(PortalOrcidAdapter, "authorize_url", f"{root}/oauth/authorize")
    monkeypatch.setattr(PortalOrcidAdapter, "access_token_url", f"{root}/oauth/token")
    monkeypatch.setattr(PortalOrcidAdapter, "profile_url", f"{root}/v3.0/%s/record")
    return server.orcid, server
